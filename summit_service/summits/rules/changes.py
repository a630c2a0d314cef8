"""What changed from one release to the next, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Item, Snapshot
from summit_service.summits.rules.warnings import span


@dataclass(frozen=True, slots=True)
class Change:
    """One change to one session.

    The kinds: `new`, `back`, `moved`, `renamed`, `speakers`, `cancelled`, `removed`, `details`.
    """

    kind: str
    sentence: str
    session: str
    title: str


def changes_between(before: Snapshot | None, after: Snapshot) -> tuple[Change, ...]:
    """Every change a reader cares about, in programme order, removals last; none for a first release."""
    if before is None:
        return ()
    known = {item.session.uid: item for item in before.items}
    once = {item.session.uid for item in before.removed}
    found = [change for item in after.items for change in _changes(known.get(item.session.uid), item, once)]
    present = {item.session.uid for item in after.items}
    gone = [item.session for item in before.items if item.session.uid not in present]
    return (
        *found,
        *(_change("removed", f"is no longer in the programme (it was on {_place(s)}).", s) for s in gone),
    )


def _changes(before: Item | None, after: Item, once: set[str]) -> Iterator[Change]:
    new = after.session
    if before is None:
        kind, words = ("back", "is back") if new.uid in once else ("new", "is new")
        yield _change(kind, f"{words}: {_place(new)}.", new)
        return
    old = before.session
    if new.is_cancelled and not old.is_cancelled:
        yield _change("cancelled", f"is cancelled (it was on {_place(old)}).", new)
        return
    if old.is_cancelled and not new.is_cancelled:
        yield _change("back", f"takes place after all: {_place(new)}.", new)
    yield from _differences(old, new)


def _differences(old: SessionPlan, new: SessionPlan) -> Iterator[Change]:
    if (old.starts, old.ends, old.room) != (new.starts, new.ends, new.room):
        yield _change("moved", f"moves from {_place(old)} to {_place(new)}.", new)
    if old.title != new.title:
        yield _change("renamed", f"was called “{old.title}”.", new)
    if (old.speakers, old.chairs) != (new.speakers, new.chairs):
        yield _change("speakers", _people(old, new), new)
    if _details(old) != _details(new):
        yield _change("details", "has changed details.", new)


def _details(session: SessionPlan) -> tuple[object, ...]:
    return (session.kind, session.track, session.abstract, session.objectives, session.capacity)


def _people(old: SessionPlan, new: SessionPlan) -> str:
    before, after = {*old.speakers, *old.chairs}, {*new.speakers, *new.chairs}
    come = [name for name in dict.fromkeys((*new.speakers, *new.chairs)) if name not in before]
    left = [name for name in dict.fromkeys((*old.speakers, *old.chairs)) if name not in after]
    parts = [f"is now with {_and(come)}" if come else "", f"is no longer with {_and(left)}" if left else ""]
    return f"{' and '.join(filter(None, parts)) or 'has its speakers and chairs in other parts'}."


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _place(session: SessionPlan) -> str:
    return f"{span(session)}, {session.room}" if session.room else span(session)


def _change(kind: str, words: str, session: SessionPlan) -> Change:
    return Change(kind, words, session.id, session.title)
