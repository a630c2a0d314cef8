"""What members share and somebody has to look at: the secretariat first, who shares it when it was given back."""

from __future__ import annotations

from datetime import datetime

from summit_service.accounts.actor import Actor
from summit_service.resources import queries
from summit_service.waiting import Waiting

MOST = 20


async def for_secretariat(now: datetime) -> list[Waiting]:
    """What new organisations have shared."""
    return [
        Waiting(
            2,
            f"{one.organisation.name} is new and has shared “{one.details.title}”.",
            f"/resources/{one.slug}",
            "Read and confirm",
            since=one.changed_at,
        )
        for one in await queries.waiting_for_confirmation(limit=MOST)
    ]


async def for_member(actor: Actor, *, now: datetime) -> list[Waiting]:
    """What was given back to their organisations."""
    return [
        Waiting(
            2,
            f"The secretariat gave “{one.details.title}” back.",
            f"/resources/{one.slug}",
            "See why",
            since=one.changed_at,
        )
        for one in await queries.returned_to(actor, limit=MOST)
    ]
