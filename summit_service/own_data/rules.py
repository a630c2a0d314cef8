"""What goes and what must stay when a person or an organisation is erased, in words that are told beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from summit_service import canonical
from summit_service.accounts.addresses import email_key
from summit_service.errors import Conflict, Fault, Invalid
from summit_service.journal.queries import ERASED

INSTEAD = ERASED
"""What is read from then on where the name stood."""
GOES = (
    "your name, your address, your time zone and your roles",
    "every login, API token, personal calendar and link in a mail: they open nothing from that moment on",
    "our mails to you, what servers said about them, and your name in our mails to others",
    "your registrations with all that you answered; a place that you hold goes to the next in line",
    "contributions, reviews, enquiries and invitations under your address",
    "your comments on best practice, your terms of office, and what you told a call for funding",
    "what lies behind a signature of yours: address, time, browser, reason",
    "the words of the log of who did what, where you did it or it was about you",
)
CHAINED = "Each line is chained to the next by its hash; without one, nobody could check the others."
ALWAYS_STAYS = (
    (
        "In the log of who did what: that somebody did something, and when.",
        f"{CHAINED} It has a number and no name.",
    ),
    (
        "What you posted and wrote for your organisation or the network: events, resources, calls, outlines, texts.",
        "They are the organisation’s or the network’s. Your name goes from their history.",
    ),
    (
        "Copies for the case of a disaster, for 30 days at most.",
        "They are not edited; then they are deleted.",
    ),
)


@dataclass(frozen=True, slots=True)
class Stay:
    """One thing that stays, why, and where it is seen."""

    what: str
    why: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said before erasing: what goes, what stays, what to think of first, and what forbids it now."""

    goes: Sequence[str]
    stays: Sequence[Stay]
    first: Sequence[Stay] = field(default_factory=tuple)
    forbidden: Sequence[str] = field(default_factory=tuple)
    changed_at: datetime | None = None
    """When what it is told about was changed last; a confirmation holds for that and for nothing later."""

    @property
    def digest(self) -> str:
        """Of all that was told, so that what is confirmed is what was read."""
        rows = [[one.what, one.why, one.url] for one in (*self.stays, *self.first)]
        changed = self.changed_at.timestamp() if self.changed_at else 0
        return canonical.digest([list(self.goes), rows, list(self.forbidden), str(changed)])[:24]


def check_confirmed(told: Told, *, seen: str, typed: str, expected: str, field_name: str) -> None:
    """Raises Conflict where it is forbidden or is not what was read, and Invalid for a wrong word."""
    if told.forbidden:
        raise Conflict(" ".join(told.forbidden), code="not_now")
    if email_key(typed) != email_key(expected):
        raise Invalid([Fault(field_name, f"Type “{expected}”, so that nothing is erased by mistake.")])
    if seen != told.digest:
        raise Conflict("Something has changed since you read this. Read it once more.", code="told_changed")
