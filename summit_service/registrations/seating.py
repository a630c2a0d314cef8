"""Sign-up for sessions: who may, what is at the same time, and what a new release of the programme changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from summit_service import zones
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.registrations import rules
from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Item, Snapshot

MOST_PLACES = 100_000
WHO = {
    "": "Everybody who is registered",
    rules.IN_PERSON: "Those who come in person",
    rules.ONLINE: "Those who attend online",
}
MOVED, CANCELLED, BACK = "moved", "cancelled", "back"


@dataclass(frozen=True, slots=True)
class Told:
    """What a release changed of a session that people have signed up for; `was` and `now` are when and where."""

    kind: str
    title: str
    was: str
    now: str


def check_limit(places: int, attendance: str) -> None:
    """Raises Invalid for the fields `places` and `attendance`."""
    if not 1 <= places <= MOST_PLACES:
        raise Invalid.one("places", f"Give a number from 1 to {MOST_PLACES:,}.")
    if attendance not in WHO:
        raise Invalid.one("attendance", "Choose who may sign up: in_person, online, or both (left empty).")


def check_takes_sign_ups(session: SessionPlan) -> None:
    """Raises Invalid for what nobody takes part in."""
    if session.kind == "break" or session.is_cancelled:
        raise Invalid.one("session", "This is a break or a cancelled session. Choose one that takes place.")


def check_is_empty(people: int) -> None:
    """Raises Conflict while somebody has a seat or waits for one."""
    if people:
        who = "1 person has a seat or waits" if people == 1 else f"{people} people have a seat or wait"
        raise Conflict(f"{who}. Close the sign-up instead.", code="signed_up")


def is_off(item: Item) -> bool:
    """Whether a session does not take place: cancelled, or no longer in the programme."""
    return item.session.is_cancelled or item.is_removed


def check_can_sign_up(
    item: Item, *, attends: str, wanted: str, is_open: bool, zone: str, now: datetime
) -> None:
    """Raises Conflict or Gone with the reason. `attends` is the place that is held, or empty; `wanted` who may."""
    if is_off(item):
        raise Gone("This session does not take place.", code="session_cancelled")
    check_not_begun(item.session, zone=zone, now=now)
    if not is_open:
        raise Gone("Sign-up for this session is closed.", code="sign_up_closed")
    if not attends:
        raise Conflict("Sessions can be chosen once your place at the summit is confirmed.", code="no_place")
    if wanted and attends != wanted:
        raise Conflict(
            f"This session is for those who attend {rules.WORDS[wanted]}.", code="attends_otherwise"
        )


def check_not_begun(session: SessionPlan, *, zone: str, now: datetime) -> None:
    """Raises Gone once the session has begun."""
    if now >= session.starts:
        began = zones.long_moment(session.starts, zone)
        raise Gone(f"This session began on {began}.", code="session_begun")


def check_no_clash(session: SessionPlan, held: Iterable[SessionPlan]) -> None:
    """Raises Conflict where a seat is held at the same time: nobody sits on two chairs."""
    for other in held:
        if overlap(session, other):
            sentence = f"You have a seat in “{other.title}” at the same time. Leave that one first."
            raise Conflict(sentence, code="clash")


def overlap(one: SessionPlan, other: SessionPlan) -> bool:
    """Whether two different sessions that take place share a moment."""
    if one.uid == other.uid or one.is_cancelled or other.is_cancelled:
        return False
    return one.starts < other.ends and other.starts < one.ends


def clashes(held: Sequence[SessionPlan]) -> tuple[tuple[str, str], ...]:
    """The titles of those that are at the same time, two by two."""
    in_order = sorted(held, key=lambda session: (session.starts, session.title))
    return tuple((one.title, other.title) for one, other in combinations(in_order, 2) if overlap(one, other))


def by_uid(snapshot: Snapshot | None) -> dict[str, Item]:
    """Every session that was ever in the programme, those taken out marked as removed."""
    return {item.session.uid: item for item in (*snapshot.removed, *snapshot.items)} if snapshot else {}


def told_by(
    before: Mapping[str, Item], after: Mapping[str, Item], *, zone: str, earlier: str
) -> dict[str, Told]:
    """What a release changed, by UID; a session that is as it was, or as unknown, is left out."""
    found = {}
    for uid, item in after.items():
        old = before.get(uid)
        if old is None:
            continue
        was, now = when_and_where(old.session, earlier), when_and_where(item.session, zone)
        kind = _kind(old, item, is_moved=was != now)
        if kind:
            found[uid] = Told(kind, item.session.title, was, now)
    return found


def when_and_where(session: SessionPlan, zone: str) -> str:
    """`Monday 14 September 2026, 09:00–10:00 London, Great Hall`."""
    when = zones.long_span(session.starts, session.ends, zone)
    return f"{when}, {session.room}" if session.room else when


def _kind(before: Item, after: Item, *, is_moved: bool) -> str:
    if is_off(after):
        return "" if is_off(before) else CANCELLED
    if is_off(before):
        return BACK
    return MOVED if is_moved else ""
