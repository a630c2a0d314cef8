"""A deadline as it was typed, its instant, and where a statement stands by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from summit_service import zones
from summit_service.statements import rules
from summit_service.statements.tables import Statement

DEFAULT_ZONE = "Etc/UTC"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Wall time and zone are what was said; `at` is the instant in UTC."""

    wall: str
    timezone: str
    at: datetime


def end_of(statement: Statement) -> datetime | None:
    """Until when answers are taken: the deadline, or sooner where everybody has answered."""
    return rules.end_of(statement.closes_at, statement.ends_early_at)


def progress(statement: Statement, *, now: datetime) -> str:
    """Where the statement stands, in a sentence."""
    state = rules.seen_state(statement.state, end_of(statement), now=now)
    until = zones.long_deadline(statement.closes_at, statement.closes_timezone) if statement.closes_at else ""
    published_at = statement.published_at
    words = {
        "signing": f"Members sign until {until}.",
        "closed": "Signing has ended; the answers are being counted.",
        "adopted": "Adopted, and about to be published.",
        "consulting": f"Members comment until {until}.",
        "published": f"Published on {zones.short_day(published_at.date())}." if published_at else "",
    }
    return words.get(state, f"{rules.STATES[state]}.")


def read(closes_at: str, timezone: str = "") -> Deadline:
    """`2027-03-04T17:00` in the zone (UTC where none is given), or an instant with offset; raises Invalid."""
    instant = _with_offset(closes_at)
    if instant is not None:
        name = timezone or DEFAULT_ZONE
        return Deadline(zones.wall_text(zones.at_wall(instant, name)), name, instant)
    wall = zones.parse_wall(closes_at, field="closes_at")
    name = zones.zone(timezone or DEFAULT_ZONE).key
    return Deadline(zones.wall_text(wall), name, zones.instant(wall, name, field="closes_at"))


def _with_offset(text: str) -> datetime | None:
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        return None
    if given.tzinfo is None or not 1900 < given.year < 2200:
        return None
    return given.astimezone(UTC).replace(second=0, microsecond=0)
