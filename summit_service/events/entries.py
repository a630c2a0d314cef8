"""One event as the entry that calendars read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from summit_service import ical, markup, settings
from summit_service.events import occurrences
from summit_service.events.details import Details
from summit_service.events.occurrences import Span
from summit_service.events.overrides import Override, live, occurrence_of
from summit_service.events.stored import details_of
from summit_service.events.tables import Event

ROUND = timedelta(days=2)
DATE_NOTE = "This date was "
"""What the entry of a date that was moved or cancelled begins its text with."""


def render(
    event: Event, *, span: Span, organisation: str, reason: str = "", overrides: Sequence[Override] = ()
) -> str:
    """The VEVENT of a row, and one with RECURRENCE-ID for each date that was moved or cancelled.

    The same row always gives the same text. All of it bears the event's SEQUENCE: readers let exceptions go
    whose number is behind that of their series.
    """
    details = details_of(event)
    whole = _entry(event, details, span, organisation, reason)
    kept = live(details, overrides)
    single = (
        _date_entry(whole, details, one, text=_description(event, organisation, reason, text=one.description))
        for one in kept
    )
    twice = _repeated(whole, details, span, {one.day for one in kept})
    return b"".join(ical.vevent(entry) for entry in (whole, *single, *twice)).decode()


def _repeated(whole: ical.Entry, details: Details, span: Span, spoken_of: set[date]) -> Iterator[ical.Entry]:
    """The dates of a series in an hour that clocks repeat, in UTC: readers take one or the other of the two.

    RFC 5545 (3.3.5) means the first, but ical.js and libical read the second.
    """
    if not details.recurrence or details.all_day:
        return
    for begin, end in ical.repeated_hours(details.timezone):
        for day in {begin.date(), end.date()} - spoken_of:
            wall = occurrences.wall_on(details, day)
            if not begin <= datetime.fromisoformat(wall) < end or wall in details.excluded:
                continue
            if wall < details.starts_at or (
                span.last is not None and span.last <= end.replace(tzinfo=UTC) - ROUND
            ):
                continue
            if occurrences.is_occurrence(details, day):
                one = occurrences.on_day(details, day)
                yield replace(
                    whole,
                    starts_at=wall,
                    ends_at=occurrences.wall_end(details, one),
                    starts_instant=one.starts,
                    ends_instant=one.ends,
                    recurrence_id=wall,
                    rrule="",
                    excluded=(),
                )


def _date_entry(whole: ical.Entry, details: Details, override: Override, *, text: str) -> ical.Entry:
    one = occurrence_of(details, override)
    is_off = override.is_cancelled or whole.status == "CANCELLED"
    what = "cancelled" if override.is_cancelled else "moved" if one.is_moved else ""
    note = f"{f'{DATE_NOTE}{what}.' if what else ''} {override.reason}".strip()
    return replace(
        whole,
        starts_at=one.wall,
        ends_at=override.ends_at or occurrences.wall_end(details, one),
        starts_instant=one.starts,
        ends_instant=one.ends,
        status="CANCELLED" if is_off else "CONFIRMED",
        summary=override.summary or whole.summary,
        description="\n\n".join(filter(None, (note, text))),
        location=override.location or whole.location,
        recurrence_id=occurrences.wall_on(details, override.day),
        rrule="",
        excluded=(),
    )


def _entry(event: Event, details: Details, span: Span, organisation: str, reason: str) -> ical.Entry:
    return ical.Entry(
        uid=event.uid,
        sequence=event.sequence,
        status=event.status,
        summary=details.summary,
        description=_description(event, organisation, reason),
        starts_at=details.starts_at,
        ends_at=details.ends_at,
        timezone=details.timezone,
        all_day=details.all_day,
        starts_instant=span.starts,
        ends_instant=span.ends,
        changed_at=_second(event.changed_at),
        created_at=_second(event.created_at),
        location=details.location,
        url=page_address(event.slug),
        online_url=details.online_url,
        categories=details.categories,
        rrule=details.recurrence,
        excluded=details.excluded,
    )


def search_text(details: Details, names: str, overrides: Sequence[Override] = ()) -> str:
    """What words are looked for in, those of single dates too; `names` are those of its hosts."""
    own = (text for one in overrides for text in (one.summary, one.description, one.location))
    return markup.plain(
        " ".join((details.summary, details.description, details.location, names, *details.categories, *own))
    )


def page_address(slug: str) -> str:
    """Where the event can be read about."""
    return f"{settings.current().base_url}/events/{slug}"


def _description(event: Event, organisation: str, reason: str, *, text: str = "") -> str:
    parts = [
        f"This event was cancelled. {reason}".strip() if event.status == "CANCELLED" else "",
        markup.to_text(text or event.description),
        f"Hosted by {organisation}.",
        f"More: {event.url}" if event.url else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
