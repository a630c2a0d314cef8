"""The dates of events one after the other, as pages list them: a series stands under each of its dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

from summit_service import markup, zones
from summit_service.accounts.actor import Actor
from summit_service.events.occurrences import Occurrence
from summit_service.events.overrides import dates as dates_with_overrides
from summit_service.events.queries import ALL, EventView, Filters, events_between, running_series

MOST_SERIES = 500
MOST_DATES = 100
MOST_WORDS = 8
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
    """Where the series has it, for a date that was moved or cancelled."""
    location: str = ""
    also_on: tuple[date, ...] = ()
    """Later dates of the same series in the same month, which share its place in a list."""

    @property
    def is_moved(self) -> bool:
        """Whether it is at another time or place than the series has it."""
        return self.own_day is not None and not self.is_cancelled

    @property
    def month(self) -> date:
        """The first day of its month, by the wall where it takes place."""
        return self.first_day.replace(day=1)


async def dates_between(
    filters: Filters, *, words: str = "", viewer: Actor, after: datetime, before: datetime
) -> list[Dated]:
    """The first dates of the range, by their start, a series once a month; `words` are looked for in all texts.

    At most MOST_DATES: of events that do not repeat no more are read than that, of series MOST_SERIES.
    """
    asked = partial(
        events_between,
        filters,
        viewer=viewer,
        words=markup.plain(words).split()[:MOST_WORDS],
        after=after,
        before=before,
    )
    events = [
        *await asked(repeats=False, limit=MOST_DATES + 1),
        *await asked(repeats=True, limit=MOST_SERIES),
    ]
    found = [
        one
        for event in events
        for one in _by_month(dates_of(event, after=after, before=before, limit=MOST_DATES))
    ]
    return sorted(found, key=lambda one: (one.starts, one.event.id))[: MOST_DATES + 1]


async def next_events(*, limit: int, viewer: Actor, now: datetime) -> list[Dated]:
    """The next events that take place, each under its next date; cancelled ones are left out."""
    ahead = await events_between(ALL, viewer=viewer, after=now, before=now + HORIZON, limit=10 * limit + 50)
    series = await running_series(viewer=viewer, now=now, limit=500)
    events = {event.id: event for event in (*ahead, *series) if not event.is_cancelled}
    found = [
        next(
            (
                one
                for one in dates_of(event, after=now, before=now + HORIZON, limit=20)
                if not one.is_cancelled
            ),
            None,
        )
        for event in events.values()
    ]
    return sorted((one for one in found if one is not None), key=lambda one: (one.starts, one.event.id))[
        :limit
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
        location=one.location or event.details.location,
    )


def _by_month(dates: list[Dated]) -> Iterator[Dated]:
    """A weekly series would hide all other events: its dates of one month become one."""
    apart = [one for one in dates if one.own_day is not None]
    yield from apart
    for _, group in groupby((one for one in dates if one.own_day is None), key=lambda one: one.month):
        first, *others = group
        yield replace(first, also_on=tuple(one.first_day for one in others))
