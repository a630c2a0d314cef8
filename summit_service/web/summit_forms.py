"""The forms of the summit's desk: what was typed to the plain values that actions take, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from litestar import Request

from summit_service.errors import Invalid
from summit_service.summits.rules.programme import Programme, SessionPlan

NUMBERS = frozenset({"year", "in_person_capacity", "online_capacity", "capacity", "starts_fold", "ends_fold"})
EDITION_TEXTS = (
    "title", "theme", "host", "starts_on", "ends_on", "timezone", "venue", "online_url",
    "registration_opens_at", "registration_closes_at",
)  # fmt: skip
SESSION_TEXTS = ("title", "kind", "starts_at", "ends_at", "room", "track", "abstract")
SEPARATOR = ";"


class Fields(dict[str, str]):
    """What was typed, or what is wrong with it, by field; empty for a field that is not there."""

    def __missing__(self, name: str) -> str:
        return ""


async def fields_of(request: Request[Any, Any, Any]) -> Fields:
    """The text fields of a form, as they were typed."""
    return Fields((name, value) for name, value in (await request.form()).items() if isinstance(value, str))


def _number(form: Mapping[str, str], name: str) -> object:
    """A whole number where it is one; else what was typed, so that the rule can refuse it. Empty is None."""
    typed = form.get(name, "").strip()
    return int(typed) if typed.isdecimal() and len(typed) < 10 else typed or None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def edition_values(form: Mapping[str, str], *, is_new: bool = True) -> dict[str, object]:
    """An edition as its action takes it; the year and the two switches belong to a new one alone."""
    values: dict[str, object] = {name: form.get(name, "") or None for name in EDITION_TEXTS}
    numbers = ("in_person_capacity", "online_capacity", *(("year",) if is_new else ()))
    values |= {name: _number(form, name) for name in numbers}
    if is_new:
        values |= {name: form.get(name) == "yes" for name in ("off_cycle", "announced")}
    return values


def edition_form(values: Mapping[str, object]) -> dict[str, str]:
    """The form's fields for an edition."""
    return {name: "" if value is None else str(value) for name, value in values.items()}


_BULLETS = re.compile(r"^[ \t]*[-*•][ \t]+", re.MULTILINE)
"""People type objectives as the list that they become."""


def session_values(form: Mapping[str, str]) -> dict[str, object]:
    """A session as its action takes it."""
    values: dict[str, object] = {name: form.get(name, "") for name in SESSION_TEXTS}
    values |= {name: _number(form, name) for name in ("capacity", "starts_fold", "ends_fold")}
    values |= {name: _lines(form.get(name, "")) for name in ("speakers", "chairs")}
    values["objectives"] = _lines(_BULLETS.sub("", form.get("objectives", "")))
    return {**values, "cancelled": form.get("cancelled") == "yes"}


def session_form(values: Mapping[str, Any]) -> dict[str, str]:
    """The form's fields for a session."""
    form = {name: str(values[name] or "") for name in SESSION_TEXTS}
    form |= {name: "" if values[name] is None else str(values[name]) for name in NUMBERS & values.keys()}
    form |= {name: "\n".join(values[name]) for name in ("speakers", "chairs", "objectives")}
    return {**form, "cancelled": "yes" if values["cancelled"] else ""}


def session_differs(form: Mapping[str, str], stands: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a session has otherwise than the form, in the form's words."""
    theirs, mine = session_form(stands), session_form(session_values(form))
    return [
        (label, theirs[name] or ("no" if name == "cancelled" else "nothing"))
        for name, label in SESSION_LABELS.items()
        if theirs.get(name, "") != mine.get(name, "")
    ]


SESSION_LABELS = {
    "title": "Title", "kind": "Kind", "starts_at": "Begins", "ends_at": "Ends", "room": "Room", "track": "Track",
    "capacity": "How many can take part", "speakers": "Speakers", "chairs": "Chairs", "abstract": "Abstract",
    "objectives": "What one learns", "cancelled": "Cancelled",
}  # fmt: skip


def session_faults(refusal: Invalid) -> dict[str, str]:
    """Faults by the form's fields: `sessions/3/speakers/0` is told beside the speakers."""
    faults: dict[str, str] = {}
    for fault in refusal.faults:
        parts = fault.field.split("/")
        faults.setdefault(parts[2] if parts[0] == "sessions" and len(parts) > 2 else parts[0], fault.sentence)
    return faults


def lists_form(programme: Programme) -> dict[str, str]:
    """The three boxes, a line for each entry."""
    rooms = ((room.name, "" if room.capacity is None else str(room.capacity)) for room in programme.rooms)
    speakers = ((speaker.name, speaker.affiliation) for speaker in programme.speakers)
    return {"rooms": _pairs(rooms), "tracks": "\n".join(programme.tracks), "speakers": _pairs(speakers)}


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{first}{SEPARATOR} {second}" if second else first for first, second in pairs)


def lists_values(form: Mapping[str, str]) -> dict[str, object]:
    """Rooms, tracks and speakers as their action takes them."""
    rooms, speakers = (
        [[part.strip() for part in line.partition(SEPARATOR)[::2]] for line in _lines(form.get(name, ""))]
        for name in ("rooms", "speakers")
    )
    return {
        "rooms": [{"name": name, "capacity": _number({"seats": seats}, "seats")} for name, seats in rooms],
        "tracks": _lines(form.get("tracks", "")),
        "speakers": [{"name": name, "affiliation": affiliation} for name, affiliation in speakers],
    }


def lists_faults(refusal: Invalid, programme: Programme) -> dict[str, str]:
    """Faults by box. A session that still needs what was taken out is named."""
    boxes = {"room": "rooms", "track": "tracks", "speakers": "speakers", "chairs": "speakers"}
    faults: dict[str, str] = {}
    for fault in refusal.faults:
        parts = fault.field.split("/")
        if parts[0] == "sessions":
            title = programme.sessions[int(parts[1])].title
            sentence = f"{fault.sentence} “{title}” still needs it; change that session first."
            faults.setdefault(boxes.get(parts[2], "rooms"), sentence)
        else:
            where = f"Line {int(parts[1]) + 1}: " if len(parts) > 1 else ""
            faults.setdefault(parts[0], f"{where}{fault.sentence}")
    return faults


def by_day(sessions: Sequence[SessionPlan]) -> list[tuple[date, list[SessionPlan]]]:
    """The sessions of each day in the order of the hours."""
    ordered = sorted(sessions, key=lambda session: (session.starts, session.ends, session.room))
    return [(day, list(found)) for day, found in groupby(ordered, key=_day)]


def _day(session: SessionPlan) -> date:
    return datetime.fromisoformat(session.starts_at).date()
