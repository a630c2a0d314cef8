"""The two steps behind a signing link: the second page with its one-time nonce, and the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from summit_service import db, links, markup, tokens
from summit_service.errors import Conflict, Fault, Gone, Invalid, NotFound
from summit_service.statements import letters, queries, rules
from summit_service.statements.actions import evidencing, recording
from summit_service.statements.actions.recording import AnswerForm
from summit_service.statements.tables import (
    FormNonce,
    Response,
    SigningRequest,
    Statement,
)
from summit_service.statements.tallying import SIGNING
from summit_service.visitor import Visitor

NONCE = "form"
NO_LINK = "This link opens nothing."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What the second page shows: the answer chosen, and the nonce that makes it possible to give it once."""

    choice: str
    nonce: str
    attestation: str


async def review(token: str, *, choice: str, text_set_sha256: str, now: datetime) -> Reviewed:
    """Prepare the second page. Raises Invalid without a choice, Conflict for another text, Gone when over."""
    async with db.transaction():
        letter = await letters.letter_of(token, now=now)
        if letter is None:
            raise NotFound(NO_LINK)
        _check_letter(letter, text_set_sha256)
        rules.check_choice(
            choice,
            has_answer=letter.standing in {"answered", letters.CAN_WITHDRAW},
            has_signed_before=letter.before is not None,
        )
        _check_late(letter, choice)
        nonce = tokens.mint()
        expired = (FormNonce.request == letter.request.id) & (FormNonce.expires_at < now)
        await FormNonce.delete().where(expired)
        await FormNonce.insert(
            FormNonce(
                request=letter.request.id,
                link=letter.link.id,
                choice=choice,
                text_set_sha256=text_set_sha256,
                nonce_hash=tokens.fingerprint(NONCE, nonce),
                created_at=now,
                expires_at=now + rules.NONCE_LIFE,
            )
        )
    return Reviewed(choice=choice, nonce=nonce, attestation=recording.attestation_of(letter, choice))


async def reviewed(letter: letters.Letter, nonce: str, *, now: datetime) -> Reviewed | None:
    """The second page once more, for a form with something missing; None when its time is over."""
    row = await _nonce_row(nonce, letter.request.id, now=now)
    if row is None:
        return None
    return Reviewed(choice=row.choice, nonce=nonce, attestation=recording.attestation_of(letter, row.choice))


async def answer(token: str, form: AnswerForm, *, visitor: Visitor, agent: str, now: datetime) -> Response:
    """Keep the answer once: the same nonce gives the same receipt, however often and at once it comes.

    Raises Invalid when something is missing (nothing is written), Conflict for another text, Gone at the end.
    """
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    async with db.transaction():
        request_id = await _request_of(token, now=now)
        statement = await _locked_statement_of(request_id)
        letter = await letters.letter_of(token, now=now)
        if letter is None:
            raise NotFound(NO_LINK)
        given = await _given_before(form.nonce, request_id)
        if given is not None:
            return given
        _check_letter(letter, form.text_set_sha256)
        nonce = await _nonce_row(form.nonce, request_id, now=now)
        if nonce is None:
            raise Invalid.one(
                "choice", "This form was used or left open for too long. Choose your answer once more."
            )
        _check_late(letter, nonce.choice)
        form = _checked(form, nonce.choice)
        kept = await recording.record(letter, statement, nonce, form, visitor=visitor, agent=agent, now=now)
        await recording.tell(letter, kept, now=now)
        if kept.is_late:
            await evidencing.reissue(statement, now=now)
    return kept


async def _request_of(token: str, *, now: datetime) -> int:
    link = await links.find(letters.PURPOSE, token)
    if link is None or letters.is_dead(link, now=now):
        raise NotFound(NO_LINK)
    return int(link.subject)


async def _locked_statement_of(request_id: int) -> Statement:
    row = await SigningRequest.select(SigningRequest.statement).where(SigningRequest.id == request_id).first()
    if row is None:
        raise NotFound(NO_LINK)
    return await queries.locked_by_id(row["statement"])


def _check_letter(letter: letters.Letter, text_set_sha256: str) -> None:
    if letter.standing == "superseded":
        raise Conflict("The text has changed, please read it again.", code="text_changed")
    if letter.standing in letters.FOREIGN:
        raise Gone("This link takes no answers any more.", code=letter.standing)
    if letter.standing == "cancelled":
        raise Gone("The statement was withdrawn; answers are no longer taken.", code="cancelled")
    if letter.standing == "closed":
        raise Gone("Signing has ended; answers are no longer taken.", code="closed")
    rules.check_same_text(text_set_sha256, letter.text_set.sha256)


def _check_late(letter: letters.Letter, choice: str) -> None:
    if letter.standing in letters.AFTERWARDS:
        can_join = letter.standing == letters.CAN_JOIN
        rules.check_late_choice(choice, can_join=can_join, can_withdraw=not can_join)


async def _given_before(nonce: str, request_id: int) -> Response | None:
    same = (Response.nonce_hash == tokens.fingerprint(NONCE, nonce)) & (Response.request == request_id)
    return await Response.objects().where(same).first()


async def _nonce_row(nonce: str, request_id: int, *, now: datetime) -> FormNonce | None:
    same = (FormNonce.nonce_hash == tokens.fingerprint(NONCE, nonce)) & (FormNonce.request == request_id)
    return await FormNonce.objects().where(same & (FormNonce.expires_at > now)).first()


def _checked(form: AnswerForm, choice: str) -> AnswerForm:
    faults: list[Fault] = []
    name, reason, printed = form.name, form.reason, form.printed
    try:
        name = markup.one_line(form.name, field="name", longest=200, name="Your name", required=False)
    except Invalid as fault:
        faults.extend(fault.faults)
    try:
        printed = markup.one_line(printed, field="printed", longest=200, name="The name", required=False)
    except Invalid as fault:
        faults.extend(fault.faults)
    try:
        reason = markup.many_lines(
            form.reason, field="reason", longest=rules.LONGEST_REASON, name="Your text"
        )
    except Invalid as fault:
        faults.extend(fault.faults)
    told = {fault.field for fault in faults}
    missing = rules.answer_faults(
        choice, attested=form.attested, name=name.strip(), capacity=form.capacity, reason=reason
    )
    faults += [fault for fault in missing if fault.field not in told]
    if faults:
        raise Invalid(faults)
    capacity = form.capacity if choice in SIGNING else "organisation"
    printed = printed.strip() if choice in SIGNING else ""
    return replace(form, name=name, reason=reason, capacity=capacity, printed=printed)
