"""Reads of events: one, a list, the dates between two moments, and what a feed is put together from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from summit_service.accounts.actor import Actor
from summit_service.events.conditions import (
    ALL,
    PUBLISHED,
    Condition,
    Filters,
    between,
    matching,
    own,
    repeating,
    visible,
    with_words,
)
from summit_service.events.details import Details
from summit_service.events.overrides import Override
from summit_service.events.stored import details_of, override_of, split
from summit_service.events.tables import Cancellation, Event, EventOverride
from summit_service.members.tables import Organisation

__all__ = ["ALL", "Filters"]

CANCELLED_KEPT = timedelta(days=90)
ENDED_KEPT = timedelta(days=365)
BLOCK = 256
"""Ids that feeds keep, read and pack together."""


@dataclass(frozen=True, slots=True)
class Host:
    """The organisation an event belongs to."""

    id: int
    slug: str
    name: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """An event as faces show it."""

    id: int
    slug: str
    uid: str
    sequence: int
    status: str
    state: str
    details: Details
    organisation: Host
    starts: datetime
    ends: datetime
    last: datetime | None
    created_at: datetime
    changed_at: datetime
    cancelled_at: datetime | None
    overrides: tuple[Override, ...] = ()
    hosts: tuple[Host, ...] = ()
    """Who holds it together with the organisation that posted it."""

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off."""
        return self.status == "CANCELLED"

    @property
    def is_published(self) -> bool:
        """Whether it is, or was before it was cancelled, for others than who posts it."""
        return self.state in PUBLISHED


async def event_by_slug(slug: str, *, viewer: Actor) -> EventView | None:
    """The event at that address; None when there is none that this viewer may see.

    A draft is seen by its organisation and the secretariat, and is in no list.
    """
    found = await views((visible(viewer) | own(viewer)) & (Event.slug == slug), limit=1)
    return found[0] if found else None


async def cancellation_reason(event_id: int) -> str:
    """Why the event was called off; empty when it was not, or no reason was given."""
    row = await Cancellation.objects().where(Cancellation.event == event_id).first()
    return row.reason if row is not None else ""


async def events_between(
    filters: Filters,
    *,
    viewer: Actor,
    after: datetime | None = None,
    before: datetime | None = None,
    beyond: tuple[datetime, int] | None = None,
    words: Sequence[str] = (),
    repeats: bool | None = None,
    limit: int,
) -> list[EventView]:
    """Events with a date that may end after `after` and begin before `before`, by their first start.

    `beyond` is the start and id of the last one before. A series is in where its whole span overlaps.
    `words` are plain (`markup.plain`) and all of them have to be there; `repeats` leaves series or the others.
    """
    where = visible(viewer) & matching(filters) & with_words(words) & between(after, before)
    if repeats is not None:
        where = where & repeating(is_series=repeats)
    if beyond is not None:
        at, event_id = beyond
        where = where & ((Event.starts_instant > at) | ((Event.starts_instant == at) & (Event.id > event_id)))
    return await views(where, limit=limit)


@dataclass(frozen=True, slots=True)
class FeedRow:
    """What a feed needs of one event."""

    id: int
    slug: str
    vevent: str
    timezone: str
    all_day: bool


async def feed_rows(
    filters: Filters, *, midnight: datetime, viewer: Actor, blocks: Collection[int] | None = None
) -> list[FeedRow]:
    """The entries of a feed on the day that began at `midnight`: all, or those in these blocks of ids.

    Cancelled ones stay for 90 days, ended ones for a year; a feed of one event has it for ever.
    """
    where = visible(viewer) & matching(filters)
    if blocks is not None:
        where = where & _in_blocks(blocks)
    if not filters.slug:
        where = where & _in_season(midnight)
    columns = (Event.id, Event.slug, Event.vevent, Event.timezone, Event.all_day)
    rows = await Event.select(*columns).where(where).order_by(Event.id)
    return [FeedRow(**row) for row in rows]


