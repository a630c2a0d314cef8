"""What a reader should look at before a release. Warnings never stop it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import chain, pairwise

from summit_service import zones
from summit_service.summits.rules.programme import Programme, SessionPlan

CHANGE_OVER = timedelta(minutes=5)
"""Less than this from one room to another is too short for a person."""
CHAIRED = frozenset({"plenary", "debate", "panel"})


@dataclass(frozen=True, slots=True)
class DraftWarning:
    """One thing to look at: what kind, a sentence, and the ids of the sessions that it is about."""

    kind: str
    sentence: str
    sessions: tuple[str, ...]


def warnings_of(programme: Programme, *, starts_on: date, ends_on: date) -> tuple[DraftWarning, ...]:
    """Everything worth a look in this programme, in a fixed order."""
    live = [session for session in programme.sessions if not session.is_cancelled]
    return tuple(
        chain(
            _room_twice(live),
            _speaker_twice(live),
            _short_change(live),
            _outside(live, starts_on, ends_on),
            _without_chair(live),
            _too_small(live, {room.name: room.capacity for room in programme.rooms}),
        )
    )


def _room_twice(sessions: Sequence[SessionPlan]) -> Iterator[DraftWarning]:
    for room, first, second in _clashes(sessions, lambda session: (session.room,) if session.room else ()):
        yield DraftWarning(
            "room_twice",
            f"{room} is used twice at once: {_pair(first, second)}.",
            (first.id, second.id),
        )


def _speaker_twice(sessions: Sequence[SessionPlan]) -> Iterator[DraftWarning]:
    for name, first, second in _clashes(sessions, lambda s: dict.fromkeys((*s.speakers, *s.chairs))):
        yield DraftWarning(
            "speaker_twice",
            f"{name} is in two sessions at once: {_pair(first, second)}.",
            (first.id, second.id),
        )


def _clashes(
    sessions: Sequence[SessionPlan], names_of: Callable[[SessionPlan], Iterable[str]]
) -> Iterator[tuple[str, SessionPlan, SessionPlan]]:
    """Pairs that share a name and overlap; neighbours in time only, so that the work stays small."""
    by_name: dict[str, list[SessionPlan]] = {}
    for session in sorted(sessions, key=lambda s: (s.starts, s.ends)):
        for name in names_of(session):
            by_name.setdefault(name, []).append(session)
    for name, found in by_name.items():
        longest = found[0]
        for session in found[1:]:
            if session.starts < longest.ends:
                yield name, longest, session
            longest = max(longest, session, key=lambda s: s.ends)


def _short_change(sessions: Sequence[SessionPlan]) -> Iterator[DraftWarning]:
    by_name: dict[str, list[SessionPlan]] = {}
    for session in sorted(sessions, key=lambda s: (s.starts, s.ends)):
        for name in dict.fromkeys((*session.speakers, *session.chairs)):
            by_name.setdefault(name, []).append(session)
    for name, found in by_name.items():
        for first, second in pairwise(found):
            if first.room != second.room and first.room and second.room and _is_short(first, second):
                minutes = int((second.starts - first.ends).total_seconds() // 60)
                yield DraftWarning(
                    "short_change",
                    f"{name} has {minutes} minutes to change rooms: {_pair(first, second)}.",
                    (first.id, second.id),
                )


def _is_short(first: SessionPlan, second: SessionPlan) -> bool:
    return timedelta(0) <= second.starts - first.ends < CHANGE_OVER


def _outside(sessions: Sequence[SessionPlan], starts_on: date, ends_on: date) -> Iterator[DraftWarning]:
    for session in sessions:
        day = datetime.fromisoformat(session.starts_at).date()
        if not starts_on <= day <= ends_on:
            yield DraftWarning(
                "outside_edition",
                f"“{session.title}” is on {zones.long_day(day)}; "
                f"the summit is {zones.day_span(starts_on, ends_on)}.",
                (session.id,),
            )


def _without_chair(sessions: Sequence[SessionPlan]) -> Iterator[DraftWarning]:
    for session in sessions:
        if session.kind in CHAIRED and not session.chairs:
            yield DraftWarning(
                "no_chair", f"The {session.kind} “{session.title}” has no chair.", (session.id,)
            )


def _too_small(sessions: Sequence[SessionPlan], rooms: dict[str, int | None]) -> Iterator[DraftWarning]:
    for session in sessions:
        seats = rooms.get(session.room)
        if seats is not None and session.capacity is not None and session.capacity > seats:
            yield DraftWarning(
                "room_too_small",
                f"“{session.title}” takes {session.capacity:,} people; {session.room} has {seats:,} seats.",
                (session.id,),
            )


def _pair(first: SessionPlan, second: SessionPlan) -> str:
    return f"“{first.title}” ({span(first)}) and “{second.title}” ({span(second)})"


def span(session: SessionPlan) -> str:
    """The hours of a session on its day: `14 September, 09:15–10:15`."""
    starts, ends = (datetime.fromisoformat(wall) for wall in (session.starts_at, session.ends_at))
    return f"{_day(starts.date())}, {starts:%H:%M}–{ends:%H:%M}"


@lru_cache(maxsize=64)
def _day(day: date) -> str:
    """A programme has few days and many sessions."""
    return zones.short_day(day).rsplit(" ", 1)[0]
