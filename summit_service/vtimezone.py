"""A zone as a VTIMEZONE (RFC 5545, 3.6.5): clock changes as yearly rules (RDATEs stop some readers)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import groupby, pairwise, zip_longest
from zoneinfo import ZoneInfo

FIRST_YEAR = 2000
LAST_YEAR = 2050
"""From and to where the changes are read; a rule that still holds at the end goes on for ever."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SCAN_FROM = datetime(1998, 6, 1, tzinfo=UTC)
_SCAN_TO = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the clocks: the wall time at which it happens by the old offset, and both offsets."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_daylight: bool

    @property
    def moment(self) -> datetime:
        """The instant, in UTC."""
        return (self.at - self.before).replace(tzinfo=UTC)


@cache
def vtimezone(name: str) -> bytes:
    """The VTIMEZONE of the zone, with CRLF; right from FIRST_YEAR to LAST_YEAR, and after it by rule."""
    changes = list(changes_of(name))
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    if not changes or changes[0].at.year >= FIRST_YEAR:
        lines += _observance(_beginning(ZoneInfo(name)), "")
    for change, rule in _with_rules(changes):
        lines += _observance(change, rule)
    lines.append("END:VTIMEZONE")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode("ascii")


@cache
def repeated_hours(name: str) -> tuple[tuple[datetime, datetime], ...]:
    """The wall times that the zone's clocks show twice, from FIRST_YEAR to LAST_YEAR: from and before when."""
    return tuple(
        (change.at + change.after - change.before, change.at)
        for change in changes_of(name)
        if change.after < change.before
    )


@lru_cache(maxsize=64)
def changes_of(name: str) -> tuple[Change, ...]:
    """The changes of the zone's clocks from 1998 to LAST_YEAR, in their order."""
    return tuple(_changes(ZoneInfo(name)))


def _changes(place: ZoneInfo) -> Iterator[Change]:
    moment, offset = _SCAN_FROM, _offset(place, _SCAN_FROM)
    while moment < _SCAN_TO:
        later = moment + _STEP
        after = _offset(place, later)
        if after != offset:
            yield _change_between(place, moment, later)
        moment, offset = later, after


def _change_between(place: ZoneInfo, early: datetime, late: datetime) -> Change:
    before = _offset(place, early)
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        middle = middle.replace(microsecond=0)
        if _offset(place, middle) == before:
            early = middle
        else:
            late = middle
    old, new = early.astimezone(place), late.astimezone(place)
    after = _offset(place, late)
    is_daylight = after > before and bool(old.dst() or new.dst())
    return Change(late.replace(tzinfo=None) + before, before, after, new.tzname() or "", is_daylight)


def _offset(place: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(place).utcoffset() or timedelta()


def _beginning(place: ZoneInfo) -> Change:
    """What held before the first change that is listed."""
    offset = _offset(place, _SCAN_FROM)
    name = _SCAN_FROM.astimezone(place).tzname() or ""
    return Change(datetime(1970, 1, 1), offset, offset, name, is_daylight=False)  # noqa: DTZ001 - a wall time


def _with_rules(changes: list[Change]) -> Iterator[tuple[Change, str]]:
    """Changes that follow one rule year after year are one observance; any other is one by itself."""

    def manner(change: Change) -> tuple[object, ...]:
        at = change.at
        return (
            change.before,
            change.after,
            change.name,
            change.is_daylight,
            at.month,
            at.weekday(),
            at.time(),
        )

    found: list[tuple[Change, str]] = []
    for _, group in groupby(sorted(changes, key=lambda c: (*map(str, manner(c)), c.at)), key=manner):
        rest = list(group)
        while rest:
            length, rule = _longest_run(rest)
            found.append((rest[0], rule))
            rest = rest[length:]
    yield from sorted(found, key=lambda item: item[0].at)


def _longest_run(changes: list[Change]) -> tuple[int, str]:
    """How many of the changes, from the first on, one rule yields (and no day besides), and that rule."""
    for length in range(len(changes), 1, -1):
        run = changes[:length]
        is_endless = length == len(changes) and LAST_YEAR - run[-1].at.year <= _longest_gap(run)
        rule = _rule_for(run, is_endless=is_endless)
        if rule:
            return length, rule
    return 1, ""


def _longest_gap(run: list[Change]) -> int:
    return max(later.at.year - earlier.at.year for earlier, later in pairwise(run))


def _rule_for(run: list[Change], *, is_endless: bool) -> str:
    """The rule that yields this run's days (in one month, on one weekday) and no other; empty for none."""
    first = run[0].at
    wanted = [change.at.date() for change in run]
    years = range(first.year, (LAST_YEAR if is_endless else wanted[-1].year) + 1)
    for words, window in _candidates(run):
        days = (day for year in years for day in _days_in(window, year, first))
        # most rules are wrong in the first years, and are not asked about the others
        if all(day == meant for day, meant in zip_longest((day for day in days if day >= wanted[0]), wanted)):
            # A day after the last change: some readers take UNTIL, in UTC here, for wall time and would lose it.
            end = "" if is_endless else f";UNTIL={run[-1].moment + timedelta(days=1):%Y%m%dT%H%M%SZ}"
            return f"FREQ=YEARLY;BYMONTH={first.month};{words}{end}"
    return ""


def _candidates(run: list[Change]) -> Iterator[tuple[str, range]]:
    """Ways to say it: the last or nth of a weekday, or that weekday within some days (-1: the last)."""
    name = DAYS[run[0].at.weekday()]
    yield f"BYDAY=-1{name}", range(-7, 0)
    for nth in (1, 2, 3, 4):
        yield f"BYDAY={nth}{name}", range(7 * nth - 6, 7 * nth + 1)
    days = {change.at.day for change in run}
    starts = range(max(1, max(days) - 6), min(days) + 1)
    windows = [range(start, min(start + 7, 32)) for start in starts]
    for window in (*windows, range(1, max(days) + 1)):
        if len(window) <= 7:
            yield f"BYMONTHDAY={','.join(map(str, window))};BYDAY={name}", window


def _days_in(window: range, year: int, like: datetime) -> Iterator[date]:
    length = monthrange(year, like.month)[1]
    for number in window:
        day = number if number > 0 else length + 1 + number
        if day <= length and date(year, like.month, day).weekday() == like.weekday():
            yield date(year, like.month, day)


def _observance(change: Change, rule: str) -> list[str]:
    kind = "DAYLIGHT" if change.is_daylight else "STANDARD"
    lines = [
        f"BEGIN:{kind}",
        f"DTSTART:{change.at:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_offset_text(change.before)}",
        f"TZOFFSETTO:{_offset_text(change.after)}",
        f"TZNAME:{change.name}",
    ]
    if rule:
        lines.append(f"RRULE:{rule}")
    return [*lines, f"END:{kind}"]


def _folded(line: str) -> str:
    return "\r\n ".join([line[:75], *(line[start : start + 74] for start in range(75, len(line), 74))])


def _offset_text(offset: timedelta) -> str:
    seconds = round(offset.total_seconds())
    sign, seconds = "-" if seconds < 0 else "+", abs(seconds)
    text = f"{sign}{seconds // 3600:02d}{seconds % 3600 // 60:02d}"
    return text + (f"{seconds % 60:02d}" if seconds % 60 else "")
