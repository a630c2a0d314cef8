"""How long what is personal stays after a summit, and what is said about each field that takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from summit_service import zones

NEEDS_KEPT, REST_KEPT = timedelta(days=30), timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that we are told: its words for people, its purpose, and how long it stays after the last day."""

    column: str
    words: str
    purpose: str
    kept: timedelta


def erased_on(last_day: date, kept: timedelta) -> date:
    """The day on which it is gone, in the summit's zone."""
    return last_day + kept + timedelta(days=1)


def erased_at(last_day: date, zone: str, kept: timedelta) -> datetime:
    """The first moment of that day."""
    return zones.day_start(erased_on(last_day, kept), zone)


def is_due(last_day: date, zone: str, kept: timedelta, *, now: datetime) -> bool:
    """Whether that day has come."""
    return now >= erased_at(last_day, zone, kept)
