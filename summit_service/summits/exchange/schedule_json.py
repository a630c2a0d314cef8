"""A released programme as `schedule.json`, the form that conference apps read (c3voc's schema, draft 6).

What the form has no place for (capacity, objectives, our own ids) rides in each event's `answers`, where other
readers leave it alone; so a programme that is read back is the one that was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from summit_service import __version__, zones
from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Header, Snapshot

SCHEMA = "https://c3voc.de/schedule/schema.json"
CANCELLED = "Cancelled: "
SPEAKER, CHAIR = "speaker", "chair"
# The schema's own pattern; other zones (`Etc/GMT+5`) are left out, and every time carries its offset anyway.
_ZONE = re.compile(r"^([A-Z][a-z]+/[A-Z][a-z]+)|UTC$")
_LARGEST_ID = 2**31 - 1


def schedule_of(snapshot: Snapshot, *, release: int, base_url: str, language: str = "en") -> dict[str, Any]:
    """The whole document. Times have the offset of the edition's zone; `version` is the release's number."""
    header = snapshot.header
    page = f"{base_url}/summits/{header.year}/programme"
    return {
        "$schema": SCHEMA,
        "generator": {"name": "summit_service", "version": __version__},
        "schedule": {
            "version": str(release),
            "base_url": f"{base_url}/",
            "conference": _conference(snapshot, page, language),
        },
    }


def _conference(snapshot: Snapshot, page: str, language: str) -> dict[str, Any]:
    header = snapshot.header
    days = list(_days(snapshot, page, language))
    zone = {"time_zone_name": header.timezone} if _ZONE.search(header.timezone) else {}
    return {
        "acronym": acronym_of(header),
        "title": header.title,
        "description": header.theme,
        "start": header.starts_on.isoformat(),
        "end": header.ends_on.isoformat(),
        "daysCount": len(days),
        "timeslot_duration": "00:05",
        **zone,
        "url": page,
        "tracks": [{"name": track} for track in snapshot.tracks],
        "rooms": [
            {"name": room.name, "guid": _guid(page, "room", room.name), "capacity": room.capacity}
            for room in snapshot.rooms
        ],
        "meta": {
            "venue": header.venue,
            "timezone": header.timezone,
            "speakers": [{"name": one.name, "affiliation": one.affiliation} for one in snapshot.speakers],
        },
        "days": days,
    }


def acronym_of(header: Header) -> str:
    """The short name that apps file the conference under, such as `summit2028`."""
    return f"summit{header.year}"


def _days(snapshot: Snapshot, page: str, language: str) -> Iterator[dict[str, Any]]:
    header = snapshot.header
    numbers = numbers_of(item.session for item in snapshot.items)
    for index, day in enumerate(_dates(snapshot), 1):
        rooms: dict[str, list[dict[str, Any]]] = {room.name: [] for room in snapshot.rooms}
        for item in snapshot.items:
            if item.session.starts_at[:10] == day.isoformat():
                event = _event(item.session, snapshot, page, language, number=numbers[item.session.uid])
                rooms.setdefault(item.session.room, []).append(event)
        ends = zones.day_end(day, header.timezone) - timedelta(minutes=1)
        yield {
            "index": index,
            "date": day.isoformat(),
            "day_start": zones.at_wall(zones.day_start(day, header.timezone), header.timezone).isoformat(),
            "day_end": zones.at_wall(ends, header.timezone).isoformat(),
            "rooms": rooms,
        }


def _dates(snapshot: Snapshot) -> list[date]:
    """Every day of the edition, and days outside it that have a session."""
    header = snapshot.header
    own = (header.ends_on - header.starts_on).days
    days = {header.starts_on + timedelta(days=number) for number in range(own + 1)}
    return sorted(days | {date.fromisoformat(item.session.starts_at[:10]) for item in snapshot.items})


def _event(
    session: SessionPlan, snapshot: Snapshot, page: str, language: str, *, number: int
) -> dict[str, Any]:
    timezone = snapshot.header.timezone
    minutes = int((session.ends - session.starts).total_seconds()) // 60
    return {
        "id": number,
        "guid": str(guid_of(session)),
        "date": zones.at_wall(session.starts, timezone).isoformat(),
        "start": session.starts_at[11:],
        "duration": f"{minutes // 60:02}:{minutes % 60:02}",
        "room": session.room,
        "slug": f"{acronym_of(snapshot.header)}-{number}-{session.id}",
        "url": f"{page}?day={session.starts_at[:10]}#{session.id}",
        "title": f"{CANCELLED}{session.title}" if session.is_cancelled else session.title,
        "subtitle": "",
        "track": session.track or None,
        "type": session.kind,
        "language": language,
        "abstract": session.abstract,
        "description": "\n".join(f"- {objective}" for objective in session.objectives),
        "persons": [
            *(_person(name, SPEAKER, snapshot, page) for name in session.speakers),
            *(_person(name, CHAIR, snapshot, page) for name in session.chairs),
        ],
        "links": [],
        "attachments": [],
        "answers": [
            {"question": "id", "answer": session.id},
            {"question": "capacity", "answer": session.capacity},
            {"question": "objectives", "answer": list(session.objectives)},
            {"question": "cancelled", "answer": session.is_cancelled},
        ],
    }


def _person(name: str, part: str, snapshot: Snapshot, page: str) -> dict[str, str]:
    known = {speaker.name: speaker.affiliation for speaker in snapshot.speakers}
    return {
        "guid": _guid(page, "person", name),
        "name": name,
        "biography": known.get(name, ""),
        "part": part,
    }


def guid_of(session: SessionPlan) -> UUID:
    """The UUID in the session's UID, so that an app and a calendar speak of the same thing."""
    try:
        return UUID(session.uid.partition("@")[0])
    except ValueError:
        return uuid5(NAMESPACE_URL, session.uid)


def _guid(page: str, kind: str, name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{page}/{kind}/{name}"))


def numbers_of(sessions: Iterable[SessionPlan]) -> dict[str, int]:
    """For each UID a number of its own that stays over releases: apps keep favourites under it."""
    found: dict[str, int] = {}
    taken: set[int] = set()
    for session in sorted(sessions, key=lambda one: one.uid):
        number = guid_of(session).int % _LARGEST_ID + 1
        while number in taken:
            number = number % _LARGEST_ID + 1
        taken.add(number)
        found[session.uid] = number
    return found
