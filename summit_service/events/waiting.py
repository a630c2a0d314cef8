"""Events that wait: for the secretariat to confirm, for their organisation to publish."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from summit_service.accounts.actor import Actor
from summit_service.events import queries
from summit_service.waiting import Waiting

MOST = 20


async def for_secretariat(now: datetime) -> list[Waiting]:
    """What new organisations have posted."""
    return [
        Waiting(
            2,
            f"{one.organisation.name} is new and has posted “{one.details.summary}”.",
            f"/events/{one.slug}",
            "Read and confirm",
            since=one.changed_at,
        )
        for one in await queries.waiting_for_confirmation(limit=MOST)
    ]


async def for_member(actor: Actor, *, now: datetime) -> list[Waiting]:
    """Drafts of their organisations."""
    return [
        Waiting(
            4,
            f"Your draft “{one.details.summary}” is not published.",
            f"/events/{one.slug}",
            "Finish it",
            since=one.changed_at,
        )
        for one in await queries.unpublished(replace(actor, is_secretariat=False), limit=MOST)
        if one.state == "draft"
    ]
