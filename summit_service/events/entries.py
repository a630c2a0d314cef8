"""One event as the entry that calendars read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from summit_service import ical, markup, settings
from summit_service.events import occurrences
from summit_service.events.details import Details
from summit_service.events.occurrences import Span
from summit_service.events.overrides import Override, live, occurrence_of
from summit_service.events.stored import details_of
from summit_service.events.tables import Event

DATE_NOTE = "This date was "
"""What the entry of a date that was moved or cancelled begins its text with."""


def render(
    event: Event, *, span: Span, organisation: str, reason: str = "", overrides: Sequence[Override] = ()
) -> str:
    """The VEVENT of a row, and one with RECURRENCE-ID for each date that was moved or cancelled.

    The same row always gives the same text. All of it bears the event's SEQUENCE: readers let exceptions go
    whose number is behind that of their series.
    """
    whole = _entry(event, span, organisation, reason)
    details = details_of(event)
    single = (
        _date_entry(whole, details, one, text=_description(event, organisation, reason, text=one.description))
        for one in live(details, overrides)
    )
    return b"".join(ical.vevent(entry) for entry in (whole, *single)).decode()


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


def _entry(event: Event, span: Span, organisation: str, reason: str) -> ical.Entry:
    details = details_of(event)
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
