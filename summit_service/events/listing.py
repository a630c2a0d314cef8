"""The dates of events one after the other, as pages list them: a series stands under each of its dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from summit_service import zones
from summit_service.accounts.actor import Actor
from summit_service.events.conditions import (
    Condition,
    beginning,
    between,
    matching,
    repeating,
    running,
    visible,
)
from summit_service.events.occurrences import Occurrence
from summit_service.events.overrides import dates as dates_with_overrides
from summit_service.events.queries import EventView, Filters, views
from summit_service.events.series_dates import dates_of_series, month_end
from summit_service.events.tables import Event

MOST_DATES = 100
MOST_OF_A_SERIES = 1_000
"""More than a series can have in the range of a list: one a day, and those that were moved into it."""
HORIZON = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Dated:
    """An event on one of its dates, in the zone of the event."""

    event: EventView
    starts: datetime
    ends: datetime
    first_day: date
    last_day: date
    is_cancelled: bool = False
    """Whether this date is called off, or the whole event."""
    own_day: date | None = None
    """Where the series has it, for a date that was changed or cancelled."""
    is_moved: bool = False
    """Whether it is at another time or place than the series has it."""
    location: str = ""
    title: str = ""
    """That of the event, or the date's own."""
    also_on: tuple[date, ...] = ()
    """Later dates of the same series in the same month, which share its place in a list."""

    @property
    def month(self) -> date:
        """The first day of its month, by the wall where it takes place."""
        return self.first_day.replace(day=1)


async def dates_between(
    filters: Filters,
    *,
    viewer: Actor,
    after: datetime,
    before: datetime,
    each: bool = False,
    limit: int = 0,
) -> list[Dated]:
    """The first dates of the range, by their start, a series once a month, or under `each` of its dates.

    At most `limit` (MOST_DATES where it is 0) and one more, which says that there are others. All series are
    looked through for them.
    """
    limit = limit or MOST_DATES
    where = visible(viewer) & matching(filters)
    singles = await _singles(where, after, before, limit=limit + 1)
    until = _series_until(singles, limit + 1, before=before)
    series = await dates_of_series(
        where & between(after, until) & repeating(is_series=True),
        after=after,
        before=until,
        limit=MOST_OF_A_SERIES,
    )
    places = [_only_place(event) for event in singles]
    places_of = _each if each else _by_month
    places += [place for key, dates in series.items() for place in places_of(key, dates)]
    return await _dated_places(places, singles, limit=limit + 1)


async def next_events(*, limit: int, viewer: Actor, now: datetime) -> list[Dated]:
    """The next events that take place, each under its next date; cancelled ones are left out."""
    where = visible(viewer) & (Event.status != "CANCELLED")
    horizon = now + HORIZON
    singles = await _singles(where, now, horizon, limit=limit)
    until = _series_until(singles, limit, before=horizon)
    series = await dates_of_series(
        where & between(now, until) & repeating(is_series=True), after=now, before=until, limit=MOST_DATES
    )
    places = [_only_place(event) for event in singles]
    for key, dates in series.items():
        ahead = next((one for one in dates if not one.is_cancelled), None)
        places += [_Place(ahead.starts, key, ahead)] if ahead else []
    return await _dated_places(places, singles, limit=limit)


async def _singles(where: Condition, after: datetime, before: datetime, *, limit: int) -> list[EventView]:
    """The first events that take place once: those that have begun, then those that will. Asked apart, each is found
    by an index, and not by looking through all that is over.
    """
    running_ones = await views(where & running(after), limit=limit)
    return [*running_ones, *await views(where & beginning(after, before), limit=limit)][:limit]


def _series_until(singles: Sequence[EventView], enough: int, *, before: datetime) -> datetime:
    """Until when dates of series can be among the first ones: where there are enough other events, to the end of the
    month of the last of these, which a series' place in the list speaks for, whatever its zone.
    """
    if len(singles) < enough:
        return before
    return min(before, month_end(singles[enough - 1].starts) + timedelta(days=2))


class _Place(NamedTuple):
    """Where a date stands in a list, before its event is read."""

    starts: datetime
    event_id: int
    found: Occurrence
    also_on: tuple[date, ...] = ()


def _only_place(event: EventView) -> _Place:
    once = Occurrence(event.details.starts_at, event.starts, event.ends)
    return _Place(event.starts, event.id, once)


async def _dated_places(places: list[_Place], known: Sequence[EventView], *, limit: int) -> list[Dated]:
    """The first of them by their start; only the series that are among them are read."""
    chosen = sorted(places, key=lambda one: one[:2])[:limit]
    events = {event.id: event for event in known}
    missing = {one.event_id for one in chosen} - set(events)
    if missing:
        read = await views(Event.id.is_in(sorted(missing)), limit=len(missing))
        events |= {event.id: event for event in read}
    return [
        replace(_dated(events[one.event_id], one.found), also_on=one.also_on)
        for one in chosen
        if one.event_id in events
    ]


def dates_of(event: EventView, *, after: datetime, before: datetime, limit: int) -> list[Dated]:
    """The dates of one event that touch the range."""
    found = dates_with_overrides(event.details, event.overrides, after=after, before=before, limit=limit)
    return [_dated(event, one) for one in found]


def _dated(event: EventView, one: Occurrence) -> Dated:
    zone = event.details.timezone
    starts, ends = zones.at_wall(one.starts, zone), zones.at_wall(one.ends, zone)
    last = (ends - timedelta(seconds=1)).date() if event.details.all_day else ends.date()
    return Dated(
        event,
        starts,
        ends,
        one.day,
        last,
        is_cancelled=one.is_cancelled or event.is_cancelled,
        own_day=one.own_day,
        is_moved=one.is_moved and not event.is_cancelled,
        title=one.summary or event.details.summary,
        location=one.location or event.details.location,
    )


def _each(event_id: int, dates: Sequence[Occurrence]) -> Iterator[_Place]:
    return (_Place(one.starts, event_id, one) for one in dates)


def _by_month(event_id: int, dates: Sequence[Occurrence]) -> Iterator[_Place]:
    """A weekly series would hide all other events: its dates of one month become one."""
    for one in dates:
        if one.own_day is not None:
            yield _Place(one.starts, event_id, one)
    plain = (one for one in dates if one.own_day is None)
    for _, group in groupby(plain, key=lambda one: one.wall[:7]):
        first, *others = group
        yield _Place(first.starts, event_id, first, tuple(one.day for one in others))
