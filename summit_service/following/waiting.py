"""Followed calendars that wait for somebody: entries to look at, calendars that cannot be fetched or pause."""

from __future__ import annotations

from datetime import datetime

from summit_service.accounts.actor import Actor
from summit_service.following import queries
from summit_service.waiting import Waiting

MANY_FAILURES = 5


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Calendars of members that are not fetched, since nobody could be asked about what they bring."""
    found = []
    for one in await queries.followed():
        if one.paused:
            sentence = f"The calendar of {one.organisation} at {one.host} pauses: {one.why_paused}."
            is_former = one.paused == "former"
            people = f"/organisations/{one.slug}/people"
            found.append(
                Waiting(3, sentence, one.url, "End it")
                if is_former
                else Waiting(3, sentence, people, "Name somebody", which=one.url)
            )
    return found


async def for_member(actor: Actor, *, now: datetime) -> list[Waiting]:
    """Entries of followed calendars to look at, and calendars that have not been reached for days; of members alone."""
    found = []
    for one in await queries.followed(actor.acts_for):
        if one.waiting:
            told = "1 entry" if one.waiting == 1 else f"{one.waiting} entries"
            sentence = f"Your calendar at {one.host} has {told} to look at."
            found.append(Waiting(3, sentence, one.url, "Look", count=one.waiting))
        elif one.failures >= MANY_FAILURES:
            sentence = f"Your calendar at {one.host} could not be fetched {one.failures} times. {one.result}"
            found.append(Waiting(4, sentence, one.url, "See why"))
    return found
