"""The address that each mail comes back to: which mail it was, in a form that nobody can make up (VERP)."""

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


def sender_of(identifier: int, settings: Settings) -> str:
    """The envelope sender of a mail: its own return path, or the sender of all where no mailbox is read."""
    if settings.bounce_address is None:
        return settings.mail_from
    local, _, domain = settings.bounce_address.rpartition("@")
    return f"{local}+{identifier}-{_proof(identifier, settings)}@{domain}"


def mail_in(address: str, settings: Settings) -> int | None:
    """Which mail comes back to this address; None for one that we did not make."""
    found = TAGGED.fullmatch(address.strip().strip("<>"))
    if found is None or settings.bounce_address is None:
        return None
    base = f"{found['local']}@{found['domain']}"
    identifier = int(found["id"])
    is_ours = tokens.is_same(found["proof"].lower(), _proof(identifier, settings))
    return identifier if is_ours and is_base(base, settings) else None


def is_base(address: str, settings: Settings) -> bool:
    """Whether this is the mailbox itself, without a mark; people and mail programs write there to unsubscribe."""
    base = settings.bounce_address
    return base is not None and address.strip().strip("<>").lower() == base.lower()


def _proof(identifier: int, settings: Settings) -> str:
    return tokens.sign(settings.secret_key, "return path", str(identifier))[:DIGITS]
