"""Mails are sent once more: those of a statement are dispatches, and so entries of its ledger."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.mail import actions as mail
from summit_service.mail.tables import OutboxMessage
from summit_service.statements import queries
from summit_service.statements.actions import dispatching, ledger
from summit_service.statements.tables import LedgerEntry


async def resend_all(identifiers: Sequence[int], *, actor: Actor, now: datetime) -> list[int]:
    """Each of these mails once more, all of them or none; their new ids. Raises as `mail.actions.resend_all`.

    Which statement a mail is of, its ledger knows by the first one's fingerprint.
    """
    mail.check_may(actor)
    async with db.transaction():
        known = await _known(identifiers)
        locked = {number: await queries.locked_by_id(number) for number in sorted(known)}
        made = await mail.copy_all(identifiers, actor=actor, now=now)
        names = await _message_ids(list(made.values()))
        for number, statement in locked.items():
            told = [
                {**line, "message": dispatching.fingerprint(names[made[one]])}
                for one, line in known[number].items()
            ]
            await ledger.append(statement, dispatching.KIND, {"mails": told}, now=now)
    return list(made.values())


async def _known(identifiers: Sequence[int]) -> dict[int, dict[int, dict[str, Any]]]:
    """By statement: what its ledger says of those of the mails that are its own, by the mail's id."""
    found: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    for one, name in (await _message_ids(identifiers)).items():
        message = dispatching.fingerprint(name)
        row = await LedgerEntry.objects().where(LedgerEntry.content.like(f"%{message}%")).first()
        if row is None:
            continue
        for line in json.loads(row.content)["body"].get("mails", []):
            if line["message"] == message:
                found[row.statement][one] = line
    return found


async def _message_ids(identifiers: Sequence[int]) -> dict[int, str]:
    mine = OutboxMessage.id.is_in(list(identifiers) or [0])
    rows = await OutboxMessage.select(OutboxMessage.id, OutboxMessage.message_id).where(mine)
    return {row["id"]: row["message_id"] for row in rows}
