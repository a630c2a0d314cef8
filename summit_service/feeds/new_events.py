"""What is new in the calendar, as an Atom feed: an entry for each event, with the filters of its list."""

from __future__ import annotations

from markupsafe import escape

from summit_service import markup, settings, zones
from summit_service.accounts.actor import PUBLIC
from summit_service.events.changes import Version
from summit_service.events.conditions import Filters
from summit_service.events.queries import EventView, newest
from summit_service.feeds import atom, calendars
from summit_service.feeds.stored import StoredCalendar

MOST = 50


async def new_events(filters: Filters, *, version: Version) -> StoredCalendar:
    """The public events that were posted last, the newest first; unchanged events are unchanged bytes."""
    current, query = settings.current(), calendars.query_of(filters)
    entries = [_entry(event) for event in await newest(filters, viewer=PUBLIC, limit=MOST)]
    body = atom.feed(
        entries,
        feed_id=f"{current.base_url}/events.atom{query}",
        title=f"New in {calendars.name_of(filters)}",
        url=f"{current.base_url}/events{query}",
        self_url=f"{current.base_url}/events.atom{query}",
        author=current.network_name,
        began_at=version.changed_at,
    )
    return StoredCalendar(body, version.changed_at)


def _entry(event: EventView) -> atom.Entry:
    base, details = settings.current().base_url, event.details
    return atom.Entry(
        id=atom.tag_uri(base, event.created_at.year, f"events/{event.uid.partition('@')[0]}"),
        title=f"Cancelled: {details.summary}" if event.is_cancelled else details.summary,
        url=f"{base}/events/{event.slug}",
        published_at=event.created_at,
        updated_at=event.changed_at,
        html=f"<p>{escape(_when(event))}</p>{markup.to_html(details.description)}",
        author=event.organisation.name,
    )


def _when(event: EventView) -> str:
    details, zone = event.details, event.details.timezone
    if details.all_day:
        first, last = (zones.parse_day(text, field="") for text in (details.starts_at, details.ends_at))
        when = zones.day_span(first, last)
    else:
        when = zones.long_span(event.starts, event.ends, zone)
    words = [f"From {when}, repeated" if details.recurrence else when, details.location]
    return " · ".join(filter(None, words))
