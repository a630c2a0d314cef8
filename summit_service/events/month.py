"""A month as weeks of days, and which dates of events stand on each of them."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from summit_service import zones
from summit_service.events.listing import Dated

MARGIN = timedelta(days=1)
"""No clock is further from UTC."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A date of an event as one day shows it: from when and until when, by the clock that is shown."""

    dated: Dated
    starts: datetime
    ends: datetime
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One square of the grid; one outside the month is empty."""

    day: date
    is_inside: bool
    shown: tuple[Shown, ...] = ()


def bounds(month: date) -> tuple[datetime, datetime]:
    """Instants between which everything is that takes place in that month by any clock; `month` is its first day."""
    first, end = zones.day_start(month, "Etc/UTC"), zones.day_start(following(month), "Etc/UTC")
    return first - MARGIN, end + MARGIN


def following(month: date) -> date:
    """The first day of the next month."""
    return (month + timedelta(days=31)).replace(day=1)


def preceding(month: date) -> date:
    """The first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def weeks_of(month: date, dates: Iterable[Dated], *, zone: str = "") -> list[list[Day]]:
    """Whole weeks from Monday on. Each date stands on every day it touches, by the clock of `zone` or its own.

    Whole days are the days where it takes place, whoever reads.
    """
    on: dict[date, list[Shown]] = {}
    for one in dates:
        starts, ends, first, last = _span(one, zone)
        day = max(first, month)
        while day <= last and day < following(month):
            on.setdefault(day, []).append(Shown(one, starts, ends, day == first, day == last))
            day += timedelta(days=1)
    return [[_day(day, month, on) for day in week] for week in _grid(month)]


def _grid(month: date) -> Sequence[Sequence[date]]:
    return Calendar(firstweekday=0).monthdatescalendar(month.year, month.month)


def _day(day: date, month: date, on: dict[date, list[Shown]]) -> Day:
    shown = sorted(on.get(day, ()), key=lambda one: (not one.dated.event.details.all_day, one.dated.starts))
    return Day(day, day.month == month.month, tuple(shown))


def _span(one: Dated, zone: str) -> tuple[datetime, datetime, date, date]:
    shown_in = zone or one.event.details.timezone
    starts, ends = zones.at_wall(one.starts, shown_in), zones.at_wall(one.ends, shown_in)
    if one.event.details.all_day:
        return starts, ends, one.first_day, one.last_day
    last = (ends - timedelta(microseconds=1)).date()
    return starts, ends, starts.date(), max(last, starts.date())
