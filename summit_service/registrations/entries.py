"""The calendar entry of a registration: the same UID for ever, a SEQUENCE that only grows."""

from __future__ import annotations

from typing import Literal

from summit_service import ical, settings
from summit_service.ical import Entry
from summit_service.registrations import rules
from summit_service.registrations.tables import Registration
from summit_service.summits.tables import Edition

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]


def render(registration: Registration, edition: Edition, attendance: str, *, method: Method) -> str:
    """The summit as whole days in the delegate's calendar; no secret in it, for calendars are shared."""
    entry = entry_of(registration, edition, attendance, method)
    return ical.invitation(entry, method=method)


def entry_of(registration: Registration, edition: Edition, attendance: str, method: Method) -> Entry:
    """The summit as one entry. What is published names no ATTENDEE (RFC 5546, 3.2.1)."""
    current = settings.current()
    is_invitation = method != "PUBLISH"
    is_online = attendance == rules.ONLINE
    return Entry(
        uid=registration.uid,
        sequence=registration.sequence,
        summary=edition.title,
        starts_at=edition.starts_on.isoformat(),
        ends_at=edition.ends_on.isoformat(),
        timezone=edition.timezone,
        all_day=True,
        created_at=registration.created_at,
        changed_at=registration.changed_at,
        status="CANCELLED" if method == "CANCEL" else "CONFIRMED",
        description=_description(edition, attendance),
        location="" if is_online else edition.venue,
        url=f"{current.base_url}/summits/{edition.year}",
        online_url=edition.online_url if is_online else "",
        organizer_name=current.network_name,
        organizer_email=current.mail_reply_to,
        attendee_name=registration.name if is_invitation else "",
        attendee_email=registration.email if is_invitation else "",
        partstat="ACCEPTED" if is_invitation else "",
    )


def _description(edition: Edition, attendance: str) -> str:
    how = f"You are registered to attend {rules.WORDS[attendance]}."
    programme = f"{settings.current().base_url}/summits/{edition.year}/programme"
    return f"{how} The hours are in the programme: {programme}"
