"""Where an edition stands on its way from a plan to the past: by facts and the date, whether or not a job has run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

PLANNED, ANNOUNCED, OPEN, CLOSED, RUNNING, PAST = STAGES = (
    "planned", "announced", "open", "closed", "running", "past",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the stage hangs on, in instants; `opens` and `closes` are those of registration, where they are set."""

    announced_at: datetime | None
    opens: datetime | None
    closes: datetime | None
    begins: datetime
    ends: datetime


def stage(facts: Facts, *, now: datetime) -> str:
    """One of STAGES at the instant `now`.

    Without an opening time registration opens with the announcement, without a closing time it lasts to the end. What
    runs or is past is told first: registration may still be open on the first day.
    """
    if now >= facts.ends:
        return PAST
    if facts.announced_at is None:
        return PLANNED
    if now >= facts.begins:
        return RUNNING
    if now < (facts.opens or facts.announced_at):
        return ANNOUNCED
    return OPEN if facts.closes is None or now < facts.closes else CLOSED


def following(facts: Facts, *, now: datetime) -> tuple[str, datetime | None] | None:
    """The stage that comes next and when; without an instant where a decision brings it; None for what is past."""
    current = stage(facts, now=now)
    if current == PLANNED:
        return ANNOUNCED, None
    for moment in _ahead((facts.opens, facts.closes, facts.begins, facts.ends), now):
        if (coming := stage(facts, now=moment)) != current:
            return coming, moment
    return None


def _ahead(moments: Iterable[datetime | None], now: datetime) -> list[datetime]:
    return sorted(moment for moment in moments if moment is not None and moment > now)
