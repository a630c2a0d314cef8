"""The mails of a statement: who is told what; what they lead to is decided by the actions."""

from __future__ import annotations

from summit_service.accounts.tables import Person
from summit_service.mail import streams
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.members.queries import Contact
from summit_service.statements import rules, texts
from summit_service.statements.evidence import moment
from summit_service.statements.letters import PURPOSE
from summit_service.statements.tables import Response, SigningRequest, Statement
from summit_service.zones import long_moment

ANSWER_WORDS = {"signed": "has signed", "changes_requested": "asks for changes", "declined": "has declined"}
OWN_WORDS = {
    "signed": "You have signed",
    "changes_requested": "You have asked for changes",
    "declined": "You have declined",
}
CAPACITY_WORDS = {
    "organisation": "for the organisation",
    "personal": "in a personal capacity, affiliation for identification only",
}


def about(request: SigningRequest) -> str:
    """What a mail to a signatory is about: it is stopped when they have answered."""
    return f"signing_request:{request.id}"


def signing_request(
    statement: Statement, request: SigningRequest, person: Person, *, text_hash: str, zone: str
) -> Mail:
    """The invitation: who asks whom for what by when, and the personal link."""
    return _asking("signing_request", statement, request, person, text_hash=text_hash, zone=zone)


def signing_reminder(
    statement: Statement,
    request: SigningRequest,
    person: Person,
    *,
    text_hash: str,
    zone: str,
    in_reply_to: str,
) -> Mail:
    """Once more, in the thread of the invitation; not repeated when nobody knows whether it arrived."""
    return _asking(
        "signing_reminder",
        statement,
        request,
        person,
        text_hash=text_hash,
        zone=zone,
        in_reply_to=in_reply_to,
    )


def _asking(
    kind: str,
    statement: Statement,
    request: SigningRequest,
    person: Person,
    *,
    text_hash: str,
    zone: str,
    in_reply_to: str = "",
) -> Mail:
    link = LinkSpec(
        purpose=PURPOSE,
        subject=str(request.id),
        path="/sign/{token}",
        expires_at=statement.closes_at + rules.RECEIPT_LIFE,
    )
    return Mail(
        kind=kind,
        to_name=person.name,
        to_email=person.email,
        about=about(request),
        dedupe_key=f"{kind}:{request.id}:{person.id}:{request.mails + 1}",
        context={
            "title": statement.title,
            "organisation": request.organisation_name,
            "closes": long_moment(statement.closes_at, zone),
            "code": texts.code_word(text_hash),
            "why": f"you are named as the signatory of {request.organisation_name}.",
        },
        links={"sign_url": link},
        language=person.language,
        expires_at=statement.closes_at,
        is_repeatable=kind == "signing_request",
        stream=streams.REMINDERS if kind == "signing_reminder" else "",
        in_reply_to=in_reply_to,
    )


def signing_receipt(
    statement: Statement, request: SigningRequest, person: Person, answer: Response, *, zone: str
) -> Mail:
    """To who answered: what is on record, with the hashes that make the reader a witness."""
    return Mail(
        kind="signing_receipt",
        to_name=person.name,
        to_email=person.email,
        about=f"response:{answer.record_id}",
        dedupe_key=f"signing_receipt:{answer.record_id}:{person.id}",
        context={
            **_record(statement, answer, zone=zone),
            "summary": OWN_WORDS[answer.kind],
            "closes": long_moment(statement.closes_at, zone),
            "why": f"an answer was given with the link that we had sent you for {request.organisation_name}.",
        },
        language=person.language,
    )


def signing_notice(statement: Statement, contact: Contact, answer: Response, *, zone: str) -> Mail:
    """To the organisation's main contact, who should know that somebody has answered in its name."""
    return Mail(
        kind="signing_notice",
        to_name=contact.name,
        to_email=contact.email,
        about=f"response:{answer.record_id}",
        dedupe_key=f"signing_notice:{answer.record_id}",
        context={
            **_record(statement, answer, zone=zone),
            "summary": ANSWER_WORDS[answer.kind],
            "why": f"you are the main contact of {answer.organisation_name}.",
        },
    )


def _record(statement: Statement, answer: Response, *, zone: str) -> dict[str, str]:
    capacity = CAPACITY_WORDS[answer.capacity] if answer.kind == "signed" else ""
    return {
        "title": statement.title,
        "organisation": answer.organisation_name,
        "signatory": answer.signatory_name,
        "capacity": capacity,
        "when": long_moment(answer.signed_at, zone),
        "signed_at": moment(answer.signed_at),
        "record_id": answer.record_id,
        "seq": str(answer.seq),
        "entry_sha256": answer.entry_sha256,
        "chain_head": answer.entry_sha256,
        "text_set_sha256": answer.text_set_sha256,
    }


def statement_published(statement: Statement, person: Person, *, signed: int, text_hash: str) -> Mail:
    """To everybody who was asked: it is public, and where."""
    return Mail(
        kind="statement_published",
        to_name=person.name,
        to_email=person.email,
        about=f"statement:{statement.id}",
        dedupe_key=f"statement_published:{statement.id}:{person.id}",
        context={
            "title": statement.title,
            "path": f"/statements/{statement.slug}",
            "signed": signed,
            "text_set_sha256": text_hash,
            "why": "you were asked to sign this statement.",
        },
        language=person.language,
    )
