"""Single dates of a series that were moved or cancelled, and the dates of a series with them in their places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from summit_service import markup, zones
from summit_service.errors import Invalid, NotFound
from summit_service.events import occurrences
from summit_service.events.details import (
    LONGEST_DESCRIPTION,
    LONGEST_LOCATION,
    LONGEST_SUMMARY,
    Details,
)
from summit_service.events.occurrences import Occurrence, Span

MOST_OVERRIDES = 366
LONGEST_REASON = 1000
TEXTS = ("summary", "description", "location")
"""What a date may have of its own beside its times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What became of the series' date on `day`, where it takes place.

    Held otherwise: its own wall times, and its own title, description and place where they are not empty.
    Cancelled: none of them.
    It holds while the series has a date on that day (`is_live`); else it is set aside, and kept.
    """

    day: date
    starts_at: str = ""
    ends_at: str = ""
    location: str = ""
    reason: str = ""
    is_cancelled: bool = False
    summary: str = ""
    description: str = ""


def day_of(details: Details, when: str) -> date:
    """The day of the series' date that an address names by its day or its wall time; raises NotFound."""
    try:
        day = date.fromisoformat(when[:10])
    except ValueError:
        raise NotFound("A date of a series is named by its day, such as 2027-03-04.") from None
    if not details.recurrence or when not in {day.isoformat(), occurrences.wall_on(details, day)}:
        raise NotFound("This event has no such date.")
    if occurrences.wall_on(details, day) in details.excluded or not occurrences.is_occurrence(details, day):
        raise NotFound("This event has no such date.")
    return day


def check_move(
    details: Details,
    day: date,
    *,
    starts_at: str,
    ends_at: str,
    location: str,
    reason: str,
    summary: str = "",
    description: str = "",
) -> Override:
    """The date at its new time and place, with its own title and description; raises Invalid with the field.

    An empty end keeps the length. What is as the series has it is empty.
    """
    starts, ends = (_day if details.all_day else _wall)(details, starts_at.strip(), ends_at.strip())
    moved = Override(
        day=day,
        starts_at=starts,
        ends_at=ends,
        location=markup.one_line(
            location, field="location", longest=LONGEST_LOCATION, name="The place", required=False
        ),
        reason=check_reason(reason),
        summary=markup.one_line(
            summary, field="summary", longest=LONGEST_SUMMARY, name="The title", required=False
        ),
        description=markup.many_lines(
            description, field="description", longest=LONGEST_DESCRIPTION, name="The description"
        ),
    )
    _span(details, moved)
    return replace(
        moved,
        summary=_own(moved.summary, details.summary),
        description=_own(moved.description, details.description),
        location=_own(moved.location, details.location),
    )


def _own(text: str, of_series: str) -> str:
    return "" if text == of_series else text


def check_reason(reason: str) -> str:
    """Why; may be empty."""
    return markup.many_lines(reason, field="reason", longest=LONGEST_REASON, name="The reason")


def changes_nothing(details: Details, moved: Override) -> bool:
    """Whether the date would be as the series has it anyway."""
    return not any(getattr(moved, name) for name in TEXTS) and not _is_elsewhere(details, moved)


def _is_elsewhere(details: Details, moved: Override) -> bool:
    """Whether it is at another time or place than the series has it."""
    own, span = occurrences.on_day(details, moved.day), _span(details, moved)
    return bool(moved.location) or (span.starts, span.ends) != (own.starts, own.ends)


def is_live(details: Details, override: Override) -> bool:
    """Whether the series, as it is now, has that date, and the new time can be read in its zone."""
    if not details.recurrence or occurrences.wall_on(details, override.day) in details.excluded:
        return False
    if not occurrences.is_occurrence(details, override.day):
        return False
    if override.is_cancelled:
        return True
    if (len(override.starts_at) == 10) != details.all_day:
        return False
    try:
        _span(details, override)
    except Invalid:
        return False
    return True


