"""What another programme would do to a draft: which sessions, rooms, tracks and people come, change and go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from summit_service.summits.rules import snapshot
from summit_service.summits.rules.changes import Change, changes_between
from summit_service.summits.rules.programme import LISTS, Programme, RoomPlan, SessionPlan
from summit_service.summits.rules.snapshot import Header

DETAILS = {
    "id": "address",
    "kind": "kind",
    "track": "track",
    "abstract": "abstract",
    "objectives": "objectives",
    "capacity": "limit of places",
}
"""What `changes` tells to readers as details, and the draft's writers want to know by name."""


@dataclass(frozen=True, slots=True)
class ListChange:
    """What becomes of the `rooms`, `tracks` or `speakers`, each by name; changed ones with (name, before, after)."""

    part: str
    added: tuple[str, ...]
    changed: tuple[tuple[str, str, str], ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What changes, session by session and list by list; `is_reordered`: things come in another order alone."""

    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    removed: tuple[Change, ...]
    lists: tuple[ListChange, ...]
    is_reordered: bool

    @property
    def does(self) -> bool:
        """Whether it does anything at all."""
        return bool(self.added or self.changed or self.removed or self.lists or self.is_reordered)

    @property
    def changed_sessions(self) -> int:
        """How many sessions stay and are changed."""
        return len({change.session for change in self.changed})


def replacement(header: Header, before: Programme, after: Programme, *, now: datetime) -> Replacement:
    """What happens where `after`, whose sessions have the UIDs of those that they are, takes the place of `before`."""
    old = snapshot.take(header, before, before=None, now=now)
    new = snapshot.take(header, after, before=old, now=now)
    found = [one for one in changes_between(old, new) if one.kind != "details"]
    known = {session.uid: session for session in before.sessions}
    stays = {session.id for session in after.sessions if session.uid in known}
    details = [
        change for one in after.sessions if one.uid in known for change in _details(known[one.uid], one)
    ]
    lists = tuple(_lists(before, after))
    changed = [one for one in found if one.kind != "removed" and one.session in stays] + details
    order = {session.id: index for index, session in enumerate(after.sessions)}
    is_same = not (found or details or lists)
    return Replacement(
        added=tuple(one for one in found if one.kind != "removed" and one.session not in stays),
        changed=tuple(sorted(changed, key=lambda one: order[one.session])),
        removed=tuple(one for one in found if one.kind == "removed"),
        lists=lists,
        is_reordered=is_same and before != after,
    )


def _details(old: SessionPlan, new: SessionPlan) -> Iterator[Change]:
    differs = [name for name in DETAILS if getattr(old, name) != getattr(new, name)]
    lost = [DETAILS[name] for name in differs if not getattr(new, name)]
    others = [DETAILS[name] for name in differs if getattr(new, name)]
    words = [f"has another {_and(others)}" if others else "", f"loses its {_and(lost)}" if lost else ""]
    if differs:
        yield Change("details", f"{' and '.join(filter(None, words))}.", new.id, new.title)


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _lists(before: Programme, after: Programme) -> Iterator[ListChange]:
    for part in LISTS:
        old, new = _named(before, part), _named(after, part)
        found = ListChange(
            part,
            tuple(name for name in new if name not in old),
            tuple((name, old[name], new[name]) for name in new if name in old and old[name] != new[name]),
            tuple(name for name in old if name not in new),
        )
        if found.added or found.changed or found.removed:
            yield found


def _named(programme: Programme, part: str) -> Mapping[str, str]:
    if part == "tracks":
        return dict.fromkeys(programme.tracks, "")
    if part == "rooms":
        return {room.name: _seats(room) for room in programme.rooms}
    return {one.name: one.affiliation for one in programme.speakers}


def _seats(room: RoomPlan) -> str:
    return "" if room.capacity is None else f"{room.capacity} seats"
