"""What waits in joint funding: first calls of new members for the desk, what was given back for who posted it."""

from __future__ import annotations

from datetime import datetime

from summit_service.accounts.actor import Actor
from summit_service.funding import queries
from summit_service.waiting import Waiting

MOST = 20


async def for_secretariat(now: datetime) -> list[Waiting]:
    """What new organisations have posted."""
    return [
        Waiting(
            2,
            f"{one.organisation_name} is new and has posted the call “{one.details.title}”.",
            f"/funding/{one.slug}",
            "Read and confirm",
            since=one.changed_at,
        )
        for one in await queries.waiting_for_confirmation(limit=MOST)
    ]


async def for_member(actor: Actor, *, now: datetime) -> list[Waiting]:
    """What the secretariat gave back to this person's organisations."""
    return [
        Waiting(
            2,
            f"The secretariat gave “{one.details.title}” back.",
            f"/funding/{one.slug}",
            "See why",
            since=one.changed_at,
        )
        for one in await queries.returned_to(actor, limit=MOST)
    ]
