"""Erasing what is personal in an answer; its public record and the chain stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from summit_service import caseless, db, links, markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.addresses import email_key
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, NotFound
from summit_service.mail import outbox
from summit_service.statements import circulation, delegations, disputes, letters, mails, queries, rules
from summit_service.statements.actions import ledger
from summit_service.statements.tables import (
    Delegation,
    Dispute,
    Response,
    ResponsePrivate,
    SigningRequest,
    Statement,
)

REASON = "erased"
AT_THEIR_WISH = "Erased at the wish of the person."


async def erase_private(record_id: str, *, actor: Actor, now: datetime, note: str) -> None:
    """Erase the private part for good, with those of corrections of the printed name.

    The commitment stays, and can never be opened again.

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
        if not await _erase(statement, answer.request, record_id, note=reason, actor=actor, now=now):
            raise NotFound("There is no private part of such a record.")


async def _erase(
    statement: Statement, request: SigningRequest, record_id: str, *, note: str, actor: Actor, now: datetime
) -> bool:
    """The private part, those of corrections of the printed name, and the mails about it; false where there is none."""
    mine = ResponsePrivate.record_id == record_id
    if not await ResponsePrivate.delete().where(mine).returning(ResponsePrivate.id):
        return False
    corrections = (await queries.corrections_of(statement)).get(record_id, [])
    theirs = ResponsePrivate.record_id.is_in([one.record for one in corrections] or [""])
    await ResponsePrivate.delete().where(theirs)
    for about in (mails.about_response(record_id), mails.about(request)):
        await outbox.erase(about, now=now)
    await ledger.append(
        statement, "private_erased", {"record": record_id, "note": note}, now=now, actor=actor
    )
    return True


async def erase_of(person: Person, *, instead: str, actor: Actor, now: datetime) -> None:
    """End this person's signing links and erase them from requests, answers' private parts, delegations, disputes.

    In the caller's transaction. A question without an answer waits for the secretariat, who asks somebody
    else. What they have signed stays as it was signed. Raises Conflict while a dispute of theirs is open.
    """
    db.current_transaction()
    theirs = SigningRequest.objects().where(SigningRequest.person == person.id)
    requests = list(await theirs.order_by(SigningRequest.statement, SigningRequest.id))
    for number in sorted({request.statement for request in requests}):
        statement = await queries.locked_by_id(number)
        mine = [request for request in requests if request.statement == number]
        await _leave(statement, mine, instead=instead, actor=actor, now=now)
    await circulation.end_links_of(person, reason=REASON, now=now)
    await _erase_delegations(person, instead=instead, now=now)
    await _erase_disputes(person, instead=instead)


async def _leave(
    statement: Statement, requests: Sequence[SigningRequest], *, instead: str, actor: Actor, now: datetime
) -> None:
    answers = Response.request.is_in([request.id for request in requests])
    given = list(await Response.objects().where(answers).order_by(Response.id))
    disputed = {dispute.response.id for dispute in await disputes.open_disputes(statement)}
    if any(answer.id in disputed for answer in given):
        raise Conflict(f"Your answer to “{statement.title}” is disputed.", code="disputed")
    by_id = {request.id: request for request in requests}
    for answer in given:
        record, request = answer.record_id, by_id[answer.request]
        await _erase(statement, request, record, note=AT_THEIR_WISH, actor=actor, now=now)
    answered = {answer.request for answer in given}
    for request in requests:
        await links.end_all(letters.PURPOSE, subject=str(request.id), reason=REASON, now=now)
        await outbox.erase(mails.about(request), now=now)
        changed: dict[Any, Any] = {SigningRequest.person_name: instead, SigningRequest.wrong_person_words: ""}
        if request.id not in answered:
            changed[SigningRequest.wrong_person_at] = now
        await request.update_self(changed)


async def _erase_delegations(person: Person, *, instead: str, now: datetime) -> None:
    """Where they were proposed to answer for somebody; a proposal that waits goes with them."""
    proposed = caseless.is_same(Delegation.email, email_key(person.email))
    for row in await Delegation.objects().where(proposed):
        await links.end_all(delegations.PURPOSE, subject=str(row.id), reason=REASON, now=now)
        await outbox.erase(f"signing_delegation:{row.id}", now=now)
        changed: dict[Any, Any] = {Delegation.name: instead, Delegation.email: ""}
        if row.settled_at is None:
            changed |= {Delegation.outcome: "superseded", Delegation.settled_at: now}
        await row.update_self(changed)


async def _erase_disputes(person: Person, *, instead: str) -> None:
    theirs = caseless.is_same(Dispute.email, email_key(person.email))
    if await Dispute.exists().where(theirs & Dispute.settled_at.is_null()):
        raise Conflict("You have disputed an answer, and that is not settled.", code="disputed")
    blank: dict[Any, Any] = {Dispute.name: instead, Dispute.email: "", Dispute.reason: ""}
    await Dispute.update(blank).where(theirs)
