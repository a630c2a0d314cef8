"""The addresses that a mail comes back to and is answered at: which mail it was, in a form that nobody can make up."""

from __future__ import annotations

import re

from summit_service import tokens
from summit_service.settings import Settings

LONGEST_LOCAL = 64
DIGITS = 20
"""Hex digits of the keyed digest: 80 bits, in lower case, because servers on the way may change the case."""
TAGGED = re.compile(
    r"(?P<local>[^@]+)\+(?P<id>\d{1,10})-(?P<proof>[0-9a-f]{20})@(?P<domain>[^@]+)", re.IGNORECASE
)


RETURN, REPLY = "return path", "reply"
"""What an address is for; the proof of one is none for the other."""
ANSWERED = frozenset({"enquiry_question", "enquiry_kept", "enquiry_declined", "enquiry_accepted"})
"""The kinds of mail whose answers are taken in here, where a mailbox is read."""


def sender_of(identifier: int, settings: Settings) -> str:
    """The envelope sender of a mail: its own return path (VERP), or the sender of all where no mailbox is read."""
    if settings.bounce_address is None:
        return settings.mail_from
    return _made(identifier, RETURN, settings.bounce_address, settings)


def answers_of(identifier: int, kind: str, settings: Settings) -> str:
    """Where an answer to a mail goes: its own address for the kinds of which we keep them, else where people read."""
    if kind not in ANSWERED or settings.bounce_address is None or not is_read(settings):
        return settings.mail_reply_to
    return _made(identifier, REPLY, settings.bounce_address, settings)


def is_read(settings: Settings) -> bool:
    """Whether what is sent to the mailbox comes to us."""
    return settings.bounce_address is not None and bool(settings.bounce_listen or settings.bounce_maildir)


def mail_in(address: str, settings: Settings) -> int | None:
    """Which mail comes back to this address; None for one that we did not make."""
    return _found(address, RETURN, settings)


def answered_in(address: str, settings: Settings) -> int | None:
    """Which mail is answered at this address; None for one that we did not make."""
    return _found(address, REPLY, settings)


def is_base(address: str, settings: Settings) -> bool:
    """Whether this is the mailbox itself, without a mark; people and mail programs write there to unsubscribe."""
    base = settings.bounce_address
    return base is not None and address.strip().strip("<>").lower() == base.lower()


def _made(identifier: int, purpose: str, base: str, settings: Settings) -> str:
    local, _, domain = base.rpartition("@")
    return f"{local}+{identifier}-{_proof(identifier, purpose, settings)}@{domain}"


def _found(address: str, purpose: str, settings: Settings) -> int | None:
    found = TAGGED.fullmatch(address.strip().strip("<>"))
    if found is None or settings.bounce_address is None:
        return None
    base = f"{found['local']}@{found['domain']}"
    identifier = int(found["id"])
    is_ours = tokens.is_same(found["proof"].lower(), _proof(identifier, purpose, settings))
    return identifier if is_ours and is_base(base, settings) else None


def _proof(identifier: int, purpose: str, settings: Settings) -> str:
    return tokens.sign(settings.secret_key, purpose, str(identifier))[:DIGITS]
