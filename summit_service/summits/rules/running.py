"""What runs at a moment, and what comes next in each room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class RoomNow:
    """A room ("" is elsewhere) with what runs in it and what comes next there on the same day."""

    room: str
    running: tuple[SessionPlan, ...]
    following: SessionPlan | None


def rooms_now(snapshot: Snapshot, *, now: datetime, today: str) -> tuple[RoomNow, ...]:
    """The rooms that have something left today, in the programme's order; `today` is the hall's date (ISO 8601)."""
    live = [
        item.session for item in snapshot.items if not item.session.is_cancelled and item.session.ends > now
    ]
    names = dict.fromkeys([*(room.name for room in snapshot.rooms), *(session.room for session in live)])
    found = (_room(name, [session for session in live if session.room == name], now, today) for name in names)
    return tuple(room for room in found if room.running or room.following)


def _room(name: str, sessions: list[SessionPlan], now: datetime, today: str) -> RoomNow:
    ahead = [one for one in sessions if one.starts > now and one.starts_at[:10] == today]
    return RoomNow(
        name,
        tuple(one for one in sessions if one.starts <= now),
        min(ahead, key=lambda one: one.starts, default=None),
    )


def next_session(snapshot: Snapshot, *, now: datetime) -> SessionPlan | None:
    """The first that has not begun, on whatever day."""
    ahead = [
        item.session for item in snapshot.items if not item.session.is_cancelled and item.session.starts > now
    ]
    return min(ahead, key=lambda one: one.starts, default=None)