async def blocks_changed_since(number: int) -> set[int]:
    """The blocks of ids in which an event was written after the change with that number."""
    rows = await Event.select(Event.id).where(Event.noted_in > number)
    return {row["id"] // BLOCK for row in rows}


def _in_blocks(blocks: Collection[int]) -> Condition:
    """Between the first and the last, which databases find by the key, and in one of them."""
    where: Condition = Event.id < 0
    for block in blocks:
        where = where | ((Event.id >= block * BLOCK) & (Event.id < (block + 1) * BLOCK))
    first, last = min(blocks, default=0), max(blocks, default=-1)
    return (Event.id >= first * BLOCK) & (Event.id < (last + 1) * BLOCK) & where


async def last_departure(midnight: datetime) -> datetime | None:
    """The newest moment from which on an entry was out of the feeds only because time went by."""
    cancelled = await _newest(Event.cancelled_at, Event.cancelled_at < midnight - CANCELLED_KEPT)
    ended = await _newest(Event.last_instant, Event.last_instant < midnight - ENDED_KEPT)
    left = [at + kept for at, kept in ((cancelled, CANCELLED_KEPT), (ended, ENDED_KEPT)) if at is not None]
    return max(left, default=None)


def _in_season(midnight: datetime) -> Condition:
    lasting = Event.last_instant.is_null() | (Event.last_instant >= midnight - ENDED_KEPT)
    return lasting & (Event.cancelled_at.is_null() | (Event.cancelled_at >= midnight - CANCELLED_KEPT))


async def _newest(column: Any, where: Condition) -> datetime | None:
    row = await Event.select(column).where(where).order_by(column, ascending=False).first()
    found: datetime | None = next(iter(row.values())) if row else None
    return found


async def newest(filters: Filters, *, viewer: Actor, limit: int) -> list[EventView]:
    """The events that were posted last, the newest first."""
    rows = (
        await Event.select(Event.id)
        .where(visible(viewer) & matching(filters))
        .order_by(Event.created_at, Event.id, ascending=False)
        .limit(limit)
    )
    ids = [row["id"] for row in rows]
    found = await views(Event.id.is_in(ids), limit=limit) if ids else []
    return sorted(found, key=lambda event: ids.index(event.id))


async def unpublished(viewer: Actor, *states: str, limit: int) -> list[EventView]:
    """Events in these states (`draft`, `waiting`), as far as this viewer may change them."""
    return await views(own(viewer) & Event.state.is_in(list(states)), limit=limit)


async def waiting_for_confirmation(*, limit: int) -> list[EventView]:
    """Events of new organisations that the secretariat has not confirmed yet."""
    return await views(Event.state == "waiting", limit=limit)


async def number_unpublished(viewer: Actor, *states: str) -> int:
    """How many events in these states this viewer may change."""
    return int(await Event.count().where(own(viewer) & Event.state.is_in(list(states))))


async def views(where: Condition, *, limit: int) -> list[EventView]:
    """The events of a condition, by their first start."""
    rows = (
        await Event.select(
            *Event.all_columns(
                exclude=[Event.vevent, Event.search, Event.created_by, Event.earliest_instant]
            ),
            Event.organisation.slug.as_alias("host_slug"),
            Event.organisation.name.as_alias("host_name"),
            Event.organisation.country.as_alias("host_country"),
        )
        .where(where)
        .order_by(Event.starts_instant, Event.id)
        .limit(limit)
    )
    overrides = await overrides_of({row["id"] for row in rows if row["recurrence"]})
    hosts = await _hosts({slug for row in rows for slug in split(row["hosts"])})
    return [_view(row, overrides[row["id"]], hosts) for row in rows]


async def names_of_hosts(slugs: Collection[str]) -> dict[str, str]:
    """The names of those organisations, by slug, in their order; one that is gone is left out."""
    found = await _hosts(set(slugs))
    return {slug: found[slug].name for slug in slugs if slug in found}


async def _hosts(slugs: set[str]) -> dict[str, Host]:
    if not slugs:
        return {}
    rows = await Organisation.select(
        Organisation.id, Organisation.slug, Organisation.name, Organisation.country
    ).where(Organisation.slug.is_in(list(slugs)))
    return {row["slug"]: Host(**row) for row in rows}


async def overrides_of(event_ids: Collection[int]) -> dict[int, list[Override]]:
    """The moved and cancelled dates of those series, by event and day; nothing for the others."""
    found: dict[int, list[Override]] = defaultdict(list)
    if event_ids:
        where = EventOverride.event.is_in(list(event_ids))
        for row in await EventOverride.objects().where(where).order_by(EventOverride.day):
            found[row.event].append(override_of(row))
    return found


def _view(row: dict[str, Any], overrides: Sequence[Override], hosts: Mapping[str, Host]) -> EventView:
    details = details_of(row)
    return EventView(
        details=details,
        hosts=tuple(hosts[slug] for slug in details.hosts if slug in hosts),
        overrides=tuple(overrides),
        organisation=Host(row["organisation"], row["host_slug"], row["host_name"], row["host_country"]),
        starts=row["starts_instant"],
        ends=row["ends_instant"],
        last=row["last_instant"],
        **{name: row[name] for name in _PLAIN},
    )


_PLAIN = ("id", "slug", "uid", "sequence", "status", "state", "created_at", "changed_at", "cancelled_at")
