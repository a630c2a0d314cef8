"""When an event takes place: wall time to instants, and the single dates of a series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Protocol
from zoneinfo import ZoneInfo

from summit_service import zones
from summit_service.events import series
from summit_service.events.recurrence import Rule, read_rule

YEAR = timedelta(days=366)
MARGIN = timedelta(days=2)
"""Between the day on the wall and the day in UTC there is never more."""


class Timed(Protocol):
    """What has a time: the details that were given, or a row."""

    @property
    def starts_at(self) -> str: ...
    @property
    def ends_at(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def all_day(self) -> bool: ...
    @property
    def repeated_hour(self) -> str: ...
    @property
    def recurrence(self) -> str: ...
    @property
    def excluded(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of an event: its wall time as a text, and its instants in UTC.

    `own_day` is where the series has it, for a date that was changed or cancelled; `location` and `summary` are
    its own place and title.
    """

    wall: str
    starts: datetime
    ends: datetime
    is_cancelled: bool = False
    own_day: date | None = None
    location: str = ""
    summary: str = ""
    is_moved: bool = False
    """Whether it is at another time or place than the series has it."""

    @property
    def day(self) -> date:
        """The day on which it begins, where it takes place."""
        return date.fromisoformat(self.wall[:10])


@dataclass(frozen=True, slots=True)
class Span:
    """The index of an event in UTC; `last` is the end of its last date, None for a series without end."""

    starts: datetime
    ends: datetime
    last: datetime | None


def span_of(event: Timed) -> Span:
    """The instants by the zone rules of today; raises Invalid where the wall time says none or two."""
    if event.all_day:
        first, last = date.fromisoformat(event.starts_at), date.fromisoformat(event.ends_at)
        starts, ends = zones.day_start(first, event.timezone), zones.day_end(last, event.timezone)
    else:
        starts, ends = (
            zones.instant(
                datetime.fromisoformat(text), event.timezone, field=field, fold=_fold(event.repeated_hour)
            )
            for text, field in ((event.starts_at, "starts_at"), (event.ends_at, "ends_at"))
        )
    if not event.recurrence:
        return Span(starts, ends, ends)
    last_day = series.last_day(_rule(event.recurrence, event.timezone), first_wall(event))
    return Span(starts, ends, None if last_day is None else _on_day(event, last_day).ends)


def occurrences(event: Timed, *, after: datetime, before: datetime, limit: int) -> list[Occurrence]:
    """The dates that end after `after` and begin before `before`, at most `limit`, excluded ones left out."""
    if not event.recurrence:
        found = [_single(event)]
    else:
        length = _length(event) + MARGIN
        excluded = set(event.excluded)
        days = series.days(
            _rule(event.recurrence, event.timezone),
            first_wall(event),
            start=(after - length).date(),
            end=(before + MARGIN).date(),
        )
        kept = (day for day in days if _wall_on(event, day) not in excluded)
        found = [_on_day(event, day) for day in islice(kept, limit + len(excluded) + length.days + 4)]
    return [one for one in found if one.ends > after and one.starts < before][:limit]


def next_dates(event: Timed, *, now: datetime, limit: int) -> list[Occurrence]:
    """The only date, past or not; of a series the next ones within a year."""
    if not event.recurrence:
        return [_single(event)]
    return occurrences(event, after=now, before=now + YEAR, limit=limit)


def first_wall(event: Timed) -> datetime:
    """The wall time at which the first date begins; midnight for whole days."""
    return datetime.fromisoformat(event.starts_at)


def is_occurrence(event: Timed, day: date) -> bool:
    """Whether the series has a date on that day, excluded or not."""
    rule = _rule(event.recurrence, event.timezone)
    return day in series.days(rule, first_wall(event), start=day, end=day)


def wall_on(event: Timed, day: date) -> str:
    """The wall time of the event's date on that day, as it is written and excluded by."""
    return _wall_on(event, day)


def _wall_on(event: Timed, day: date) -> str:
    return day.isoformat() + event.starts_at[10:]


def on_day(event: Timed, day: date) -> Occurrence:
    """The date of a series on that day, as its rule has it."""
    return _on_day(event, day)


def wall_end(event: Timed, one: Occurrence) -> str:
    """The end of a date as a wall time; the last day, included, for whole days."""
    if event.all_day:
        return (zones.at_wall(one.ends, event.timezone) - timedelta(seconds=1)).date().isoformat()
    return zones.wall_text(zones.at_wall(one.ends, event.timezone))


def _single(event: Timed) -> Occurrence:
    span = span_of(event)
    return Occurrence(event.starts_at, span.starts, span.ends)


def _on_day(event: Timed, day: date) -> Occurrence:
    """A date of a series. Its wall time is that of the first one, its length too (RFC 5545, 3.8.5.3)."""
    wall = _wall_on(event, day)
    if event.all_day:
        days = date.fromisoformat(event.ends_at) - date.fromisoformat(event.starts_at)
        ends = zones.day_end(day + days, event.timezone)
        return Occurrence(wall, zones.day_start(day, event.timezone), ends)
    starts = _instant(wall, event.timezone)
    return Occurrence(wall, starts, starts + _length(event))


def _length(event: Timed) -> timedelta:
    if event.all_day:
        return date.fromisoformat(event.ends_at) - date.fromisoformat(event.starts_at) + timedelta(days=1)
    return _instant(event.ends_at, event.timezone) - _instant(event.starts_at, event.timezone)


def _instant(wall: str, timezone: str) -> datetime:
    """As RFC 5545 (3.3.5) reads it: a repeated hour is its first, a skipped one has the offset before."""
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def _fold(repeated_hour: str) -> int | None:
    return {"first": 0, "second": 1}.get(repeated_hour)


@lru_cache(maxsize=1024)
def _rule(text: str, timezone: str) -> Rule:
    return read_rule(text, timezone=timezone)[1]


def is_repeated(text: str, timezone: str) -> bool:
    """Whether the clocks show this wall time twice."""
    wall, place = datetime.fromisoformat(text), ZoneInfo(timezone)
    first, second = (wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first < second and len(text) > 10


def end_after_an_hour(starts_at: str) -> str:
    """The end of an event for which none was given: an hour later, or the same day."""
    if len(starts_at) <= 10:
        return starts_at
    return zones.wall_text(datetime.fromisoformat(starts_at) + timedelta(hours=1))


def midnight(day: date) -> datetime:
    """The first wall time of a day."""
    return datetime.combine(day, time())
