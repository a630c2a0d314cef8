"""What members share and somebody has to look at: the secretariat first, who shares it when it was given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.resources import queries
from summit_service.waiting import Waiting, with_rest

MOST = 20


async def for_secretariat(now: datetime) -> list[Waiting]:
    """What new organisations have shared."""
    found = [
        Waiting(
            2,
            f"{one.organisation.name} is new and has shared “{one.details.title}”.",
            f"/resources/{one.slug}",
            "Read and confirm",
            since=one.changed_at,
        )
        for one in await queries.waiting_for_confirmation(limit=MOST)
    ]
    count = await queries.number_in("waiting", viewer=OPERATOR)
    return with_rest(
        found, count, rest=lambda left: _rest(left, count, "resources that wait for confirmation")
    )


async def for_member(actor: Actor, *, now: datetime) -> list[Waiting]:
    """What was given back to their organisations."""
    found = [
        Waiting(
            2,
            f"The secretariat gave “{one.details.title}” back.",
            f"/resources/{one.slug}",
            "See why",
            since=one.changed_at,
        )
        for one in await queries.returned_to(actor, limit=MOST)
    ]
    count = await queries.number_in("returned", viewer=replace(actor, is_secretariat=False))
    return with_rest(found, count, rest=lambda left: _rest(left, count, "resources that were given back"))


def _rest(left: int, count: int, what: str) -> Waiting:
    sentence = f"Shown are {count - left} of {count} {what}."
    return Waiting(2, sentence, "/unpublished#resources", f"See all {count}", count=left)
