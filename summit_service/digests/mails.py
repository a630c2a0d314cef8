"""The digest as a mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from summit_service import settings, zones
from summit_service.accounts.tables import Person
from summit_service.digests.rules import WEEKLY
from summit_service.events.listing import Dated
from summit_service.events.news import News
from summit_service.mail import streams
from summit_service.mail.outbox import Mail

STALE_AFTER = timedelta(days=5)


def digest(person: Person, news: News, *, rhythm: str, due_at: datetime) -> Mail:
    """What is new since the last one; a mail that could not leave for days says nothing new any more."""
    zone = person.timezone or settings.current().timezone
    week_or_month = "week" if rhythm == WEEKLY else "month"
    return Mail(
        kind="digest",
        to_name=person.name,
        to_email=person.email,
        about=f"person:{person.id}",
        dedupe_key=f"digest:{person.id}:{due_at.isoformat()}",
        context={
            "new": _lines(news.new, zone),
            "changed": _lines(news.changed, zone),
            "cancelled": _lines(news.cancelled, zone),
            "rhythm": week_or_month,
            "why": f"you have chosen on your page to be told once a {week_or_month} what is new in the calendar.",
        },
        language=person.language,
        expires_at=due_at + STALE_AFTER,
        is_repeatable=False,
        stream=streams.DIGESTS,
    )


def _lines(dates: Iterable[Dated], zone: str) -> list[dict[str, str]]:
    return [
        {
            "title": one.title,
            "when": _when(one, zone),
            "where": one.location,
            "host": one.event.organisation.name,
            "path": f"/events/{one.event.slug}",
        }
        for one in dates
    ]


def _when(one: Dated, zone: str) -> str:
    """In the event's own zone, and in the reader's where that is another."""
    details = one.event.details
    if details.all_day:
        return zones.day_span(one.first_day, one.last_day)
    own = zones.long_span(one.starts, one.ends, details.timezone)
    if zone == details.timezone:
        return own
    return f"{own} (your time: {zones.long_span(one.starts, one.ends, zone)})"
