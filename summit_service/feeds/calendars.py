"""Which entries a feed has, and how they become one calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlencode

from summit_service import settings
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.events import changes, queries
from summit_service.events.details import MODES, category_slug
from summit_service.events.queries import EventView, Filters
from summit_service.events.watching import watch
from summit_service.feeds.blocks import Blocks, all_blocks, blocks_again, parts_of
from summit_service.feeds.stored import StoredCalendar

PARAMETERS = {
    "category": "category",
    "organisation": "organisation",
    "country": "country",
    "language": "language",
    "mode": "mode",
    "q": "words",
}
"""How each filter is called in an address."""
LONGEST_PARAMETER = 100


@dataclass(slots=True)
class EventsCalendar(StoredCalendar):
    """A calendar of events that remembers its blocks, and at which change they were so."""

    blocks: Blocks = field(default_factory=dict)
    number: int = 0


async def events_calendar(
    filters: Filters,
    *,
    version: changes.Version,
    midnight: datetime,
    name: str,
    viewer: Actor = PUBLIC,
    before: StoredCalendar | None = None,
) -> StoredCalendar:
    """The events that pass the filters, as of the day that began at `midnight` (UTC).

    Only entries that were rendered when they were written are put together: nothing is rendered here. `before`
    is the same calendar as it was on this day; of it only what has changed since is read again.
    """
    asked = (
        partial(blocks_again, before.blocks, before.number)
        if isinstance(before, EventsCalendar)
        else all_blocks
    )
    found = await asked(filters, midnight=midnight, viewer=viewer)
    words = f"Events shared by the members of {settings.current().network_name}."
    return EventsCalendar(
        b"",
        await _changed_at(version, midnight),
        until=(midnight + timedelta(days=1)).timestamp(),
        parts=parts_of(found, name=name, description=words, url=address_of(filters)),
        blocks=found,
        number=version.number,
    )


async def calendar_for_members(event: EventView, *, viewer: Actor, now: datetime) -> StoredCalendar:
    """The file of one event that this viewer may see, put together for them; it is on no shelf."""
    return await events_calendar(
        Filters(slug=event.slug),
        version=await watch().current(),
        midnight=start_of_day(now),
        name=event.details.summary,
        viewer=viewer,
    )


def filters_from(given: Mapping[str, str]) -> Filters:
    """The filters in an address, by their names there. A value that nothing has gives an empty list, never an error."""
    values = {
        field: " ".join(given.get(name, "")[:LONGEST_PARAMETER].split()) for name, field in PARAMETERS.items()
    }
    values["category"] = category_slug(values["category"])
    values["country"] = values["country"].upper()
    return Filters(**values)


def address_of(filters: Filters) -> str:
    """The address that this selection is subscribed to at."""
    base = settings.current().base_url
    if filters.slug:
        return f"{base}/events/{filters.slug}.ics"
    return f"{base}/calendar.ics{query_of(filters)}"


def query_of(filters: Filters) -> str:
    """`?category=teaching&mode=online`, always in the same order; empty where nothing is filtered."""
    pairs = pairs_of(filters)
    return f"?{urlencode(pairs)}" if pairs else ""


def pairs_of(filters: Filters) -> list[tuple[str, str]]:
    """The filters that are set, as an address has them."""
    given = ((name, getattr(filters, field)) for name, field in PARAMETERS.items())
    return [(name, value) for name, value in given if value]


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
        f"“{filters.words}”" if filters.words else "",
    ]
    chosen = ", ".join(word for word in words if word)
    return f"{settings.current().network_name}: {chosen or 'events'}"


def start_of_day(now: datetime) -> datetime:
    """Midnight in UTC: from one to the next a feed changes only because somebody changed an event."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def _changed_at(version: changes.Version, midnight: datetime) -> datetime:
    """The last change by somebody, or the midnight at which an entry left because its time was over."""
    departed = await queries.last_departure(midnight)
    if departed is None:
        return version.changed_at
    return max(version.changed_at, start_of_day(departed) + timedelta(days=1))
