"""Showing the private part of an answer to somebody who checks it, such as an auditor."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from summit_service import canonical, db, journal, markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import NotFound
from summit_service.statements import queries, rules
from summit_service.statements.tables import Response, ResponsePrivate


async def show_private(record_id: str, *, actor: Actor, now: datetime, note: str) -> str:
    """What opens the commitment of an answer: the RFC 8785 form of `{private, salt}`, whose SHA-256 the record has.

    The log keeps that it was shown, and to whom. Raises Invalid without a note, NotFound without such a record or
    when its private part is erased.
    """
    check_secretariat(actor)
    reason = markup.many_lines(
        note, field="note", longest=rules.LONGEST_NOTE, name="The reason", required=True
    )
    async with db.transaction():
        answer: Any = await Response.objects(Response.request).where(Response.record_id == record_id).first()
        kept = await ResponsePrivate.objects().where(ResponsePrivate.record_id == record_id).first()
        if answer is None or kept is None:
            raise NotFound("There is no private part of such a record.")
        statement = await queries.locked_by_id(answer.request.statement)
        detail = f"record {record_id}: {reason}"
        await journal.note(
            "statement.private_shown", actor, statement.slug, statement.title, now=now, detail=detail
        )
    return canonical.jcs({"salt": kept.salt, "private": json.loads(kept.private)})
