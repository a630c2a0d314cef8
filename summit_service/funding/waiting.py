"""What waits in joint funding: first calls of new members for the desk, what was given back for who posted it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.funding import queries
from summit_service.waiting import Waiting, with_rest

MOST = 20


async def for_secretariat(now: datetime) -> list[Waiting]:
    """What new organisations have posted."""
    found = [
        Waiting(
            2,
            f"{one.organisation_name} is new and has posted the call “{one.details.title}”.",
            f"/funding/{one.slug}",
            "Read and confirm",
            since=one.changed_at,
        )
        for one in await queries.waiting_for_confirmation(limit=MOST)
    ]
    count = await queries.number_in("waiting", viewer=OPERATOR)
    return with_rest(found, count, rest=lambda left: _rest(left, count, "calls that wait for confirmation"))


async def for_member(actor: Actor, *, now: datetime) -> list[Waiting]:
    """What the secretariat gave back to this person's organisations."""
    found = [
        Waiting(
            2,
            f"The secretariat gave “{one.details.title}” back.",
            f"/funding/{one.slug}",
            "See why",
            since=one.changed_at,
        )
        for one in await queries.returned_to(actor, limit=MOST)
    ]
    count = await queries.number_in(
        "returned", viewer=replace(actor, is_secretariat=False, represents=actor.acts_for)
    )
    return with_rest(found, count, rest=lambda left: _rest(left, count, "calls that were given back"))


def _rest(left: int, count: int, what: str) -> Waiting:
    sentence = f"Shown are {count - left} of {count} {what}."
    return Waiting(2, sentence, "/unpublished#calls", f"See all {count}", count=left, which="more calls")
