"""A deadline for people: in words, in the reader's zone, and as an entry that holds it in their calendar."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from summit_service import ical, settings, zones
from summit_service.ical import Entry
from summit_service.members.tables import Organisation
from summit_service.statements.tables import SigningRequest, Statement

LENGTH = timedelta(minutes=30)
DAY_BEFORE = 24 * 60


def deadline_words(statement: Statement, zone: str) -> str:
    """Until when answers are taken, in the reader's zone; with the day that ends worldwide where that was chosen."""
    words = zones.long_deadline(statement.closes_at, zone)
    if statement.closes_timezone != zones.WORLDWIDE or zone == zones.WORLDWIDE:
        return words
    return f"{words} ({zones.long_deadline(statement.closes_at, zones.WORLDWIDE)})"


def early_words(statement: Statement, zone: str) -> str:
    """How signing can end before its deadline, for who is asked."""
    words = "If everybody has answered before that, signing ends a day after the last answer."
    days = json.loads(statement.policy).get("early_end_days")
    if days is None or statement.opened_at is None:
        return words
    since = zones.long_moment(statement.opened_at + timedelta(days=days), zone)
    return f"{words} From {since} on the secretariat may end it for a reason, which you would be told."


def ended_words(statement: Statement, zone: str) -> str:
    """Why answers are not taken any more, when signing has ended before its deadline; empty when it has not."""
    ended = statement.closed_at or statement.ends_early_at
    if ended is None or statement.closes_at is None or ended >= statement.closes_at:
        return ""
    why = "because everybody had answered" if statement.ends_early_at else "by the secretariat, for a reason"
    return f"Signing ended on {zones.long_moment(ended, zone)}, before its deadline, {why}."


def render(statement: Statement, request: SigningRequest, *, zone: str, now: datetime) -> str:
    """The last half hour before the deadline, for one calendar; no secret in it, for calendars are shared.

    What an organisation is asked anew about a changed text has the same UID and a higher SEQUENCE (RFC 5545, 3.8.7.4):
    the earlier deadline leaves the calendar instead of staying beside the one that counts.
    """
    current = settings.current()
    starts = zones.at_wall(statement.closes_at - LENGTH, zone)
    ends = zones.at_wall(statement.closes_at, zone)
    entry = Entry(
        uid=f"signing-{statement.id}-{_organisation_id(request)}@{current.host}",
        sequence=request.id,
        summary=f"Deadline: “{statement.title}”",
        starts_at=zones.wall_text(starts),
        ends_at=zones.wall_text(ends),
        starts_instant=statement.closes_at - LENGTH,
        ends_instant=statement.closes_at,
        timezone=zone,
        created_at=request.created_at,
        changed_at=now,
        description=f"Answers of {request.organisation_name} are taken until {deadline_words(statement, zone)}. "
        "Your personal link is in the mail from us.",
        url=f"{current.base_url}/statements/{statement.slug}",
        organizer_name=current.network_name,
        organizer_email=current.mail_reply_to,
        alarm_minutes=DAY_BEFORE,
    )
    return ical.invitation(entry, method="PUBLISH")


def _organisation_id(request: SigningRequest) -> int:
    """Whether or not the rows that the request names were read with it."""
    named: int | Organisation = request.organisation
    return named.id if isinstance(named, Organisation) else named
