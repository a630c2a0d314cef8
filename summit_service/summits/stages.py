"""The stage of a stored edition: a word for programs, words for people, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from summit_service import zones
from summit_service.summits.rules import stages
from summit_service.summits.rules.stages import Facts
from summit_service.summits.tables import Edition

BADGES = {
    stages.PLANNED: ("Planned, not announced", "wait"),
    stages.ANNOUNCED: ("Announced", "plain"),
    stages.OPEN: ("Registration open", "good"),
    stages.CLOSED: ("Registration closed", "wait"),
    stages.RUNNING: ("Runs now", "good"),
    stages.PAST: ("Past", "plain"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an edition stands at a moment: one of `rules.stages.STAGES`, what comes next, and both in words."""

    stage: str
    next_stage: str | None
    next_at: datetime | None
    sentence: str

    @property
    def badge(self) -> tuple[str, str]:
        """A few words, and the tone of their badge."""
        return BADGES[self.stage]


def stage_of(edition: Edition, *, now: datetime) -> str:
    """One of `rules.stages.STAGES`."""
    return stages.stage(_facts(edition), now=now)


def standing(edition: Edition, *, now: datetime) -> Standing:
    """The stage with what comes next; from what is stored and the moment alone."""
    facts = _facts(edition)
    coming, at = stages.following(facts, now=now) or (None, None)
    current = stages.stage(facts, now=now)
    return Standing(current, coming, at, _sentence(edition, current, now))


def _sentence(edition: Edition, stage: str, now: datetime) -> str:
    begins = f"The summit begins on {zones.long_day(edition.starts_on)}."
    if stage == stages.PLANNED:
        return "Only the secretariat sees it until it is announced, or its programme released."
    if stage == stages.PAST:
        return "This summit is over."
    if stage == stages.RUNNING:
        return f"The summit runs until {zones.long_day(edition.ends_on)}.{_also_open(edition, now)}"
    if stage == stages.CLOSED:
        return f"Registration has closed. {begins}"
    if stage == stages.OPEN:
        return f"{_open_until(edition)} {begins}"
    opens = edition.registration_opens_instant
    told = f"on {zones.long_moment(opens, edition.timezone)}" if opens else "soon"
    return f"Registration opens {told}. {begins}"


def _also_open(edition: Edition, now: datetime) -> str:
    opens, closes = edition.registration_opens_instant, edition.registration_closes_instant
    is_open = (opens is None or opens <= now) and (closes is None or now < closes)
    return f" {_open_until(edition)}" if is_open else " Registration has closed."


def _open_until(edition: Edition) -> str:
    last = edition.registration_closes_instant or zones.day_end(edition.ends_on, edition.timezone)
    return f"Registration is open until {zones.long_deadline(last, edition.timezone)}."


def _facts(edition: Edition) -> Facts:
    return Facts(
        announced_at=edition.announced_at,
        opens=edition.registration_opens_instant,
        closes=edition.registration_closes_instant,
        begins=zones.day_start(edition.starts_on, edition.timezone),
        ends=zones.day_end(edition.ends_on, edition.timezone),
    )
