"""When a digest is due: Monday or the first of the month, at the hour that its reader has chosen, where they are."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from summit_service.errors import Invalid

MOMENT = timedelta(microseconds=1)
OFF, WEEKLY, MONTHLY = "off", "weekly", "monthly"
RHYTHMS = {
    OFF: ("None", "The calendar itself is always up to date."),
    WEEKLY: ("Each week", "On Monday, when there is something new."),
    MONTHLY: ("Each month", "On the first of the month, when there is something new."),
}


def checked(rhythm: str) -> str:
    """One of RHYTHMS; raises Invalid."""
    if rhythm not in RHYTHMS:
        raise Invalid.one("digest", "Choose how often you want the digest.")
    return rhythm


def checked_hour(hour: str) -> int:
    """An hour of the day, 0 to 23; raises Invalid."""
    if not (hour.isascii() and hour.isdigit() and int(hour) < 24):
        raise Invalid.one("digest_hour", "Choose the hour at which you want the digest.")
    return int(hour)


def last_due(rhythm: str, zone: str, *, hour: int = 8, now: datetime) -> datetime:
    """The newest moment up to `now` at which a digest of this rhythm was due in the zone, at this hour by its clock.

    It depends on nothing that has run: however late or often it is asked, the answer for a day is the same.
    """
    place, at = ZoneInfo(zone), time(hour)
    day = now.astimezone(place).date()
    back = timedelta(days=day.weekday()) if rhythm == WEEKLY else timedelta(days=day.day - 1)
    first = day - back
    due = datetime.combine(first, at, tzinfo=place)
    if due > now:
        earlier = first - timedelta(days=7 if rhythm == WEEKLY else 1)
        due = datetime.combine(earlier if rhythm == WEEKLY else earlier.replace(day=1), at, tzinfo=place)
    return due.astimezone(UTC)


def dues_between(rhythm: str, zone: str, *, hour: int, after: datetime, until: datetime) -> list[datetime]:
    """Every moment after `after` and before `until` at which such a digest is due, the first one first."""
    found, due = [], last_due(rhythm, zone, hour=hour, now=until - MOMENT)
    while due > after:
        found.append(due)
        due = last_due(rhythm, zone, hour=hour, now=due - MOMENT)
    return found[::-1]
