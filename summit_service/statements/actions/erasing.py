"""Erasing what is personal in an answer; its public record and the chain stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import db, markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, NotFound
from summit_service.mail import outbox
from summit_service.statements import disputes, mails, queries, rules
from summit_service.statements.actions import ledger
from summit_service.statements.tables import Response, ResponsePrivate


async def erase_private(record_id: str, *, actor: Actor, now: datetime, note: str) -> None:
    """Erase the private part for good. The commitment stays, and can never be opened again.

    To whom the question, the receipt and the notice were mailed is erased with it; that they went is not.

    Raises NotFound without such a record or when it is erased already, Conflict while the answer is disputed.
    """
    check_secretariat(actor)
    reason = markup.many_lines(
        note, field="note", longest=rules.LONGEST_NOTE, name="The reason", required=True
    )
    async with db.transaction():
        answer: Any = await Response.objects(Response.request).where(Response.record_id == record_id).first()
        mine = ResponsePrivate.record_id == record_id
        if answer is None or not await ResponsePrivate.exists().where(mine):
            raise NotFound("There is no private part of such a record.")
        statement = await queries.locked_by_id(answer.request.statement)
        if any(dispute.response.id == answer.id for dispute in await disputes.open_disputes(statement)):
            raise Conflict("The answer is disputed. Settle that first.", code="disputed")
        if not await ResponsePrivate.delete().where(mine).returning(ResponsePrivate.id):
            raise NotFound("There is no private part of such a record.")
        for about in (mails.about_response(record_id), mails.about(answer.request)):
            await outbox.erase(about, now=now)
        facts = {"record": record_id, "note": reason}
        await ledger.append(statement, "private_erased", facts, now=now, actor=actor)
