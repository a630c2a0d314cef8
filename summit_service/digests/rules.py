"""When a digest is due: Monday or the first of the month, at eight in the morning where its reader is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from summit_service.errors import Invalid

OFF, WEEKLY, MONTHLY = "off", "weekly", "monthly"
RHYTHMS = {
    OFF: ("None", "The calendar itself is always up to date."),
    WEEKLY: ("Each week", "On Monday at 8:00, when there is something new."),
    MONTHLY: ("Each month", "On the first at 8:00, when there is something new."),
}
HOUR = time(8)


def checked(rhythm: str) -> str:
    """One of RHYTHMS; raises Invalid."""
    if rhythm not in RHYTHMS:
        raise Invalid.one("digest", "Choose how often you want the digest.")
    return rhythm


def last_due(rhythm: str, zone: str, *, now: datetime) -> datetime:
    """The newest moment up to `now` at which a digest of this rhythm was due in the zone.

    It depends on nothing that has run: however late or often it is asked, the answer for a day is the same.
    """
    place = ZoneInfo(zone)
    day = now.astimezone(place).date()
    back = timedelta(days=day.weekday()) if rhythm == WEEKLY else timedelta(days=day.day - 1)
    first = day - back
    due = datetime.combine(first, HOUR, tzinfo=place)
    if due > now:
        earlier = first - timedelta(days=7 if rhythm == WEEKLY else 1)
        due = datetime.combine(earlier if rhythm == WEEKLY else earlier.replace(day=1), HOUR, tzinfo=place)
    return due.astimezone(UTC)