def live(details: Details, overrides: Iterable[Override]) -> list[Override]:
    """Those that hold, by day."""
    return sorted((one for one in overrides if is_live(details, one)), key=lambda one: one.day)


def set_aside(details: Details, overrides: Iterable[Override]) -> list[Override]:
    """Those whose date the series does not have any more, by day; they hold again when it has."""
    return sorted((one for one in overrides if not is_live(details, one)), key=lambda one: one.day)


def dates(
    details: Details, overrides: Iterable[Override], *, after: datetime, before: datetime, limit: int
) -> list[Occurrence]:
    """The dates that touch the range by their start, moved ones where they are now, cancelled ones marked."""
    known = live(details, overrides)
    if not known:
        return occurrences.occurrences(details, after=after, before=before, limit=limit)
    elsewhere = {one.day for one in known}
    plain = occurrences.occurrences(details, after=after, before=before, limit=limit + len(known))
    found = [one for one in plain if one.day not in elsewhere]
    found += [
        one
        for one in (occurrence_of(details, override) for override in known)
        if one.ends > after and one.starts < before
    ]
    return sorted(found, key=lambda one: one.starts)[:limit]


def occurrence_of(details: Details, override: Override) -> Occurrence:
    """The date as it is now; a cancelled one where it would have been."""
    if override.is_cancelled:
        return replace(occurrences.on_day(details, override.day), is_cancelled=True, own_day=override.day)
    span = _span(details, override)
    return Occurrence(
        override.starts_at,
        span.starts,
        span.ends,
        own_day=override.day,
        location=override.location,
        summary=override.summary,
        is_moved=_is_elsewhere(details, override),
    )


def times_of(details: Details, override: Override) -> tuple[str, str]:
    """Start and end of the date as wall times; of a cancelled one, those that the series has."""
    if override.starts_at:
        return override.starts_at, override.ends_at
    own = occurrences.on_day(details, override.day)
    return own.wall, occurrences.wall_end(details, own)


def reach(details: Details, span: Span, overrides: Iterable[Override]) -> tuple[datetime | None, Span]:
    """The first start where a moved date begins before the series, and the span to the end of the last date."""
    moved = [occurrence_of(details, one) for one in live(details, overrides)]
    earliest = min((one.starts for one in moved), default=span.starts)
    last = None if span.last is None else max([span.last, *(one.ends for one in moved)])
    return (earliest if earliest < span.starts else None), replace(span, last=last)


def _span(details: Details, moved: Override) -> Span:
    single = replace(
        details,
        starts_at=moved.starts_at,
        ends_at=moved.ends_at,
        recurrence="",
        excluded=(),
        repeated_hour="",
    )
    return occurrences.span_of(single)


def _day(details: Details, starts_at: str, ends_at: str) -> tuple[str, str]:
    starts = zones.parse_day(starts_at, field="starts_at")
    length = date.fromisoformat(details.ends_at) - date.fromisoformat(details.starts_at)
    ends = zones.parse_day(ends_at, field="ends_at") if ends_at else starts + length
    if ends < starts:
        raise Invalid.one("ends_at", f"The last day is before the first, {zones.short_day(starts)}.")
    return starts.isoformat(), ends.isoformat()


def _wall(details: Details, starts_at: str, ends_at: str) -> tuple[str, str]:
    starts = zones.parse_wall(starts_at, field="starts_at")
    ends = zones.parse_wall(ends_at, field="ends_at") if ends_at else starts + _wall_length(details)
    texts = zones.wall_text(starts), zones.wall_text(ends)
    for text, field in zip(texts, ("starts_at", "ends_at"), strict=True):
        if occurrences.is_repeated(text, details.timezone):
            raise Invalid.one(field, "The clocks show this hour twice on that night. Choose another one.")
    if ends <= starts:
        raise Invalid.one("ends_at", f"The end is not after the start, {texts[0].replace('T', ' ')}.")
    return texts


def _wall_length(details: Details) -> timedelta:
    return datetime.fromisoformat(details.ends_at) - datetime.fromisoformat(details.starts_at)
