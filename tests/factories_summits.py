"""Editions and programmes for tests, with no surprises: what is not said has a plain default."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from summit_service.accounts.actor import OPERATOR
from summit_service.summits.actions import releases, replacing
from summit_service.summits.actions.releases import Released
from summit_service.summits.tables import Edition
from tests.factories import LONG_AGO

EDITION: dict[str, Any] = {
    "year": 2026,
    "title": "Summit 2026",
    "theme": "Rehumanising healthcare",
    "starts_on": "2026-09-14",
    "ends_on": "2026-09-15",
    "timezone": "Europe/London",
    "venue": "College Court, Leicester",
    "in_person_capacity": 120,
    "online_capacity": 500,
}


async def make_edition(*, year: int = 2026, is_announced: bool = True, **columns: Any) -> Edition:
    """An edition of two days in London in September of that year, announced long ago."""
    values: dict[str, Any] = {
        "year": year,
        "title": f"Summit {year}",
        "theme": "Rehumanising healthcare",
        "starts_on": date(year, 9, 14),
        "ends_on": date(year, 9, 15),
        "timezone": "Europe/London",
        "venue": "College Court, Leicester",
        "in_person_capacity": 120,
        "online_capacity": 500,
        "announced_at": LONG_AGO if is_announced else None,
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    }
    edition = Edition(**{**values, **columns})
    await edition.save()
    return edition


def session(title: str = "Opening", **fields: Any) -> dict[str, Any]:
    """A session as the API takes it: the first morning in the Great Hall."""
    plain = {
        "kind": "talk",
        "starts_at": "2026-09-14T09:00",
        "ends_at": "2026-09-14T10:00",
        "room": "Great Hall",
    }
    return {"title": title, **plain, **fields}


def programme(*sessions: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A programme as the API takes it, with two rooms."""
    rooms = [{"name": "Great Hall", "capacity": 150}, {"name": "Library", "capacity": 25}]
    return {"rooms": rooms, "sessions": list(sessions) or [session()], **parts}


def many_sessions(count: int) -> list[dict[str, Any]]:
    """Sessions of half an hour, one after the other from seven in the morning, twenty a day."""
    found = []
    for number in range(count):
        day, half = 14 + number // 20, 14 + number % 20
        starts, ends = (f"2026-09-{day:02}T{h // 2:02}:{h % 2 * 30:02}" for h in (half, half + 1))
        people = [f"Speaker {number}", f"Speaker {number + 1}"]
        found.append(session(f"Session {number}", starts_at=starts, ends_at=ends, speakers=people))
    return found


async def release(given: dict[str, Any], *, now: datetime, year: int = 2026, note: str = "") -> Released:
    """Put this draft in place and release it."""
    await replacing.replace_programme(year, given, actor=OPERATOR, now=now)
    return await releases.release_programme(year, note=note, actor=OPERATOR, now=now)


def real_programme() -> dict[str, Any]:
    """The summit made of public facts that the demo shows too."""
    found: dict[str, Any] = json.loads(real_programme_bytes())
    return found


def real_programme_bytes() -> bytes:
    """The file as it is imported."""
    path = Path(__file__).parent.parent / "summit_service" / "demo" / "data" / "programme.json"
    return path.read_bytes()
