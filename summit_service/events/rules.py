"""What an event must be, times in their zone above all, and what makes a reader's copy out of date."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from summit_service import markup, zones
from summit_service.errors import Conflict, Fault, Invalid
from summit_service.events import occurrences, series
from summit_service.events.details import FIELDS, REPEATED_HOURS, Details, attempt, checked_texts
from summit_service.events.occurrences import Span
from summit_service.events.recurrence import read_rule

MOST_EXCLUDED = 366
FIRST_SERIES_YEAR = 2000
STATES = {
    "draft": "a draft",
    "waiting": "waiting for confirmation",
    "published": "published",
    "cancelled": "cancelled",
}
RESERVED_SLUGS = frozenset({"new", "preview", "neighbours", "widget", "import"})
"""Addresses below /events/ that are pages of their own."""
DEADLINE_UID = "funding-call-"
"""How the UID of a deadline begins that belongs to a call for funding and changes with it alone."""
SEEN_IN_CALENDARS = (
    "starts_at", "ends_at", "timezone", "all_day", "repeated_hour", "recurrence", "excluded",
    "location", "mode", "online_url",
)  # fmt: skip
"""A change of one of these raises SEQUENCE: whoever has the event in a calendar has to look again."""


def check_details(given: Details) -> tuple[Details, Span]:
    """The details in the form that is kept, and their instants; raises Invalid with every fault found."""
    faults: list[Fault] = []
    texts = checked_texts(given, faults)
    attempt(faults, lambda: zones.zone(given.timezone), None)
    times = replace(given, **texts)
    if not any(fault.field == "timezone" for fault in faults):
        times = attempt(faults, lambda: _checked_times(times), times)
    if faults:
        raise Invalid(faults)
    return times, occurrences.span_of(times)


def check_times(given: Details) -> tuple[Details, Span]:
    """Times and recurrence alone, in the form that is kept; raises Invalid for their fields."""
    zones.zone(given.timezone)
    checked = _checked_times(given)
    return checked, occurrences.span_of(checked)


def changed_fields(before: Details, after: Details) -> tuple[str, ...]:
    """The names of the fields that differ."""
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))


def next_sequence(sequence: int, changed: tuple[str, ...]) -> int:
    """SEQUENCE after a change (RFC 5545, 3.8.7.4)."""
    return sequence + 1 if set(changed) & set(SEEN_IN_CALENDARS) else sequence


def carry_excluded(before: Details, after: Details) -> Details:
    """Left-out dates follow the series to a new hour; those that it no longer has are dropped."""
    if not after.recurrence or not after.excluded:
        return replace(after, excluded=())
    try:
        read_rule(after.recurrence, timezone=after.timezone)
        days = [date.fromisoformat(text[:10]) for text in before.excluded]
        kept = tuple(day.isoformat() for day in days if occurrences.is_occurrence(after, day))
    except (Invalid, ValueError, KeyError):
        return after
    return replace(after, excluded=kept)


def first_state(*, is_draft: bool, is_new: bool, is_trusted: bool) -> str:
    """What becomes of an event that is posted: what a new organisation posts waits for the secretariat."""
    if is_draft:
        return "draft"
    return "waiting" if is_new and not is_trusted else "published"


def check_state(state: str, wanted: str) -> None:
    """Raises Conflict where the event is not in the state that something can be done in."""
    if state != wanted:
        raise Conflict(f"This event is {STATES[state]}. It would have to be {STATES[wanted]}.")


def check_can_change(status: str) -> None:
    """Raises Conflict for an event that was cancelled."""
    if status == "CANCELLED":
        raise Conflict("This event was cancelled and can no longer be changed. Post a new one instead.")


def check_is_free(uid: str, url: str) -> None:
    """Raises Conflict for the deadline of a call for funding; `url` is where the call is."""
    if uid.startswith(DEADLINE_UID):
        raise Conflict(f"This is the deadline of a call for funding. Change the call, and it follows: {url}")


def check_reason(reason: str) -> str:
    """Why an event is cancelled; may be empty."""
    return markup.many_lines(reason, field="reason", longest=1000, name="The reason")


def _checked_times(given: Details) -> Details:
    parsed = _whole_days(given) if given.all_day else _wall_times(given)
    if not parsed.recurrence.strip():
        if parsed.excluded:
            raise Invalid.one(
                "excluded", "Dates can be left out of a series only. Give a recurrence, or no dates."
            )
        return replace(parsed, recurrence="")
    return _checked_series(parsed)


def _whole_days(given: Details) -> Details:
    starts = zones.parse_day(given.starts_at.strip(), field="starts_at")
    ends = zones.parse_day(given.ends_at.strip() or starts.isoformat(), field="ends_at")
    if ends < starts:
        raise Invalid.one("ends_at", f"The last day is before the first, {zones.short_day(starts)}.")
    return replace(given, starts_at=starts.isoformat(), ends_at=ends.isoformat(), repeated_hour="")


def _wall_times(given: Details) -> Details:
    starts = zones.wall_text(zones.parse_wall(given.starts_at.strip(), field="starts_at"))
    ends_text = given.ends_at.strip() or occurrences.end_after_an_hour(starts)
    ends = zones.wall_text(zones.parse_wall(ends_text, field="ends_at"))
    parsed = replace(given, starts_at=starts, ends_at=ends)
    is_repeated = any(occurrences.is_repeated(text, given.timezone) for text in (starts, ends))
    if given.repeated_hour not in REPEATED_HOURS or not is_repeated:
        parsed = replace(parsed, repeated_hour="")
    if is_repeated and given.recurrence.strip():
        raise Invalid.one(
            "starts_at",
            "A series cannot begin or end in an hour that the clocks repeat. Begin it a week earlier.",
        )
    span = occurrences.span_of(replace(parsed, recurrence=""))
    if span.ends <= span.starts:
        raise Invalid.one("ends_at", f"The end is not after the start, {starts.replace('T', ' ')}.")
    return parsed


def _checked_series(given: Details) -> Details:
    text, rule = read_rule(given.recurrence, timezone=given.timezone)
    first = occurrences.first_wall(given)
    if first.year < FIRST_SERIES_YEAR:
        raise Invalid.one("starts_at", f"A series cannot begin before {FIRST_SERIES_YEAR}.")
    series.check_starts_with(rule, first)
    checked = replace(given, recurrence=text)
    last = series.last_day(rule, first)
    excluded = _checked_excluded(checked)
    if last is not None and len(excluded) == sum(
        1 for _ in series.days(rule, first, start=first.date(), end=last)
    ):
        raise Invalid.one("excluded", "Every date of the series is left out. Keep at least one.")
    return replace(checked, excluded=excluded)


def _checked_excluded(given: Details) -> tuple[str, ...]:
    """As wall times of the series; a day alone means its date on that day."""
    if len(given.excluded) > MOST_EXCLUDED:
        raise Invalid.one("excluded", f"At most {MOST_EXCLUDED} dates can be left out.")
    found = set()
    for number, text in enumerate(given.excluded):
        field = f"excluded/{number}"
        day = zones.parse_day(text.strip()[:10], field=field)
        wall = occurrences.wall_on(given, day)
        if text.strip() not in {wall, day.isoformat(), f"{wall}:00"} or not occurrences.is_occurrence(
            given, day
        ):
            raise Invalid.one(
                field, f"{text.strip()[:30]} is not a date of this series, so it cannot be left out."
            )
        found.add(wall)
    return tuple(sorted(found))


def free_slugs(bases: Sequence[str], taken: Collection[str]) -> list[str]:
    """A slug for each base, in their order: the base itself, else the first free of `base-2`, `base-3` and so on.

    `taken` has what is taken of the bases, and of each that is in it, or wanted twice, whatever begins with it.
    """
    used, numbers, found = set(taken), dict[str, int](), list[str]()
    for base in bases:
        slug = base
        while slug in used:
            numbers[base] = numbers.get(base, 1) + 1
            slug = f"{base}-{numbers[base]}"
        used.add(slug)
        found.append(slug)
    return found
