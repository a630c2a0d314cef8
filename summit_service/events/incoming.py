"""An entry of a calendar from elsewhere beside what is here: new, changed, known or faulty, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from summit_service.events.details import Details
from summit_service.events.occurrences import Span
from summit_service.events.overrides import Override
from summit_service.ical_reading import Entry

NEW, CHANGED, KNOWN, FAULTY = "new", "changed", "known", "faulty"
Words = tuple[str, str, str]


class Taken(msgspec.Struct, frozen=True):
    """What the calendar said when the event was last taken over: the fields it spoke of, and single dates by day."""

    fields: dict[str, Any] = {}
    dates: dict[str, Override] = {}
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The event that an entry is about, as it is here."""

    id: int
    slug: str
    sequence: int
    changed_at: datetime
    is_cancelled: bool
    details: Details
    overrides: tuple[Override, ...] = ()
    taken: Taken | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One entry, judged. `key` names it within its calendar, `fingerprint` what would be done with it."""

    number: int
    key: str
    state: str
    title: str
    uid: str = ""
    details: Details | None = None
    span: Span | None = None
    dates: Mapping[str, Override] = field(default_factory=dict)
    """What becomes of single dates, by day; None puts a date back."""
    put_back: tuple[str, ...] = ()
    is_cancelled: bool = False
    is_over: bool = False
    known: Known | None = None
    changes: tuple[Words, ...] = ()
    """What differs: what it is called, what it is here, what it would become."""
    reasons: tuple[str, ...] = ()
    """Why it is faulty; or what of it is not taken."""
    taken: Taken = field(default_factory=Taken)
    was_changed_here: bool = False
    """Whether a person changed the event here after it was taken over."""
    has_news: bool = True
    """Whether the calendar says something else than when it was last taken over."""

    @property
    def fingerprint(self) -> str:
        """Differs when something else would be done than was shown."""
        known = (self.known.id, self.known.sequence, self.known.changed_at) if self.known else ()
        told = [self.state, self.key, self.details, self.dates, self.put_back, self.is_cancelled, known]
        return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:16]


def key_of(entry: Entry) -> str:
    """The UID; for an entry without one, what stands for its title and start."""
    if entry.uid:
        return entry.uid
    said = f"{entry.fields['summary']}\n{entry.fields['starts_at']}"
    return f"-{hashlib.sha256(said.encode()).hexdigest()[:24]}"
