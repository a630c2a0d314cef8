"""How an answer is kept: its record in the chain, the private part beside it, the mails about it."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from summit_service.accounts.actor import Actor
from summit_service.links import Link
from summit_service.mail import outbox
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.statements import evidence, letters, mails, texts
from summit_service.statements.actions import dispatching, ending, ledger
from summit_service.statements.tables import FormNonce, Response, ResponsePrivate, Statement
from summit_service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerForm:
    """What the second page sends."""

    nonce: str
    text_set_sha256: str
    attested: bool
    name: str
    capacity: str = ""
    reason: str = ""
    printed: str = ""
    """The name as it is to stand below the text, where the one that we know is to be corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is kept of an answer in public: which, by whom, for which text, and how it came."""

    request_id: int
    organisation_id: int
    organisation: str
    signatory: str
    kind: str
    capacity: str
    text_set_sha256: str
    attestation_sha256: str
    nonce_hash: str
    method: str = "mailed_link"
    late: bool = False


async def record(
    letter: letters.Letter,
    statement: Statement,
    nonce: FormNonce,
    form: AnswerForm,
    *,
    visitor: Visitor,
    agent: str,
    now: datetime,
) -> Response:
    """Write the answer that came by a link."""
    given = Given(
        request_id=letter.request.id,
        organisation_id=letter.organisation.id,
        organisation=letter.request.organisation_name,
        signatory=evidence.nfc(form.printed) or letter.request.person_name,
        kind=nonce.choice,
        capacity=form.capacity,
        text_set_sha256=letter.text_set.sha256,
        attestation_sha256=texts.sha256(attestation_of(letter, nonce.choice)),
        nonce_hash=nonce.nonce_hash,
        late=letter.standing in letters.AFTERWARDS,
    )
    private = await _private(letter, nonce, form, visitor=visitor, agent=agent, now=now)
    return await keep(statement, given, private, now=now)


async def keep(
    statement: Statement,
    given: Given,
    private: dict[str, Any],
    *,
    now: datetime,
    actor: Actor | None = None,
) -> Response:
    """Write an answer: its public part into the chain, what is personal behind a commitment."""
    record_id, salt = uuid4().hex, secrets.token_hex(32)
    public = {
        "record": record_id,
        "answer": given.kind,
        "text_set": given.text_set_sha256,
        "organisation": given.organisation,
        "organisation_id": given.organisation_id,
        "signatory": given.signatory,
        "capacity": given.capacity,
        "method": given.method,
        "attestation_sha256": given.attestation_sha256,
        "signed_at": evidence.moment(now),
        "late": given.late,
        "commitment": evidence.commitment(salt, private),
    }
    entry = await ledger.append(statement, "response", public, now=now, actor=actor)
    kept = Response(
        request=given.request_id,
        record_id=record_id,
        seq=entry.seq,
        kind=given.kind,
        text_set_sha256=given.text_set_sha256,
        organisation_name=given.organisation,
        signatory_name=given.signatory,
        capacity=given.capacity,
        attestation_sha256=given.attestation_sha256,
        nonce_hash=given.nonce_hash,
        signed_at=now,
        is_late=given.late,
        commitment=public["commitment"],
        entry_sha256=entry.entry_sha256,
        method=given.method,
    )
    await kept.save()
    await ResponsePrivate.insert(
        ResponsePrivate(record_id=record_id, salt=salt, private=evidence.jcs(private))
    )
    await ending.judge(statement, now=now)
    return kept


async def _private(
    letter: letters.Letter, nonce: FormNonce, form: AnswerForm, *, visitor: Visitor, agent: str, now: datetime
) -> dict[str, Any]:
    return {
        "email": _printable(letter.person.email),
        "name_typed": form.name,
        "reason": form.reason,
        "mail": await _mail_of(letter.link),
        "reviewed_at": evidence.moment(nonce.created_at),
        "answered_at": evidence.moment(now),
        "address": visitor.address,
        "address_source": visitor.source,
        "agent": _printable(agent),
        "nonce_sha256": nonce.nonce_hash,
        "attestation": texts.ATTESTATION_VERSION,
    }


async def _mail_of(link: Link) -> dict[str, Any] | None:
    """Which mail carried the link, and what the next server said to it."""
    if link.outbox_id is None:
        return None
    row = await OutboxMessage.objects().where(OutboxMessage.id == link.outbox_id).first()
    if row is None:
        return None
    return {"message_id": row.message_id, "server_reply": _printable(row.server_reply), "kind": row.kind}


def _printable(text: str) -> str:
    """At most 300 characters of what somebody else's program said, fit for a record."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return unicodedata.normalize("NFC", shown)[:300]


async def tell(letter: letters.Letter, kept: Response, *, now: datetime) -> None:
    """Receipt, notice to the main contact where that is somebody else, and no more reminders."""
    about = mails.about(letter.request)
    asking = ("signing_request", "signing_again", "signing_reminder", "announcement")
    await outbox.stop(about, reason="the answer was given", now=now, kinds=asking)
    receipt = mails.signing_receipt(letter.statement, letter.request, letter.person, kept, zone=letter.zone)
    due: list[dispatching.Due] = [(receipt, letter.organisation.id)]
    contact = await members.main_contact_of(letter.organisation)
    if contact is not None and contact.email.casefold() != letter.person.email.casefold():
        zone = letter.organisation.timezone or letter.statement.closes_timezone
        due.append((mails.signing_notice(letter.statement, contact, kept, zone=zone), letter.organisation.id))
    await dispatching.dispatch(letter.statement, due, now=now)


def attestation_of(letter: letters.Letter, choice: str) -> str:
    """The sentence that the signatory ticks."""
    request = letter.request
    return texts.attestation(
        choice,
        name=request.person_name,
        organisation=request.organisation_name,
        text_set_sha256=letter.text_set.sha256,
    )
