"""When the morning mail is due: on working days, at its reader's hour, where they are; how long a line is held."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from summit_service import zones
from summit_service.errors import Invalid

HOUR = 8
"""For who has not chosen another one."""
LATE = timedelta(hours=12)
"""So long after its hour a morning mail still leaves; then the next one tells everything."""
HELD_FOR = timedelta(days=7)
"""Then whoever has begun on a line has it no more: it was forgotten, or they are away."""
DAY = timedelta(days=1)
SATURDAY = 5


def checked_hour(hour: str) -> int:
    """An hour of the day, 0 to 23; raises Invalid."""
    if not (hour.isascii() and hour.isdigit() and int(hour) < 24):
        raise Invalid.one("morning_hour", "Choose the hour at which you want the morning mail.")
    return int(hour)


def last_morning(zone: str, *, hour: int, now: datetime) -> datetime:
    """The newest moment up to `now` at which a morning mail was due by the clock of the zone, in UTC.

    It depends on nothing that has run. An hour that a clock leaves out is the moment at which it would have been.
    """
    day = zones.at_wall(now, zone).date()
    while not (_is_working(day) and _at(day, hour, zone) <= now):
        day -= DAY
    return _at(day, hour, zone)


def next_morning(zone: str, *, hour: int, now: datetime) -> datetime:
    """The first such moment after `now`, in UTC."""
    day = zones.at_wall(now, zone).date()
    while not (_is_working(day) and _at(day, hour, zone) > now):
        day += DAY
    return _at(day, hour, zone)


def mornings_between(zone: str, *, hour: int, after: datetime, until: datetime) -> list[datetime]:
    """Every such moment after `after` and before `until`, the first one first."""
    found, at = [], next_morning(zone, hour=hour, now=after)
    while at < until:
        found.append(at)
        at = next_morning(zone, hour=hour, now=at)
    return found


def is_due(morning: datetime, zone: str, *, told_until: datetime, now: datetime) -> bool:
    """Whether the mail of this morning is still to be sent: once on a day of the zone, also by who changes the hour."""
    told, today = zones.at_wall(told_until, zone).date(), zones.at_wall(morning, zone).date()
    return told < today and now < morning + LATE


def is_sign_of_life(morning: datetime, zone: str) -> bool:
    """On Mondays a mail leaves also where nothing waits: a silence for a week would be a fault that nobody sees."""
    return zones.at_wall(morning, zone).weekday() == 0


def _is_working(day: date) -> bool:
    return day.weekday() < SATURDAY


def _at(day: date, hour: int, zone: str) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zones.zone(zone)).astimezone(UTC)
