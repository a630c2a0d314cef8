"""Checking a feed that has a secret, or is for members: put together as for an app, and no fetch is noted.

The secretariat is told what it may see anyway: the person's events and summits. Sessions that somebody starred are
counted, and neither named nor dated. That somebody else's calendar was looked at is in the journal.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from summit_service import db, ical, journal, zones
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import Actor, check_secretariat, check_signed_in
from summit_service.agendas import queries as agenda_queries
from summit_service.agendas.tables import AgendaKey
from summit_service.errors import NotFound
from summit_service.events import queries as events
from summit_service.feeds import agendas, calendars, checking, personal, queries
from summit_service.feeds.answering import PRIVATE, answer_of
from summit_service.feeds.checking import Checked, Finding, Sent
from summit_service.feeds.stored import StoredCalendar
from summit_service.feeds.tables import PersonalFeed
from summit_service.summits.tables import Edition

HIDDEN = "There is no such calendar."


async def check_feed(feed_id: int, *, actor: Actor, timezone: str, now: datetime) -> Checked:
    """What apps show of a personal feed, for its owner and the secretariat; raises NotFound for everybody else."""
    check_signed_in(actor)
    feed = await queries.feed_by_id(feed_id)
    if feed is None:
        raise NotFound(HIDDEN)
    return await _check_personal(feed, actor=actor, timezone=timezone, now=now)


async def check_secret(token: str, *, actor: Actor, timezone: str, now: datetime) -> Checked:
    """The same for the feed behind a secret; an agenda's, which says nothing of its owner, is for the secretariat."""
    check_signed_in(actor)
    key = await agenda_queries.key_of_calendar(token)
    if key is not None:
        return await _check_agenda(key, actor=actor, timezone=timezone, now=now)
    feed = await queries.feed_with(token)
    if feed is None:
        raise NotFound("There is no feed of ours at this address. It may have been cut off.")
    return await _check_personal(feed, actor=actor, timezone=timezone, now=now)


async def check_event(slug: str, *, actor: Actor, timezone: str, now: datetime) -> Checked | None:
    """What apps show of the file of an event for members; None for any other event."""
    event = await events.event_by_slug(slug, viewer=actor)
    if event is None or not event.is_published or event.details.visibility == "public":
        return None
    calendar = await calendars.calendar_for_members(event, viewer=actor, now=now)
    sentence = (
        "This event is for members: no app can fetch it without signing in. It is a file to save and open."
    )
    return await _checked(
        calendar, known=(Finding(checking.WRONG, "All", sentence),), timezone=timezone, now=now
    )


async def _check_personal(feed: PersonalFeed, *, actor: Actor, timezone: str, now: datetime) -> Checked:
    is_own = feed.person == actor.person_id
    if not is_own and not actor.is_secretariat:
        raise NotFound(HIDDEN)
    calendar = await personal.calendar_of(feed, app=None, now=now)
    named = None if is_own else await personal.shared_part(feed, now=now)
    found = await _checked(calendar, named=named, known=_ended(feed.ended_at), timezone=timezone, now=now)
    if not is_own:
        person = await accounts.person_by_id(feed.person)
        async with db.transaction():
            await journal.note(
                "person.calendar_checked",
                actor,
                feed.person,
                person.name if person else "",
                now=now,
                subject=feed.person,
            )
    return found


async def _check_agenda(key: AgendaKey, *, actor: Actor, timezone: str, now: datetime) -> Checked:
    check_secretariat(actor)
    edition = await Edition.objects().get(Edition.id == key.agenda.edition)
    calendar = await agendas.calendar_of(key, app=None, now=now)
    if edition is None or calendar is None:
        raise NotFound(HIDDEN)
    named = None if key.ended_at else ical.calendar([], zones=(), name="", description="")
    found = await _checked(calendar, named=named, known=_ended(key.ended_at), timezone=timezone, now=now)
    async with db.transaction():
        await journal.note("summit.agenda_checked", actor, edition.year, edition.title, now=now)
    return found


async def _checked(
    calendar: StoredCalendar,
    *,
    named: bytes | None = None,
    known: tuple[Finding, ...],
    timezone: str,
    now: datetime,
) -> Checked:
    """Asked twice as an app does, with the answer that the route gives."""
    first = await answer_of(calendar, now=now, accepted="gzip", cache=PRIVATE)
    again = await answer_of(calendar, now=now, accepted="gzip", tags=first.headers["ETag"], cache=PRIVATE)
    headers = {name.lower(): value for name, value in first.headers.items()}
    sent = Sent(
        {**headers, "content-type": "text/calendar; charset=utf-8"}, len(first.body), again.status == 304
    )
    return await asyncio.to_thread(
        checking.check, calendar.plain(), sent, timezone=timezone, now=now, named=named, known=known
    )


def _ended(ended_at: datetime | None) -> tuple[Finding, ...]:
    if ended_at is None:
        return ()
    sentence = (
        f"This address was ended on {zones.long_day(ended_at.date())}. Apps show one entry that says so, "
        "and nothing else, until they are given a new address."
    )
    return (Finding(checking.WRONG, "All", sentence),)
