"""A release of a programme as a PDF to print: days, sessions with abstracts, who speaks where."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from summit_service import settings, typeset, zones
from summit_service.summits import queries
from summit_service.summits.rules.grid import days_of
from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Snapshot
from summit_service.summits.rules.warnings import span
from summit_service.summits.tables import Release


def data_of(release: Release) -> bytes:
    """What the PDF is made of; the same for the same release."""
    snapshot = queries.snapshot_of(release)
    header = snapshot.header
    released = zones.long_day(zones.at_wall(release.released_at, header.timezone).date())
    days = zones.day_span(header.starts_on, header.ends_on)
    return msgspec.json.encode(
        {
            "title": f"Programme of {header.title}",
            "network": settings.current().network_name,
            "theme": header.theme,
            "where": ", ".join(filter(None, (days, header.venue))),
            "note": f"Release {release.number} of {released}. All hours are {zones.city(header.timezone)} time.",
            "days": _days(snapshot),
            "speakers": _speakers(snapshot),
        }
    )


def set_programme(data: bytes) -> bytes:
    """The PDF of that data, the same bytes each time; blocking. Raises typeset.CannotTypeset."""
    return _set(data, settings.current().fonts_dir)


@lru_cache(maxsize=16)
def _set(data: bytes, fonts: Path | None) -> bytes:
    return typeset.pdf("programme", msgspec.json.decode(data), fonts=fonts)


def _days(snapshot: Snapshot) -> list[dict[str, Any]]:
    ordered = sorted(
        (item.session for item in snapshot.items), key=lambda one: (one.starts, one.ends, one.room)
    )
    by_day = groupby(ordered, key=lambda one: one.starts_at[:10])
    return [
        {"name": zones.long_day(day), "sessions": [_session(one, snapshot) for one in found]}
        for day, (_, found) in zip(days_of(snapshot.items), by_day, strict=True)
    ]


def _session(session: SessionPlan, snapshot: Snapshot) -> dict[str, Any]:
    hours = span(session).rpartition(", ")[2]
    people = (("With", session.speakers), ("Chaired by", session.chairs))
    return {
        "hours": hours,
        "title": session.title,
        "about": " · ".join(filter(None, (session.kind.capitalize(), session.room, session.track))),
        "cancelled": session.is_cancelled,
        "people": [f"{words} {', '.join(_named(names, snapshot))}" for words, names in people if names],
        "abstract": typeset.blocks(session.abstract, below=4) if session.abstract else [],
        "objectives": list(session.objectives),
    }


def _named(names: tuple[str, ...], snapshot: Snapshot) -> list[str]:
    known = {speaker.name: speaker.affiliation for speaker in snapshot.speakers}
    return [f"{name} ({known[name]})" if known.get(name) else name for name in names]


def _speakers(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Everybody who speaks or chairs, by name, with the titles and hours of their sessions."""
    found: dict[str, list[str]] = {}
    for session in sorted((item.session for item in snapshot.items), key=lambda one: (one.starts, one.ends)):
        if not session.is_cancelled:
            for name in dict.fromkeys((*session.speakers, *session.chairs)):
                found.setdefault(name, []).append(f"{session.title} ({span(session)})")
    return [{"name": name, "sessions": found[name]} for name in sorted(found, key=str.casefold)]
