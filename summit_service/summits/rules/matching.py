"""Which session of a new draft is which of the old, so that a session that moves keeps its UID."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from summit_service.summits.rules.programme import SessionPlan


@dataclass(frozen=True, slots=True)
class Known:
    """A session that is stored, and whether it was taken out of the draft before."""

    session: SessionPlan
    is_removed: bool = False


Key = Callable[[SessionPlan], Hashable | None]


def _id(session: SessionPlan) -> Hashable | None:
    return session.id or None


def _title_kind_start(session: SessionPlan) -> Hashable:
    return (session.title.casefold(), session.kind, session.starts)


def _title_kind(session: SessionPlan) -> Hashable:
    return (session.title.casefold(), session.kind)


def _title(session: SessionPlan) -> Hashable:
    return session.title.casefold()


def _time_room(session: SessionPlan) -> Hashable | None:
    return (session.starts, session.ends, session.room) if session.room else None


LIVE: tuple[Key, ...] = (_title_kind_start, _title_kind, _title, _time_room)
REMOVED: tuple[Key, ...] = (_title_kind,)


def match(given: Sequence[SessionPlan], known: Sequence[Known]) -> dict[int, int]:
    """Index of a given session to the index of the known one that it is; who is not named is new.

    By id first, then title and kind (at the same hour before any other), the title alone, the hours and room.
    What was taken out before comes back by its id or its title and kind. Each known session is used once.
    """
    pairs: dict[int, int] = {}
    live = [index for index, one in enumerate(known) if not one.is_removed]
    removed = [index for index, one in enumerate(known) if one.is_removed]
    _pair(pairs, given, known, [*live, *removed], _id)
    for key in LIVE:
        _pair(pairs, given, known, live, key)
    for key in REMOVED:
        _pair(pairs, given, known, removed, key)
    return pairs


def _pair(
    pairs: dict[int, int],
    given: Sequence[SessionPlan],
    known: Sequence[Known],
    among: Iterable[int],
    key: Key,
) -> None:
    taken = set(pairs.values())
    waiting: dict[Hashable, list[int]] = {}
    for index in among:
        value = key(known[index].session)
        if index not in taken and value is not None:
            waiting.setdefault(value, []).append(index)
    for position, session in enumerate(given):
        value = key(session)
        if position not in pairs and value is not None and waiting.get(value):
            pairs[position] = waiting[value].pop(0)
