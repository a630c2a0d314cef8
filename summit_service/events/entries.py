"""One event as the entry that calendars read."""

from __future__ import annotations

from datetime import datetime

from summit_service import ical, markup, settings
from summit_service.events.occurrences import Span
from summit_service.events.stored import details_of
from summit_service.events.tables import Event


def render(event: Event, *, span: Span, organisation: str, reason: str = "") -> str:
    """The VEVENT of a row; the same row always gives the same text."""
    return ical.vevent(_entry(event, span, organisation, reason)).decode()


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


def page_address(slug: str) -> str:
    """Where the event can be read about."""
    return f"{settings.current().base_url}/events/{slug}"


def _description(event: Event, organisation: str, reason: str) -> str:
    parts = [
        f"This event was cancelled. {reason}".strip() if event.status == "CANCELLED" else "",
        markup.to_text(event.description),
        f"Hosted by {organisation}.",
        f"More: {event.url}" if event.url else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
