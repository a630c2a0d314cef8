"""“This was not me”: a signature is disputed, publication waits, and the secretariat settles it with a reason."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from summit_service import db, links, markup, tokens
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.statements import counting, disputes, evidence, letters, mails, queries, rules, texts
from summit_service.statements.actions import dispatching, ending, evidencing, ledger, recording
from summit_service.statements.tables import Dispute, Response, Statement
from summit_service.statements.tallying import SIGNING, WITHDRAWN

NO_LINK = "This link opens nothing."
OUTCOMES = {"upheld": "The answer is taken off", "rejected": "The answer stands"}
TAKEN_OFF = "{organisation} disputes the answer {record}, and the secretariat has taken it off: {note}"
DECIDED = frozenset({"adopted", "not_adopted"})


async def raise_dispute(token: str, *, reason: str, confirmed: bool, now: datetime) -> Dispute:
    """Say that an answer was not given by who should have; said twice, it is one dispute.

    Raises Invalid without the tick, NotFound for a link that opens nothing.
    """
    said = markup.many_lines(reason, field="reason", longest=rules.LONGEST_REASON, name="Your text")
    if not confirmed:
        raise Invalid.one("confirmed", "Tick the box to say that you mean it.")
    async with db.transaction():
        doubt = await disputes.doubt_of(token, now=now)
        if doubt is None:
            raise NotFound(NO_LINK)
        statement = await queries.locked_by_id(doubt.statement.id)
        before = await disputes.last_about(doubt.answer)
        if before is not None and (before.settled_at is None or before.outcome == "upheld"):
            return before
        made = Dispute(
            response=doubt.answer.id,
            raised_by=doubt.side,
            name=doubt.name,
            email=doubt.email,
            reason=said,
            raised_at=now,
        )
        await made.save()
        facts = {"record": doubt.answer.record_id, "by": doubt.side}
        await ledger.append(statement, "disputed", facts, now=now)
        await ending.judge(statement, now=now)
        organisation = int(doubt.request.organisation)
        due: list[dispatching.Due] = [
            (
                mails.signature_disputed(statement, doubt.answer, made, to_name=name, to_email=email),
                organisation,
            )
            for name, email in await disputes.told_of(doubt.answer)
            if email.casefold() != doubt.email.casefold()
        ]
        await dispatching.dispatch(statement, due, now=now)
    return made


async def settle_dispute(dispute_id: int, *, actor: Actor, now: datetime, outcome: str, note: str) -> Dispute:
    """Uphold (the answer is taken off by a record of its own, and counted anew) or reject, with a reason."""
    check_secretariat(actor)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    if outcome not in OUTCOMES:
        raise Invalid.one("outcome", "Say whether the answer stands.")
    reason = markup.many_lines(
        note, field="note", longest=rules.LONGEST_NOTE, name="The reason", required=True
    )
    async with db.transaction():
        found = await disputes.dispute_by_id(dispute_id)
        if found is None:
            raise NotFound("There is no such dispute.")
        statement = await queries.locked_by_id(found.response.request.statement.id)
        dispute = await _still_open(dispute_id)
        answer = found.response
        dispute.outcome, dispute.note, dispute.settled_at = outcome, reason, now
        dispute.settled_by = actor.person_id
        await dispute.save()
        facts = {"record": answer.record_id, "outcome": outcome, "note": reason}
        await ledger.append(statement, "dispute_settled", facts, now=now, actor=actor)
        if outcome == "upheld":
            await _take_off(statement, answer, reason, actor=actor, now=now)
        await ending.judge(statement, now=now)
        organisation = int(answer.request.organisation)
        due: list[dispatching.Due] = [
            (mails.dispute_settled(statement, answer, dispute, to_name=name, to_email=email), organisation)
            for name, email in await disputes.told_of(answer)
        ]
        await dispatching.dispatch(statement, due, now=now)
    return dispute


async def _still_open(dispute_id: int) -> Dispute:
    """The row once more, now that the statement's lock is held."""
    dispute = await Dispute.objects().where(Dispute.id == dispute_id).first()
    if dispute is None or dispute.settled_at is not None:
        raise Conflict("Somebody has settled this already.", code="settled")
    return dispute


async def _take_off(
    statement: Statement, answer: Response, note: str, *, actor: Actor, now: datetime
) -> None:
    """The answer is followed by one that says so, unless another has followed it already or none can any more."""
    request = answer.request
    await links.end_all(letters.PURPOSE, subject=str(request.id), reason=letters.DISPUTED, now=now)
    if not await _can_follow(statement, answer):
        return
    is_published = statement.state == "published"
    said = TAKEN_OFF.format(organisation=answer.organisation_name, record=answer.record_id, note=note)
    given = recording.Given(
        request_id=request.id,
        organisation_id=request.organisation,
        organisation=answer.organisation_name,
        signatory=answer.signatory_name,
        kind=WITHDRAWN,
        capacity=answer.capacity,
        text_set_sha256=answer.text_set_sha256,
        attestation_sha256=texts.sha256(evidence.nfc(said)),
        nonce_hash=tokens.fingerprint("form", secrets.token_hex(32)),
        method="recorded_by_secretariat",
        late=is_published,
    )
    await recording.keep(statement, given, {"sentence": evidence.nfc(said)}, now=now, actor=actor)
    if is_published:
        await evidencing.reissue(statement, now=now)
    elif request.text_set == statement.text_set:
        await _count(statement, note, actor=actor, now=now)


async def _can_follow(statement: Statement, answer: Response) -> bool:
    """Whether it is the last answer to its question, of a statement that somebody can still count or publish.

    Once published, only a signature below the published text is taken off; once given up, nothing counts.
    """
    last = await queries.last_answer_to(answer.request)
    if last is None or last.id != answer.id or statement.state == "cancelled":
        return False
    is_about_this_text = answer.request.text_set == statement.text_set
    return statement.state != "published" or (is_about_this_text and answer.kind in SIGNING)


async def _count(statement: Statement, note: str, *, actor: Actor, now: datetime) -> None:
    """What was counted is counted once more; what was decided by that count is open again."""
    if statement.state == "closed":
        await ledger.count_again(statement, await _counted(statement), now=now, actor=actor)
    elif statement.state in DECIDED:
        facts = {"note": note, **await counting.end_of_signing(statement)}
        await ledger.reopen(statement, await _counted(statement), facts, now=now, actor=actor)


async def _counted(statement: Statement) -> dict[str, Any]:
    """The tally once more, after an answer was taken off between the end and publication."""
    requests, answers = await queries.requests_of(statement), await queries.answers_of(statement)
    return await counting.facts_of_count(statement, requests, answers, at=statement.closed_at)
