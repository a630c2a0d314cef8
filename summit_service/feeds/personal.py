"""A personal feed: the events of one's organisations, the summits that one is registered for, starred sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from summit_service import ical, settings
from summit_service.accounts import queries as accounts
from summit_service.accounts.tables import Person
from summit_service.errors import NotFound
from summit_service.events.queries import FeedRow, Filters, feed_rows
from summit_service.feeds import actions, agendas, blocks, calendars, ended, queries
from summit_service.feeds.kept import kept_calendar
from summit_service.feeds.stored import StoredCalendar
from summit_service.feeds.tables import PersonalFeed
from summit_service.members import queries as members
from summit_service.registrations import attending
from summit_service.registrations.actions import seats
from summit_service.registrations.attending import Attended


async def personal_calendar(token: str, *, app: str | None, now: datetime) -> StoredCalendar:
    """What the app behind a secret address gets, noted as a fetch; raises NotFound for an unknown secret.

    Without an `app` nobody takes it and nothing is noted. A feed that its owner ended is a calendar with one
    entry that says so.
    """
    feed = await queries.feed_with(token)
    if feed is None:
        raise NotFound(
            "There is no calendar at this address. It may have been cut off; copy the whole of it."
        )
    return await calendar_of(feed, app=app, now=now)


async def calendar_of(feed: PersonalFeed, *, app: str | None, now: datetime) -> StoredCalendar:
    """What is given out for this feed; as `personal_calendar`."""
    person = await accounts.person_by_id(feed.person)
    if feed.ended_at is not None or person is None:
        ended_at = feed.ended_at or person_left_at(feed)
        return kept_calendar(_ended(feed, ended_at), ended_at.replace(microsecond=0))
    body = await _body(person, feed, now=now)
    digest = sha256(body).hexdigest()[:24]
    if app is None:
        return kept_calendar(body, _known_since(feed, digest, now))
    changed_at = await actions.note_fetch(feed.id, app=app, digest=digest, now=now)
    return kept_calendar(body, changed_at)


async def shared_part(feed: PersonalFeed, *, now: datetime) -> bytes:
    """The same calendar without what is the owner's alone: the sessions that they starred."""
    person = await accounts.person_by_id(feed.person)
    if feed.ended_at is not None or person is None:
        return _ended(feed, feed.ended_at or person_left_at(feed))
    return await _body(person, feed, now=now, has_stars=False)


def _known_since(feed: PersonalFeed, digest: str, now: datetime) -> datetime:
    """Since when it is these bytes; a second that still lies ahead for bytes that were never given out."""
    if feed.digest == digest and feed.changed_at is not None:
        return feed.changed_at
    return now + timedelta(seconds=1)


def person_left_at(feed: PersonalFeed) -> datetime:
    """Somebody who has left has no date of it here; the last time that anything was given out comes nearest."""
    found: datetime = feed.fetched_at or feed.created_at
    return found


def address_of(token: str) -> str:
    """The secret address."""
    return f"{settings.current().base_url}/feeds/{token}.ics"


async def _body(person: Person, feed: PersonalFeed, *, now: datetime, has_stars: bool = True) -> bytes:
    midnight = calendars.start_of_day(now)
    rows = await _rows(person, midnight)
    summits = await attending.summits_of(person.email, since=midnight - timedelta(days=365))
    sessions = [await _sessions(one, midnight) for one in summits] if has_stars else []
    return ical.calendar(
        [
            *(row.vevent.encode() for row in rows),
            *(one.entry for one in summits),
            *(entry for some, _ in sessions for entry in some),
        ],
        zones={row.timezone for row in rows if not row.all_day} | {zone for some, zone in sessions if some},
        name=f"{settings.current().network_name}: {feed.name}",
        description=(
            f"The events of {person.name}'s organisations, the summits they are registered for, "
            "and the sessions that they starred there."
        ),
    )


async def _sessions(summit: Attended, midnight: datetime) -> tuple[list[bytes], str]:
    """What is starred in the agenda that belongs to the registration, and the zone of it."""
    return await agendas.starred_sessions(
        seats.holder(summit.registration_id), summit.edition, midnight=midnight
    )


async def _rows(person: Person, midnight: datetime) -> list[FeedRow]:
    """By the rights of this moment: who has left an organisation has its events here no longer."""
    viewer = await members.actor_of(person, via="link")
    slugs = [one.slug for one in await members.memberships_of(person.id) if one.slug]
    found = {
        row.id: row
        for slug in slugs
        for row in await feed_rows(Filters(organisation=slug), midnight=midnight, viewer=viewer)
    }
    return blocks.sound([found[key] for key in sorted(found)])


def _ended(feed: PersonalFeed, ended_at: datetime) -> bytes:
    page = f"{settings.current().base_url}/me"
    return ended.calendar(
        f"personal-feed-{feed.id}",
        feed.name,
        ended_at=ended_at,
        then=f"You can make a new one on your page: {page}",
        url=page,
    )
