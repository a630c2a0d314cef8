"""What an agenda shows: the starred sessions in order, which of them overlap, which are gone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from summit_service import zones
from summit_service.errors import Conflict, NotFound
from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Item, Snapshot

MOST_STARS = 300
LATE = "agenda_late"
"""The mail about a change that the calendar of an agenda has not seen yet; it is about the agenda's holder."""


@dataclass(frozen=True, slots=True)
class Line:
    """A starred session with the titles of those it overlaps with, in the same agenda."""

    session: SessionPlan
    overlaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """The starred sessions of one day in the hall's zone."""

    day: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class View:
    """An agenda beside the programme as released; `gone` are starred sessions that are in it no longer."""

    days: tuple[Day, ...]
    gone: tuple[SessionPlan, ...]


def view_of(snapshot: Snapshot, starred: Collection[str]) -> View:
    """The starred sessions by day and hour."""
    chosen = sorted(
        (item.session for item in snapshot.items if item.session.uid in starred),
        key=lambda session: (session.starts, session.ends, session.title),
    )
    zone = snapshot.header.timezone
    by_day: dict[date, list[Line]] = {}
    for session in chosen:
        day = zones.at_wall(session.starts, zone).date()
        by_day.setdefault(day, []).append(Line(session, _overlapping(session, chosen)))
    gone = tuple(item.session for item in snapshot.removed if item.session.uid in starred)
    return View(tuple(Day(day, tuple(lines)) for day, lines in by_day.items()), gone)


def _overlapping(session: SessionPlan, others: Sequence[SessionPlan]) -> tuple[str, ...]:
    if session.is_cancelled:
        return ()
    return tuple(
        other.title
        for other in others
        if other.uid != session.uid
        and not other.is_cancelled
        and other.starts < session.ends
        and session.starts < other.ends
    )


def entries_of(snapshot: Snapshot, starred: Collection[str]) -> list[Item]:
    """What the agenda's calendar has, cancelled and removed sessions among them."""
    return [item for item in (*snapshot.items, *snapshot.removed) if item.session.uid in starred]


def session_to_star(snapshot: Snapshot, slug: str) -> SessionPlan:
    """The session of the last release with that name in its address; raises NotFound."""
    for item in snapshot.items:
        if item.session.id == slug:
            return item.session
    raise NotFound("This session is no longer in the programme. Open the programme again.")


def check_room_for(stars: int) -> None:
    """Raises Conflict for an agenda that is full."""
    if stars >= MOST_STARS:
        raise Conflict(f"Your agenda has {stars} sessions, which is the most it can hold.")


def next_change(before: datetime, now: datetime) -> datetime:
    """When the stars changed: now, or the second after the last change where that was in this second."""
    return max(now, before.replace(microsecond=0) + timedelta(seconds=1))
