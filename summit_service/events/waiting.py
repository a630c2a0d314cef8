"""Events that wait: for the secretariat to confirm, for their organisation to publish."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.events import queries
from summit_service.waiting import Waiting, with_rest

MOST = 20


async def for_secretariat(now: datetime) -> list[Waiting]:
    """What new organisations have posted."""
    found = [
        Waiting(
            2,
            f"{one.organisation.name} is new and has posted “{one.details.summary}”.",
            f"/events/{one.slug}",
            "Read and confirm",
            since=one.changed_at,
        )
        for one in await queries.waiting_for_confirmation(limit=MOST)
    ]
    count = await queries.number_unpublished(OPERATOR, "waiting")
    return with_rest(
        found, count, rest=lambda left: _rest(2, left, count, "events that wait for confirmation")
    )


async def for_member(actor: Actor, *, now: datetime) -> list[Waiting]:
    """Drafts of their organisations."""
    themselves = replace(actor, is_secretariat=False, represents=actor.acts_for)
    found = [
        Waiting(
            4,
            f"Your draft “{one.details.summary}” is not published.",
            f"/events/{one.slug}",
            "Finish it",
            since=one.changed_at,
        )
        for one in await queries.unpublished(themselves, "draft", limit=MOST)
    ]
    count = await queries.number_unpublished(themselves, "draft")
    return with_rest(found, count, rest=lambda left: _rest(4, left, count, "of your drafts"))


def _rest(urgency: int, left: int, count: int, what: str) -> Waiting:
    sentence = f"Shown are {count - left} of {count} {what}."
    return Waiting(
        urgency, sentence, "/unpublished#events", f"See all {count}", count=left, which="more events"
    )
