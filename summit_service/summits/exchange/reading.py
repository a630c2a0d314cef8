"""A `schedule.json` document of ours or of another programme tool, as the plain values that a draft is read from."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from summit_service import zones
from summit_service.errors import Invalid
from summit_service.summits.exchange.schedule_json import CANCELLED, CHAIR
from summit_service.summits.rules.intake import MOST_ROOMS, MOST_SESSIONS
from summit_service.summits.rules.programme import KINDS
from summit_service.summits.rules.reading import object_of

MOST_DAYS = 60
_DURATION = re.compile(r"(\d{1,3}):([0-5]\d)(?::[0-5]\d)?")


def is_schedule(value: object) -> bool:
    """Whether it is such a document rather than a programme in our own form."""
    return isinstance(value, dict) and isinstance(value.get("schedule"), dict)


def values_of_schedule(value: object, *, timezone: str) -> dict[str, object]:
    """Rooms, tracks, speakers and sessions with wall times in `timezone`, an IANA name.

    Raises Invalid with a pointer into the document where a part has not the shape of the form.
    """
    schedule = object_of(object_of(value, "The file").get("schedule"), "The schedule")
    conference = _object(schedule.get("conference"), "schedule/conference")
    sessions = list(_sessions(conference, timezone))
    values: dict[str, object] = {"sessions": sessions}
    rooms = [_room(room, index) for index, room in enumerate(_list(conference, "rooms", _AT))]
    if rooms:
        known = {room["name"] for room in rooms}
        extra = dict.fromkeys(one["room"] for one in sessions if one["room"] and one["room"] not in known)
        values["rooms"] = [*rooms, *({"name": name} for name in extra)]
    tracks = [_object(track, f"{_AT}/tracks/{n}") for n, track in enumerate(_list(conference, "tracks", _AT))]
    if tracks:
        named = [_text(track.get("name")) for track in tracks]
        values["tracks"] = list(dict.fromkeys([*named, *(one["track"] for one in sessions if one["track"])]))
    values["speakers"] = _speakers(conference)
    return values


_AT = "schedule/conference"


def _room(value: object, index: int) -> dict[str, object]:
    room = _object(value, f"{_AT}/rooms/{index}")
    capacity = room.get("capacity")
    # JSON's 1e400 is an infinite float
    whole = int(capacity) if isinstance(capacity, int | float) and 1 <= capacity < math.inf else None
    return {"name": _text(room.get("name")), "capacity": whole}


def _events(conference: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Pointer, room and event of each, in the document's order; bounded before anything is read."""
    number = 0
    for day_index, value in enumerate(_list(conference, "days", _AT, most=MOST_DAYS)):
        day_at = f"{_AT}/days/{day_index}"
        rooms = _object(_object(value, day_at).get("rooms") or {}, f"{day_at}/rooms")
        if len(rooms) > MOST_ROOMS:
            raise Invalid.one(f"{day_at}/rooms", f"A day has {MOST_ROOMS} rooms at most.")
        for room, events in rooms.items():
            for index, event in enumerate(_array(events, f"{day_at}/rooms/{room}")):
                number += 1
                if number > MOST_SESSIONS:
                    raise Invalid.one("schedule", f"A programme has {MOST_SESSIONS:,} sessions at most.")
                at = f"{day_at}/rooms/{room}/{index}"
                yield at, room, _object(event, at)


def _sessions(conference: dict[str, Any], timezone: str) -> Iterator[dict[str, Any]]:
    for at, room, event in _events(conference):
        own = _own(event)
        starts = _moment(event.get("date"), f"{at}/date")
        ends = starts + _length(event.get("duration"), f"{at}/duration")
        is_cancelled = own.get("cancelled") is True
        title = _text(event.get("title"))
        persons = [_object(one, f"{at}/persons/{n}") for n, one in enumerate(_list(event, "persons", at))]
        yield {
            **({"id": own["id"]} if isinstance(own.get("id"), str) else {}),
            "title": title.removeprefix(CANCELLED) if is_cancelled else title,
            "kind": _kind(event.get("type")),
            **_wall("starts", starts, timezone),
            **_wall("ends", ends, timezone),
            "room": _text(event.get("room") if event.get("room") is not None else room),
            "track": _text(event.get("track")),
            "speakers": [_name(one) for one in persons if one.get("part") != CHAIR],
            "chairs": [_name(one) for one in persons if one.get("part") == CHAIR],
            "abstract": _abstract(event, is_ours="objectives" in own),
            "objectives": own.get("objectives") or [],
            "capacity": own.get("capacity"),
            "cancelled": is_cancelled,
        }


def _own(event: dict[str, Any]) -> dict[str, Any]:
    """What we have put into `answers` ourselves; those of other tools mean something else."""
    answers = event.get("answers")
    found = [one for one in answers if isinstance(one, dict)] if isinstance(answers, list) else []
    own = {one["question"]: one.get("answer") for one in found if isinstance(one.get("question"), str)}
    return own if {"id", "capacity", "objectives", "cancelled"} <= own.keys() else {}


def _abstract(event: dict[str, Any], *, is_ours: bool) -> str:
    """Other tools part a text into abstract and description; here it is one."""
    parts = [_text(event.get("subtitle")), _text(event.get("abstract"))]
    if not is_ours:
        parts.append(_text(event.get("description")))
    return "\n\n".join(filter(None, parts))


def _speakers(conference: dict[str, Any]) -> list[dict[str, str]]:
    """Those that our own export lists, in its order, then everybody who is named in an event."""
    meta = conference.get("meta")
    listed = meta.get("speakers") if isinstance(meta, dict) else None
    found: dict[str, str] = {}
    for index, value in enumerate(listed if isinstance(listed, list) else []):
        one = _object(value, f"{_AT}/meta/speakers/{index}")
        found[_text(one.get("name"))] = _text(one.get("affiliation"))
    for at, _, event in _events(conference):
        for index, value in enumerate(_list(event, "persons", at)):
            found.setdefault(_name(_object(value, f"{at}/persons/{index}")), "")
    return [{"name": name, "affiliation": affiliation} for name, affiliation in found.items()]


def _name(person: dict[str, Any]) -> str:
    names = (person.get(key) for key in ("name", "public_name", "full_public_name"))
    return next((_text(name) for name in names if name), "")


def _kind(value: object) -> str:
    kind = _text(value).lower()
    return kind if kind in KINDS else {"lecture": "talk", "": "talk"}.get(kind, "other")


def _moment(value: object, at: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1900 < moment.year < 2200:
        raise Invalid.one(at, "This has to be a time with its offset, such as 2028-09-11T09:15:00+01:00.")
    return moment


def _length(value: object, at: str) -> timedelta:
    parts = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise Invalid.one(at, "This has to be hours and minutes, such as 01:30.")
    return timedelta(hours=int(parts[1]), minutes=int(parts[2]))


def _wall(name: str, moment: datetime, timezone: str) -> dict[str, object]:
    wall = zones.at_wall(moment, timezone)
    is_twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
    return {f"{name}_at": zones.wall_text(wall), f"{name}_fold": wall.fold if is_twice else None}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _object(value: object, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid.one(at, "This has to be a JSON object.")
    return value


def _list(values: dict[str, Any], name: str, at: str, *, most: int = MOST_SESSIONS) -> list[Any]:
    found = values.get(name)
    return [] if found is None else _array(found, f"{at}/{name}", most=most)


def _array(value: object, at: str, *, most: int = MOST_SESSIONS) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise Invalid.one(at, f"This has to be a list of {most:,} at most.")
    return value
