"""The mails of a personal feed and of an agenda: a change that its owner's calendar has not seen yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from summit_service import settings, zones
from summit_service.accounts.tables import Person
from summit_service.agendas.rules import LATE
from summit_service.events.queries import EventView
from summit_service.mail import streams
from summit_service.mail.outbox import Mail
from summit_service.registrations import mails as registrations
from summit_service.registrations.seating import Told
from summit_service.registrations.tables import Registration
from summit_service.summits.rules.snapshot import Header

KIND = "calendar_late"


@dataclass(frozen=True, slots=True)
class Late:
    """What became of a starred session, by UID; the number of the release that brought it; when the session is over."""

    uid: str
    number: int
    told: Told
    ends: datetime


def about(person_id: int) -> str:
    """What these mails speak of: an app of that person that comes stops them."""
    return f"personal_feed:{person_id}"


def calendar_late(event: EventView, person: Person, changes: Sequence[tuple[str, str, str]]) -> Mail:
    """Once for each state of the event; pointless when it is over."""
    return Mail(
        kind=KIND,
        to_name=person.name,
        to_email=person.email,
        about=about(person.id),
        dedupe_key=f"{KIND}:{event.id}:{event.sequence}:{person.id}",
        context={
            "title": event.details.summary,
            "path": f"/events/{event.slug}",
            "host": event.organisation.name,
            "is_cancelled": event.is_cancelled,
            "when": _when(event, person.timezone or settings.current().timezone),
            "where": event.details.location,
            "changes": [{"name": name, "before": before, "after": after} for name, before, after in changes],
            "why": "it is in a calendar of yours that no app has fetched since it was changed.",
        },
        language=person.language,
        expires_at=event.last,
        is_repeatable=False,
        stream=streams.CALENDAR,
    )


def agenda_late(
    registration: Registration, header: Header, late: Sequence[Late], *, is_followed: bool
) -> Mail:
    """Once for each release that changed one of these; pointless when all of them are over.

    `is_followed`: whether an app has ever fetched the agenda's calendar.
    """
    number = max(one.number for one in late)
    app = "no calendar app has fetched your agenda"
    return Mail(
        kind=LATE,
        to_name=registration.name,
        to_email=registration.email,
        about=registrations.about(registration),
        dedupe_key=f"{LATE}:{registration.id}:release:{number}",
        context={
            "title": header.title,
            "path": f"/summits/{header.year}/programme",
            "is_followed": is_followed,
            "changes": [
                {"kind": one.told.kind, "title": one.told.title, "was": one.told.was, "now": one.told.now}
                for one in late
            ],
            "why": f"you starred these sessions, and {app}{' since' if is_followed else ''}.",
        },
        expires_at=max(one.ends for one in late),
        is_repeatable=False,
        stream=streams.CALENDAR,
    )


def _when(event: EventView, zone: str) -> str:
    """In the event's own zone, and in the reader's where that is another."""
    details = event.details
    if details.recurrence:
        return ""
    if details.all_day:
        first, last = (zones.parse_day(day, field="") for day in (details.starts_at, details.ends_at))
        return zones.day_span(first, last)
    own = zones.long_span(event.starts, event.ends, details.timezone)
    if zone == details.timezone:
        return own
    return f"{own} (your time: {zones.long_span(event.starts, event.ends, zone)})"
