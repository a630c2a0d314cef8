"""Which entries a feed has, and how they become one calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from summit_service import ical, settings, zones
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.errors import Invalid
from summit_service.events import changes, queries
from summit_service.events.details import MODES
from summit_service.events.queries import FeedRow, Filters
from summit_service.feeds.stored import StoredCalendar
from summit_service.logs import logger

PARAMETERS = ("category", "organisation", "country", "language", "mode")
log = logger("feeds")


async def events_calendar(
    filters: Filters, *, version: changes.Version, midnight: datetime, name: str, viewer: Actor = PUBLIC
) -> StoredCalendar:
    """The events that pass the filters, as of the day that began at `midnight` (UTC).

    Only entries that were rendered when they were written are put together: nothing is rendered here.
    """
    rows = sound(await queries.feed_rows(filters, midnight=midnight, viewer=viewer))
    body = ical.calendar(
        [row.vevent.encode() for row in rows],
        zones={row.timezone for row in rows if not row.all_day},
        name=name,
        description=f"Events shared by the members of {settings.current().network_name}.",
        url=address_of(filters),
    )
    until = midnight + timedelta(days=1)
    return StoredCalendar(body, await _changed_at(version, midnight), until=until.timestamp())


def address_of(filters: Filters) -> str:
    """The address that this selection is subscribed to at."""
    base = settings.current().base_url
    if filters.slug:
        return f"{base}/events/{filters.slug}.ics"
    return f"{base}/calendar.ics{query_of(filters)}"


def query_of(filters: Filters) -> str:
    """`?category=teaching&mode=online`, always in the same order; empty where nothing is filtered."""
    pairs = [(name, getattr(filters, name)) for name in PARAMETERS if getattr(filters, name)]
    return f"?{urlencode(pairs)}" if pairs else ""


def name_of(filters: Filters, *, organisation: str = "", summary: str = "") -> str:
    """What a calendar app calls the feed."""
    if summary:
        return summary
    words = [
        organisation or filters.organisation,
        filters.category,
        filters.country,
        filters.language,
        MODES.get(filters.mode, filters.mode),
    ]
    chosen = ", ".join(word for word in words if word)
    return f"{settings.current().network_name}: {chosen or 'events'}"


def start_of_day(now: datetime) -> datetime:
    """Midnight in UTC: from one to the next a feed changes only because somebody changed an event."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def sound(rows: Sequence[FeedRow]) -> list[FeedRow]:
    """A damaged row is logged with its id and left out, so that the others can be read."""
    found = []
    for row in rows:
        fault = _fault_of(row)
        if fault:
            log.error("a damaged event is left out of the feeds", event_id=row.id, fault=fault)
        else:
            found.append(row)
    return found


def _fault_of(row: FeedRow) -> str:
    text = row.vevent
    if not (text.startswith("BEGIN:VEVENT\r\n") and text.endswith("\r\nEND:VEVENT\r\n")):
        return "its entry is not a VEVENT"
    lines = f"\r\n{text}"
    entries = lines.count("\r\nBEGIN:VEVENT\r\n")
    if any(lines.count(f"\r\n{name}") != entries for name in ("END:VEVENT\r\n", "UID:", "DTSTART")):
        return "its entries are not whole VEVENTs"
    try:
        zones.zone(row.timezone)
    except Invalid as fault:
        return fault.sentence
    return ""


async def _changed_at(version: changes.Version, midnight: datetime) -> datetime:
    """The last change by somebody, or the midnight at which an entry left because its time was over."""
    departed = await queries.last_departure(midnight)
    if departed is None:
        return version.changed_at
    return max(version.changed_at, start_of_day(departed) + timedelta(days=1))
