"""The programme as one value, and its plain form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LISTS = ("rooms", "tracks", "speakers")
KINDS = (
    "plenary",
    "keynote",
    "talk",
    "panel",
    "debate",
    "workshop",
    "masterclass",
    "poster",
    "break",
    "social",
    "other",
)


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """A room; no capacity means that nobody counted its chairs."""

    name: str
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class SpeakerPlan:
    """Somebody who speaks or chairs."""

    name: str
    affiliation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """An item of the programme; `starts` and `ends` are the instants of the wall times. `id` is its slug."""

    id: str
    title: str
    kind: str
    starts_at: str
    ends_at: str
    starts: datetime
    ends: datetime
    starts_fold: int | None = None
    ends_fold: int | None = None
    room: str = ""
    track: str = ""
    speakers: tuple[str, ...] = ()
    chairs: tuple[str, ...] = ()
    abstract: str = ""
    objectives: tuple[str, ...] = ()
    capacity: int | None = None
    is_cancelled: bool = False
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Programme:
    """A whole programme, in the order in which it was given."""

    rooms: tuple[RoomPlan, ...] = ()
    tracks: tuple[str, ...] = ()
    speakers: tuple[SpeakerPlan, ...] = ()
    sessions: tuple[SessionPlan, ...] = ()


def values_of(programme: Programme) -> dict[str, list[Any]]:
    """The programme as plain values, in the form in which it is read."""
    return {
        "rooms": [{"name": room.name, "capacity": room.capacity} for room in programme.rooms],
        "tracks": list(programme.tracks),
        "speakers": [{"name": s.name, "affiliation": s.affiliation} for s in programme.speakers],
        "sessions": [session_values(session) for session in programme.sessions],
    }


def session_values(session: SessionPlan) -> dict[str, object]:
    """A session as plain values, in the form in which it is read."""
    return {
        "id": session.id,
        "uid": session.uid,
        "title": session.title,
        "kind": session.kind,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "starts_fold": session.starts_fold,
        "ends_fold": session.ends_fold,
        "room": session.room,
        "track": session.track,
        "speakers": list(session.speakers),
        "chairs": list(session.chairs),
        "abstract": session.abstract,
        "objectives": list(session.objectives),
        "capacity": session.capacity,
        "cancelled": session.is_cancelled,
    }


def session_mark(session: Mapping[str, object]) -> str:
    """A mark of a session in plain values, as it stands: another one where anything of it is another."""
    return _mark({name: value for name, value in session.items() if name != "uid"})


def lists_mark(values: Mapping[str, object]) -> str:
    """A mark of the rooms, tracks and speakers in the plain values of a programme."""
    return _mark({name: values[name] for name in LISTS})


def draft_mark(programme: Programme, *, timezone: str) -> str:
    """A mark of a whole draft in the zone of its edition: another one where anything of it is another."""
    return _mark({"timezone": timezone, **values_of(programme)})


def _mark(values: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
