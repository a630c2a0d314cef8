"""What the releases since the last mail have changed for one speaker or chair, in sentences."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from summit_service.errors import Conflict
from summit_service.summits.retention import REST_KEPT, Field
from summit_service.summits.rules.changes import Change, changes_between
from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Item, Snapshot
from summit_service.summits.rules.warnings import span

FIELDS = (
    Field("name", "Name", "To know whose address it is", REST_KEPT),
    Field("email", "E-mail address", "Mails about the programme, and the thanks afterwards", REST_KEPT),
    Field("note", "Your words to a speaker", "They stand in the mail", REST_KEPT),
)
"""What the secretariat types about a speaker outside the programme."""


SEPARATOR = ";"
"""Between a name and its address."""


def address_lines(addresses: Mapping[str, str]) -> list[str]:
    """A line for each name, as they are typed, by name."""
    return [f"{name}{SEPARATOR} {email}" for name, email in sorted(addresses.items())]


def mark_of(addresses: Mapping[str, str]) -> str:
    """A mark of the addresses as they stand: another one where anybody was added, corrected, taken out or erased."""
    return hashlib.sha256("\n".join(address_lines(addresses)).encode()).hexdigest()[:16]


def check_seen(addresses: Mapping[str, str], wished: Mapping[str, str], seen: str | None) -> None:
    """Raises Conflict where the addresses are others than those that were read; no mark asks nothing.

    An old list would bring back whoever was erased since. What stands there already is no conflict: a form that
    is sent twice is kept once.
    """
    if seen is not None and seen != mark_of(addresses) and dict(wished) != dict(addresses):
        raise Conflict(
            "The addresses have changed since you opened them: somebody was added, corrected, taken out or erased.",
            code="changed_meanwhile",
        )


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to tell: the title of a session and what became of it, with its item in the last release."""

    title: str
    sentence: str
    item: Item
    is_off: bool
    """The person has nothing to do with the session any more, or it does not take place."""


def news_for(
    names: Set[str], before: Snapshot | None, after: Snapshot, *, told_as: Set[str]
) -> tuple[Told, ...]:
    """What changed for the person of these names between two releases; everything is new where they know of none.

    They were told of `before` under the names `told_as`: of another one, which has come to their address since, they
    know no session.
    """
    known = {item.session.uid: item for item in before.items} if before else {}
    changed: dict[str, list[Change]] = {}
    for change in changes_between(before, after):
        changed.setdefault(change.session, []).append(change)
    found: list[Told] = []
    for item in after.items:
        old = known.get(item.session.uid)
        session = old.session if old and _is_in(told_as, old.session) else None
        found.extend(_of_item(names, told_as, session, item, changed.get(item.session.id, [])))
    for item in after.removed:
        old = known.get(item.session.uid)
        if old is not None and _is_in(told_as, old.session):
            sentence = f"is no longer in the programme (it was on {place(old.session)})."
            found.append(Told(old.session.title, sentence, item, is_off=True))
    return tuple(found)


def _of_item(
    names: Set[str], told_as: Set[str], old: SessionPlan | None, item: Item, changes: list[Change]
) -> Iterator[Told]:
    """`old` is the session as it was when they were told of it as theirs."""
    new = item.session
    is_in = _is_in(names, new)
    if is_in and old is None and not new.is_cancelled:
        yield Told(new.title, f"is new for you, as {part(names, new)}: {place(new)}.", item, is_off=False)
    elif old is not None and not is_in and not old.is_cancelled:
        yield Told(new.title, f"does not name you any more (it was on {place(old)}).", item, is_off=True)
    elif old is not None and is_in:
        for change in changes:
            yield Told(new.title, change.sentence, item, is_off=new.is_cancelled)
        if part(told_as, old) != part(names, new):
            yield Told(new.title, f"has you as {part(names, new)} now.", item, is_off=new.is_cancelled)


def sessions_of(names: Set[str], snapshot: Snapshot) -> tuple[Item, ...]:
    """The sessions in which the person takes part and which take place, by their hours."""
    mine = [item for item in snapshot.items if _is_in(names, item.session) and not item.session.is_cancelled]
    return tuple(sorted(mine, key=lambda item: (item.session.starts, item.session.ends)))


def people_in(snapshot: Snapshot | None) -> set[str]:
    """Everybody who speaks or chairs in a release."""
    return {name for item in snapshot.items for name in _people(item.session)} if snapshot else set()


def part(names: Set[str], session: SessionPlan) -> str:
    """speaker, chair, or both."""
    parts = (("speaker", session.speakers), ("chair", session.chairs))
    return " and ".join(words for words, people in parts if names & set(people))


def place(session: SessionPlan) -> str:
    """The hours and the room of a session: `14 September, 09:15–10:15, Great Hall`."""
    return f"{span(session)}, {session.room}" if session.room else span(session)


def _people(session: SessionPlan) -> set[str]:
    return {*session.speakers, *session.chairs}


def _is_in(names: Set[str], session: SessionPlan) -> bool:
    return bool(names & _people(session))
