"""The dates of the last edition, moved by whole weeks, so that each stays on its weekday."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from summit_service import zones
from summit_service.errors import Invalid

DAYS = ("starts_on", "ends_on")
MOMENTS = ("registration_opens_at", "registration_closes_at")
TEXTS = ("title", "theme", "host", "venue")
NUMBERS = ("in_person_capacity", "online_capacity")


def first_day(starts_on: date, year: int) -> date:
    """The day of `year` on the weekday of `starts_on` that is nearest to its date; raises Invalid out of reach."""
    if not 2000 <= year <= 2199:
        raise Invalid.one("year", "Give a year from 2000 to 2199.")
    wished = date(year, starts_on.month, min(starts_on.day, 28) if starts_on.month == 2 else starts_on.day)
    away = (starts_on.weekday() - wished.weekday() + 3) % 7 - 3
    found = wished + timedelta(days=away)
    return found + timedelta(weeks=(year > found.year) - (year < found.year))


def moved_wall(wall: str | None, by: timedelta) -> str | None:
    """A wall time on another day at the same hour; nothing stays nothing."""
    return None if wall is None else zones.wall_text(datetime.fromisoformat(wall) + by)


def next_values(edition: Mapping[str, object], *, year: int) -> dict[str, object]:
    """The fields of an edition of `year` made from the one before, both as plain values.

    The address of the online meeting stays behind: it opened the last one.
    """
    starts_on = date.fromisoformat(str(edition["starts_on"]))
    by = first_day(starts_on, year) - starts_on
    days = {name: (date.fromisoformat(str(edition[name])) + by).isoformat() for name in DAYS}
    walls = {name: moved_wall(None if edition[name] is None else str(edition[name]), by) for name in MOMENTS}
    texts = {name: in_year(str(edition[name]), before=starts_on.year, year=year) for name in TEXTS}
    kept = {name: edition[name] for name in (*NUMBERS, "timezone")}
    return {"year": year, **texts, **days, **kept, **walls, "online_url": ""}


def in_year(text: str, *, before: int, year: int) -> str:
    """The text with the year before, where it stands as a number of its own, replaced by the new one."""
    return re.sub(rf"(?<!\d){before}(?!\d)", str(year), text)
