"""What a call asks for, until when, and how much of it from one person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from summit_service import zones
from summit_service.contributions.rules.faults import Faults
from summit_service.errors import Conflict, Fault, Gone, Invalid

MOST_CHOICES = 30
MOST_WORDS = 2_000
CLOSED = "The call is closed. Write to the secretariat if something has to change."


@dataclass(frozen=True, slots=True)
class Kind:
    """A form a contribution can take, and how many minutes of the programme it gets."""

    name: str
    minutes: int


@dataclass(frozen=True, slots=True)
class CallForm:
    """A call as it is typed: kinds as lines `Talk; 20`, themes a line each, numbers as text, `closes_at` wall time."""

    intro: str = ""
    kinds: str = ""
    themes: str = ""
    limit_per_person: str = "3"
    most_words: str = "300"
    closes_at: str = ""
    is_blind: str = "yes"


@dataclass(frozen=True, slots=True)
class CallPlan:
    """A call that can be kept."""

    intro: str
    kinds: tuple[Kind, ...]
    themes: tuple[str, ...]
    limit_per_person: int
    most_words: int
    closes_at: str
    closes_instant: datetime
    is_blind: bool


def checked_call(given: CallForm, *, timezone: str, last_moment: datetime) -> CallPlan:
    """The call as it is kept; raises Invalid. It closes before the summit is over (`last_moment`)."""
    faults = Faults()
    intro = faults.text(given.intro, "intro", "The text of the call", required=True)
    kinds = _kinds(given.kinds, faults)
    themes = tuple(_lines(given.themes, "themes", "A theme", faults))
    closes = _closes(given.closes_at, timezone, faults)
    limit = faults.number(given.limit_per_person, "limit_per_person", "The limit", most=50)
    words = faults.number(given.most_words, "most_words", "The number of words", most=MOST_WORDS)
    if closes > last_moment:
        faults.found.append(Fault("closes_at", "The call has to close before the summit is over."))
    faults.check()
    return CallPlan(
        intro, kinds, themes, limit, words, given.closes_at.strip(), closes, given.is_blind == "yes"
    )


def _closes(value: str, timezone: str, faults: Faults) -> datetime:
    try:
        wall = zones.parse_wall(value.strip(), field="closes_at")
        return zones.instant(wall, timezone, field="closes_at")
    except Invalid as refusal:
        faults.found.extend(refusal.faults)
        return _NEVER


_NEVER = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


def _kinds(text: str, faults: Faults) -> tuple[Kind, ...]:
    found = []
    for line in _lines(text, "kinds", "A kind", faults):
        name, _, minutes = line.rpartition(";")
        if not name.strip() or not re.fullmatch(r"[0-9]{1,3}", minutes.strip()) or not int(minutes):
            faults.found.append(
                Fault("kinds", f"Write “{line}” with its minutes after a semicolon: Talk; 20.")
            )
            continue
        found.append(Kind(name.strip(), int(minutes)))
    if not found:
        faults.found.append(Fault("kinds", "Name at least one kind, such as: Talk; 20."))
    return tuple(found)


def _lines(text: str, name: str, label: str, faults: Faults) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_CHOICES:
        faults.found.append(Fault(name, f"{MOST_CHOICES} lines at most."))
    clean = [faults.line(line, name, label, longest=80) for line in lines[:MOST_CHOICES]]
    return list(dict.fromkeys(line for line in clean if line))


def is_open(closes_at: datetime, *, now: datetime) -> bool:
    """Whether contributions come in and may be changed at this moment."""
    return now < closes_at


def check_open(closes_at: datetime, *, now: datetime) -> None:
    """Raises Gone once the call is closed."""
    if not is_open(closes_at, now=now):
        raise Gone(CLOSED)


def check_limit(number: int, limit: int) -> None:
    """Raises Conflict where this address has as many contributions as one person may have."""
    if number >= limit:
        has = "is one contribution" if limit == 1 else f"are {limit} contributions"
        raise Conflict(f"There {has} from this address already, the most for one person. Withdraw one first.")
