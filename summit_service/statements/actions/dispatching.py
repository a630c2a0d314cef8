"""Putting a statement's mails into the outbox, each with its line in the ledger: every dispatch is an entry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from summit_service.accounts.actor import Actor
from summit_service.mail import outbox
from summit_service.mail.outbox import Mail
from summit_service.mail.tables import OutboxMessage
from summit_service.statements.actions import ledger
from summit_service.statements.tables import Statement

KIND = "dispatched"
AT_ONCE = 500
Due = tuple[Mail, int | None]
"""A mail, and the organisation that it goes to, by id; None for one to the secretariat."""


async def dispatch(
    statement: Statement,
    due: Sequence[Due],
    *,
    now: datetime,
    kind: str = KIND,
    facts: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> None:
    """Queue the mails and write down which, in the caller's transaction with the statement locked; none: no entry.

    An entry has no name and no address: of each mail its kind, the organisation, and SHA-256 over the part of its
    Message-ID before the @, by which whoever has the mail finds it.
    """
    added = await outbox.add_all([mail for mail, _ in due], now=now)
    if not added:
        return
    names = await _message_ids(added)
    told = [
        {"mail": mail.kind, "organisation": organisation, "message": fingerprint(names[mail.dedupe_key])}
        for mail, organisation in due
        if mail.dedupe_key in names
    ]
    await ledger.append(statement, kind, {**(facts or {}), "mails": told}, now=now, actor=actor)


def fingerprint(message_id: str) -> str:
    """SHA-256 in hex over the part of a Message-ID before the @."""
    return hashlib.sha256(message_id.encode("ascii")).hexdigest()


async def _message_ids(added: Sequence[int]) -> dict[str, str]:
    """Of the rows that were added, by what caused each."""
    found: dict[str, str] = {}
    for start in range(0, len(added), AT_ONCE):
        some = OutboxMessage.id.is_in(list(added[start : start + AT_ONCE]))
        rows = await OutboxMessage.select(OutboxMessage.dedupe_key, OutboxMessage.message_id).where(some)
        found |= {row["dedupe_key"]: row["message_id"] for row in rows}
    return found
