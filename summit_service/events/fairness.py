"""For how many members an online event is in waking hours, by the clocks of each on its days; no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from summit_service import zones

DAY_BEGINS, DAY_ENDS = time(7), time(21)
"""An event is in waking hours where it begins and ends between these two, on one day."""
STEP = timedelta(minutes=30)
MOST_BETTER = 2
BETTER_BY = 1
"""So many members more have to gain before another hour is suggested."""
APART = timedelta(hours=2)
"""Two suggestions lie at least so far from each other."""


@dataclass(frozen=True, slots=True)
class ZoneLine:
    """One zone: its members, when the event is there, and whether that is in waking hours."""

    zone: str
    members: int
    starts: datetime
    ends: datetime
    is_awake: bool


@dataclass(frozen=True, slots=True)
class Hour:
    """An instant at which it could begin, and how many members it would suit."""

    starts: datetime
    ends: datetime
    awake: int


@dataclass(frozen=True, slots=True)
class Fairness:
    """One date: for how many of all members it is day, zone by zone, and better hours on the same day."""

    awake: int
    members: int
    lines: tuple[ZoneLine, ...]
    better: tuple[Hour, ...] = ()


def is_awake(starts: datetime, ends: datetime, zone: str) -> bool:
    """Whether the whole of it is between 07:00 and 21:00 of one day there; what is longer has to begin so."""
    place = ZoneInfo(zone)
    first, last = starts.astimezone(place), ends.astimezone(place)
    if not DAY_BEGINS <= first.time() < DAY_ENDS:
        return False
    if ends - starts >= timedelta(hours=14):
        return True
    return first.date() == last.date() and last.time() <= DAY_ENDS


def fairness_of(starts: datetime, ends: datetime, members: Mapping[str, int], *, zone: str) -> Fairness:
    """For one date, with `members` by the IANA zone of each; `zone` is that of the event."""
    lines = tuple(
        sorted((_line(name, count, starts, ends) for name, count in members.items()), key=_from_east)
    )
    awake = sum(line.members for line in lines if line.is_awake)
    better = _better(starts, ends, members, zone=zone, than=awake)
    return Fairness(awake, sum(members.values()), lines, better)


def _line(name: str, count: int, starts: datetime, ends: datetime) -> ZoneLine:
    return ZoneLine(
        name, count, zones.at_wall(starts, name), zones.at_wall(ends, name), is_awake(starts, ends, name)
    )


def _from_east(line: ZoneLine) -> tuple[timedelta, str]:
    return -(line.starts.utcoffset() or timedelta()), line.zone


def _better(
    starts: datetime, ends: datetime, members: Mapping[str, int], *, zone: str, than: int
) -> tuple[Hour, ...]:
    """The best hours of that day, in waking hours where it is held too; among equals the nearest first."""
    length = ends - starts
    day = zones.at_wall(starts, zone).date()
    found = [Hour(at, at + length, _awake(at, at + length, members)) for at in _starts_on(day, zone)]
    better = [one for one in found if one.awake >= than + BETTER_BY and is_awake(one.starts, one.ends, zone)]
    better.sort(key=lambda one: (-one.awake, abs(one.starts - starts), one.starts))
    return _apart(better)


def _awake(starts: datetime, ends: datetime, members: Mapping[str, int]) -> int:
    return sum(count for name, count in members.items() if is_awake(starts, ends, name))


def _starts_on(day: date, zone: str) -> list[datetime]:
    first, end = zones.day_start(day, zone), zones.day_end(day, zone)
    return [first + number * STEP for number in range(int((end - first) / STEP))]


def _apart(hours: Sequence[Hour]) -> tuple[Hour, ...]:
    kept: list[Hour] = []
    for one in hours:
        if len(kept) < MOST_BETTER and all(abs(one.starts - other.starts) >= APART for other in kept):
            kept.append(one)
    return tuple(kept)
