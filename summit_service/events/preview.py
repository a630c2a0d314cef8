"""The next dates of what is being typed: with the zone, where the clocks change, what is left out or moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from summit_service import zones
from summit_service.events import occurrences, overrides, rules
from summit_service.events.details import Details
from summit_service.events.overrides import Override
from summit_service.events.phrases import recurrence_words

NEXT = 10
HORIZON = timedelta(days=100 * 366)


@dataclass(frozen=True, slots=True)
class Previewed:
    """One date as it will be; `note` says what is unusual about it."""

    starts: datetime
    ends: datetime
    first_day: date
    last_day: date
    is_off: bool
    note: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The recurrence in words, the next dates, and whether there are more."""

    words: str
    details: Details
    dates: tuple[Previewed, ...]
    has_more: bool


def preview_of(given: Details, *, known: Sequence[Override] = (), now: datetime) -> Preview:
    """The next ten dates from now on, or from the first one; raises Invalid for times and recurrence."""
    details, span = rules.check_times(given)
    first = date.fromisoformat(details.starts_at[:10])
    words = recurrence_words(details.recurrence, timezone=details.timezone, first_day=first)
    is_over = span.last is not None and span.last <= now
    after = span.starts - timedelta(days=1) if is_over else max(now, span.starts - timedelta(days=1))
    whole = replace(details, excluded=())
    found = overrides.dates(
        whole, known, after=after, before=after + HORIZON, limit=NEXT + 1 + len(details.excluded)
    )
    shown, previous = [], None
    for one in found[: NEXT + len(details.excluded)]:
        shown.append(_previewed(details, one, previous))
        previous = one
    kept = _first(shown, NEXT)
    return Preview(words, details, tuple(kept), len(found) > len(kept))


def _first(dates: list[Previewed], number: int) -> list[Previewed]:
    """So many that are held, and those that are left out between them."""
    kept: list[Previewed] = []
    for one in dates:
        if sum(1 for date_ in kept if not date_.is_off) == number:
            break
        kept.append(one)
    return kept


def _previewed(
    details: Details, one: occurrences.Occurrence, previous: occurrences.Occurrence | None
) -> Previewed:
    zone = details.timezone
    starts, ends = zones.at_wall(one.starts, zone), zones.at_wall(one.ends, zone)
    last = date.fromisoformat(occurrences.wall_end(details, one)[:10])
    is_left_out = one.own_day is None and one.wall in details.excluded
    notes = [
        "left out" if is_left_out else "cancelled" if one.is_cancelled else "",
        f"moved from {zones.long_day(one.own_day)}" if one.is_moved and one.own_day else "",
        "" if details.all_day or previous is None else _clock_note(previous, one, zone),
        "" if details.all_day else _skipped_note(one, starts),
    ]
    return Previewed(
        starts, ends, one.day, last, is_left_out or one.is_cancelled, "; ".join(filter(None, notes))
    )


def _clock_note(previous: occurrences.Occurrence, one: occurrences.Occurrence, zone: str) -> str:
    """Where the clocks were changed since the date before."""
    before, after = (zones.at_wall(moment.starts, zone).utcoffset() for moment in (previous, one))
    if before is None or after is None or before == after:
        return ""
    sign, minutes = "+" if after >= timedelta(0) else "-", abs(int(after.total_seconds())) // 60
    offset = f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")
    return f"the clocks have gone {'forward' if after > before else 'back'} since: {offset}"


def _skipped_note(one: occurrences.Occurrence, starts: datetime) -> str:
    """Where the hour does not exist on that day."""
    if starts.strftime("%Y-%m-%dT%H:%M") == one.wall:
        return ""
    return f"{one.wall[11:]} does not exist on that day, so it is held at {starts:%H:%M}"
