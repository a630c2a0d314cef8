"""The calendar of a summit's programme: the last release, as subscribers read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from weakref import WeakKeyDictionary

from summit_service import db, ical, markup, settings
from summit_service.errors import NotFound
from summit_service.events import changes
from summit_service.events.changes import Version
from summit_service.events.watching import Watch
from summit_service.feeds.cache import Shelf
from summit_service.feeds.calendars import start_of_day
from summit_service.feeds.stored import StoredCalendar
from summit_service.ical import Entry
from summit_service.logs import logger
from summit_service.summits import queries, versions
from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Header, Item, Snapshot

CANCELLED_FOR = timedelta(days=90)
"""How long a cancellation stays in the calendar."""
log = logger("feeds")
_shelves: WeakKeyDictionary[db.Engine, dict[int, Shelf]] = WeakKeyDictionary()


async def programme_calendar(year: int, *, now: datetime) -> StoredCalendar:
    """The calendar of that year's programme; raises NotFound where nothing is released.

    While nothing changes it comes from memory, for one look at the last release's number a second.
    """
    midnight = start_of_day(now)
    return await (await _shelf(year)).calendar(midnight, partial(_build, year, midnight))


async def _shelf(year: int) -> Shelf:
    """One for each edition that was announced; an unknown year leaves nothing behind."""
    known = _shelves.setdefault(db.engine(), {})
    if year not in known:
        edition = await queries.found_edition(year, is_announced_only=True)
        read = partial(_version, edition.id)
        known[year] = Shelf(Watch(read_version=read, count_made_here=versions.made_here))
    return known[year]


async def _version(edition_id: int) -> Version:
    found = await versions.last_version(edition_id)
    return Version(*found) if found else changes.BEFORE_ALL


async def _build(year: int, midnight: datetime, version: Version, _before: object) -> StoredCalendar:
    edition = await queries.found_edition(year, is_announced_only=True)
    if version.number == 0:
        raise NotFound(f"The programme of {year} has not been released yet.")
    release = await queries.release_of(edition.id, version.number)
    snapshot = queries.snapshot_of(release)
    header = snapshot.header
    body = ical.calendar(
        list(vevents((*snapshot.items, *snapshot.removed), header, midnight)),
        zones={header.timezone},
        name=header.title,
        description=f"The programme of {header.title}, release {release.number}.",
        url=address_of(year),
    )
    until = midnight + timedelta(days=1)
    return StoredCalendar(body, _changed_at(snapshot, version, midnight), until=until.timestamp())


def address_of(year: int) -> str:
    """The address that the programme is subscribed to at."""
    return f"{settings.current().base_url}/summits/{year}/programme.ics"


def vevents(items: Iterable[Item], header: Header, midnight: datetime) -> Iterator[bytes]:
    """A session that cannot be written is logged with its UID, and the others are there all the same."""
    for item in items:
        if _leaves_at(item) <= midnight:
            continue
        try:
            yield ical.kept_vevent(entry_of(item, header))
        except Exception as fault:
            log.error("a damaged session is left out of the feed", uid=item.session.uid, exc_info=fault)


def entry_of(item: Item, header: Header) -> Entry:
    """The session as a calendar entry. Its address names the day, so that the page opens there."""
    session = item.session
    return Entry(
        uid=session.uid,
        sequence=item.sequence,
        summary=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        timezone=header.timezone,
        starts_instant=session.starts,
        ends_instant=session.ends,
        changed_at=item.changed_at,
        created_at=item.created_at,
        status="CONFIRMED" if item.cancelled_at is None else "CANCELLED",
        description=_description(session),
        location=", ".join(filter(None, (session.room, header.venue))),
        url=_page_of(session, header),
        categories=tuple(filter(None, (session.kind.capitalize(), session.track))),
    )


def _description(session: SessionPlan) -> str:
    parts = (
        f"With {', '.join(session.speakers)}." if session.speakers else "",
        f"Chaired by {', '.join(session.chairs)}." if session.chairs else "",
        markup.to_text(session.abstract),
        "\n".join(f"- {objective}" for objective in session.objectives),
    )
    return "\n\n".join(filter(None, parts))


def _page_of(session: SessionPlan, header: Header) -> str:
    base = f"{settings.current().base_url}/summits/{header.year}/programme"
    return f"{base}?day={session.starts_at[:10]}#{session.id}"


def _leaves_at(item: Item) -> datetime:
    """The midnight (UTC) from which on the entry is not in the calendar any more."""
    if item.cancelled_at is None:
        return datetime.max.replace(tzinfo=UTC)
    return start_of_day(item.cancelled_at + CANCELLED_FOR) + timedelta(days=1)


def _changed_at(snapshot: Snapshot, version: Version, midnight: datetime) -> datetime:
    return latest_change((*snapshot.items, *snapshot.removed), version.changed_at, midnight)


def latest_change(items: Iterable[Item], changed_at: datetime, midnight: datetime) -> datetime:
    """The last change by somebody, or the midnight at which a cancelled session left because its time was over."""
    leaving = (_leaves_at(item) for item in items)
    return max([changed_at, *(moment for moment in leaving if moment <= midnight)])
