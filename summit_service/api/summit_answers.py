"""JSON: what is answered about summits, so that columns never leak."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec


class EditionAnswer(msgspec.Struct, omit_defaults=True):
    """A summit. `online_url` and the announcement are the secretariat's to see.

    `stage` is planned, announced, open, closed, running or past at the moment of the answer, `standing` says it in
    words. `next_stage` is what comes then, at `next_stage_at` (UTC); null where a decision brings it.
    """

    year: int
    title: str
    theme: str
    host: str
    starts_on: date
    ends_on: date
    timezone: str
    venue: str
    in_person_capacity: int
    online_capacity: int
    in_person_left: int
    online_left: int
    registration: str
    registration_opens_at: str | None
    registration_closes_at: str | None
    url: str
    release: int | None
    off_cycle: bool
    stage: str
    standing: str
    next_stage: str | None
    next_stage_at: datetime | None
    online_url: str | None = None
    announced_at: datetime | None = None


class NextEditionAnswer(msgspec.Struct):
    """The next edition as it would be made, and what there is to take over; `read_again` names the old year."""

    values: dict[str, Any]
    rooms: list[str]
    tracks: list[str]
    breaks: list[str]
    questions: list[str]
    has_call: bool
    read_again: list[str]


class WarningAnswer(msgspec.Struct):
    """Something to look at; it does not stop a release."""

    kind: str
    sentence: str
    sessions: list[str]


class ChangeAnswer(msgspec.Struct):
    """What changed for the readers of one session."""

    kind: str
    session: str
    sentence: str


class DraftAnswer(msgspec.Struct):
    """The working draft, in the form in which it is put, with the id and the UID of each session; `seen`: its mark."""

    year: int
    timezone: str
    rooms: list[Any]
    tracks: list[Any]
    speakers: list[Any]
    sessions: list[Any]
    warnings: list[WarningAnswer]
    seen: str


class SessionsAnswer(msgspec.Struct):
    """Sessions that come, are changed, or go."""

    added: list[ChangeAnswer]
    changed: list[ChangeAnswer]
    removed: list[ChangeAnswer]


class ListChangeAnswer(msgspec.Struct):
    """What becomes of the `rooms`, `tracks` or `speakers`, by name; changed: other seats, another affiliation."""

    part: str
    added: list[str]
    changed: list[str]
    removed: list[str]


class ReplacedAnswer(DraftAnswer):
    """The draft as it is now, with `dry_run` as it would be; and what that changes in the one before.

    `seen` is the mark of the draft that stands after the call. A session that is not in it yet has no UID.
    """

    dry_run: bool
    changed_sessions: SessionsAnswer
    changed_lists: list[ListChangeAnswer]


class ReleaseAnswer(msgspec.Struct):
    """What a release did."""

    number: int
    note: str
    released_at: datetime
    url: str
    warnings: list[WarningAnswer]
    changes: list[ChangeAnswer]


class ProgrammeAnswer(msgspec.Struct):
    """A programme as it was released."""

    year: int
    title: str
    timezone: str
    venue: str
    release: int
    note: str
    released_at: datetime
    rooms: list[Any]
    tracks: list[str]
    speakers: list[Any]
    sessions: list[Any]
