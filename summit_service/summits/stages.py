"""The stage of a stored edition, in a word for programs and in words for people."""

from __future__ import annotations

from datetime import datetime

from summit_service import zones
from summit_service.summits.rules import stages
from summit_service.summits.tables import Edition

BADGES = {
    stages.PLANNED: ("Planned, not announced", "wait"),
    stages.ANNOUNCED: ("Announced", "plain"),
    stages.OPEN: ("Registration open", "good"),
    stages.CLOSED: ("Registration closed", "wait"),
    stages.RUNNING: ("Runs now", "good"),
    stages.PAST: ("Past", "plain"),
}


def stage_of(edition: Edition, *, now: datetime) -> str:
    """One of `rules.stages.STAGES`."""
    return stages.stage(
        announced_at=edition.announced_at,
        opens=edition.registration_opens_instant,
        closes=edition.registration_closes_instant,
        begins=zones.day_start(edition.starts_on, edition.timezone),
        ends=zones.day_end(edition.ends_on, edition.timezone),
        now=now,
    )
