"""The rules of the door: what a ticket says, whose arrival counts, and what the helper is told."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from summit_service import markup, tokens, zones
from summit_service.errors import Invalid

TICKET = re.compile(r"SUMMIT-([0-9]{1,9})-([0-9A-F]{32})")
IDENTIFIER = re.compile(r"[A-Za-z0-9-]{8,64}")
LONGEST_NAME = 60
MOST_AT_ONCE = 200
GRACE = timedelta(days=3)
"""For so long after a door has closed, what was scanned while the network was gone is still taken."""

EXPECTED, WELCOME, ALREADY, BACK = "expected", "welcome", "already", "back"
CANCELLED, WAITING, ELSEWHERE, UNKNOWN, UNDONE = "cancelled", "waiting", "elsewhere", "unknown", "undone"
REFUSED = "refused"
"""What a device told cannot be taken: the device keeps it, with the reason."""
TONES = {
    EXPECTED: "wait",
    WELCOME: "good",
    ALREADY: "wait",
    BACK: "good",
    CANCELLED: "wrong",
    WAITING: "wrong",
    ELSEWHERE: "wrong",
    UNKNOWN: "wrong",
    UNDONE: "wait",
    REFUSED: "wrong",
}


def ticket(registration_id: int, uid: str, *, secret_key: str) -> str:
    """The secret of one registration's ticket, the same each time: capitals and digits, which make a small QR code."""
    return f"SUMMIT-{registration_id}-{_mark(registration_id, uid, secret_key)}"


def is_genuine(text: str, uid: str, *, secret_key: str) -> bool:
    """Whether this is the ticket of the registration with that number and UID."""
    found = TICKET.fullmatch(text)
    return found is not None and tokens.is_same(found[2], _mark(int(found[1]), uid, secret_key))


def number_on(text: str) -> int | None:
    """The number of the registration that a ticket names; None for what is no ticket of ours."""
    found = TICKET.fullmatch(text)
    return int(found[1]) if found else None


def digest(text: str) -> str:
    """What a door's list has of a ticket: enough to know it again, not enough to make one (SHA-256, 128 bits, hex)."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _mark(registration_id: int, uid: str, secret_key: str) -> str:
    return tokens.sign(secret_key, "ticket", str(registration_id), uid)[:32].upper()


@dataclass(frozen=True, slots=True)
class Entry:
    """One time that somebody was let in: at which door, when (UTC), and the mark that its device gave it."""

    identifier: str
    at: datetime
    door: str
    order: int = 0
    """Which was told to us first, for two of the same moment."""


def counted(entries: Iterable[Entry]) -> Entry | None:
    """The one that counts: the first by its time, however late it was told; the others are repeats."""
    return min(entries, key=lambda entry: (entry.at, entry.order), default=None)


def verdict(
    state: str, entries: Iterable[Entry], *, entry: str = "", zone: str, now: datetime
) -> tuple[str, Entry | None]:
    """What became of somebody with that state of a registration, and the arrival of theirs that counts.

    `entry` is the mark of the arrival that was just written, or empty where somebody only looks.
    """
    first = counted(entries)
    if first is None:
        kinds = {"confirmed": EXPECTED, "cancelled": CANCELLED}
        return kinds.get(state, WAITING), None
    if entry and first.identifier == entry:
        return WELCOME, first
    is_today = zones.at_wall(first.at, zone).date() == zones.at_wall(now, zone).date()
    return (ALREADY if is_today else BACK), first


def read_moment(text: str, *, otherwise: datetime) -> datetime:
    """A moment by a device's clock (RFC 3339, any year that a date can have); in UTC where it gave no offset.

    What is no moment, such as 30 February, is `otherwise`: that somebody came matters more than when.
    """
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return otherwise
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def moment_of(told: datetime, *, sent_at: datetime, made_at: datetime, now: datetime) -> datetime:
    """When a device saw somebody, by our clock: a clock that is wrong was as wrong when it sent.

    Never after now. What would be before the door was made (or before what an earlier door on that device may still
    be told of) says nothing of when it was: then it counts from now.
    """
    age = max(sent_at - told, timedelta())
    return now - age if age <= max(now - made_at, timedelta()) + GRACE else now


def check_name(text: str) -> str:
    """The name of a door, as a helper knows it. Raises Invalid for `name`."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid.one("name", "Give the door a name such as Main entrance, at most 60 letters.")
    return name


def folded(text: str) -> str:
    """Letters as they are compared: without case and accents."""
    return markup.plain(text)


def matches(search: str, *, number: int, name: str, organisation: str) -> bool:
    """Whether every word typed is part of the name or organisation, or all of it is the number."""
    words = folded(search).split()
    text = folded(f"{name} {organisation}")
    return words == [str(number)] or all(word in text for word in words)


def distance(search: str, name: str) -> int:
    """0 where the name alone has every word, 1 where the organisation had to help."""
    return int(not all(word in folded(name) for word in folded(search).split()))
