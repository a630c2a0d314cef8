"""The mails of a statement: who is told what; what they lead to is decided by the actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from piccolo.querystring import QueryString

from summit_service import links
from summit_service.accounts.tables import Person
from summit_service.mail import streams
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.members.queries import Contact
from summit_service.statements import answer_words, disputes, rules, texts
from summit_service.statements.evidence import moment
from summit_service.statements.holds import deadline_words
from summit_service.statements.holds import render as render_hold
from summit_service.statements.letters import PURPOSE
from summit_service.statements.tables import Dispute, Response, SigningRequest, Statement, TextVersion
from summit_service.statements.tallying import SIGNING
from summit_service.zones import long_deadline, long_moment

ABOUT = QueryString("'signing_request:' || id")
"""`about` of each request in a select of them."""


def about_response(record_id: str) -> str:
    """What ties the mails about one answer together."""
    return f"response:{record_id}"


def about(request: SigningRequest) -> str:
    """What a mail to a signatory is about: it is stopped when they have answered."""
    return f"signing_request:{request.id}"


def signing_request(
    statement: Statement, request: SigningRequest, person: Person, *, text_hash: str, zone: str, n: str = ""
) -> Mail:
    """The invitation: who asks whom for what by when, and the personal link. `n` tells a second one apart."""
    return _asking("signing_request", statement, request, person, text_hash=text_hash, zone=zone, n=n)


def signing_again(
    statement: Statement, request: SigningRequest, person: Person, *, text_hash: str, zone: str, n: str = ""
) -> Mail:
    """To whose organisation had signed an earlier text: it has changed, and the signature was not carried over."""
    return _asking("signing_again", statement, request, person, text_hash=text_hash, zone=zone, n=n)


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
    n: str = "",
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
        dedupe_key=f"{kind}:{request.id}:{person.id}:{n or request.mails + 1}",
        context={
            "title": statement.title,
            "organisation": request.organisation_name,
            "closes": deadline_words(statement, zone),
            "by": long_deadline(statement.closes_at, zone),
            "code": texts.code_word(text_hash),
            "why": f"you are named as the signatory of {request.organisation_name}.",
        },
        links={"sign_url": link},
        language=person.language,
        expires_at=statement.closes_at,
        is_repeatable=kind in {"signing_request", "signing_again"},
        calendar=render_hold(statement, request, zone=zone, now=request.created_at),
        calendar_method="PUBLISH",
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
        about=about_response(answer.record_id),
        dedupe_key=f"signing_receipt:{answer.record_id}:{person.id}",
        context={
            **_record(statement, answer, zone=zone),
            "summary": answer_words.summary(answer, "own"),
            "next_words": answer_words.next_words(statement, answer, zone),
            "why": answer_words.why(answer),
        },
        links={"not_me_url": _not_me(answer, "signatory")},
        language=person.language,
    )


def signing_notice(statement: Statement, contact: Contact, answer: Response, *, zone: str) -> Mail:
    """To the organisation's main contact, who should know that somebody has answered in its name."""
    return Mail(
        kind="signing_notice",
        to_name=contact.name,
        to_email=contact.email,
        about=about_response(answer.record_id),
        dedupe_key=f"signing_notice:{answer.record_id}",
        context={
            **_record(statement, answer, zone=zone),
            "summary": answer_words.summary(answer, "other"),
            "how": answer_words.how(answer),
            "why": f"you are the main contact of {answer.organisation_name}.",
        },
        links={"not_me_url": _not_me(answer, "contact")},
    )


def _not_me(answer: Response, side: str) -> LinkSpec:
    """The link with which who is told of an answer says that it was not given by who should have."""
    return LinkSpec(
        purpose=disputes.PURPOSE,
        subject=f"{answer.record_id}:{side}",
        path=links.PURPOSES[disputes.PURPOSE],
        expires_at=answer.signed_at + rules.DISPUTE_LIFE,
    )


def signature_disputed(
    statement: Statement, answer: Response, dispute: Dispute, *, to_name: str, to_email: str
) -> Mail:
    """To the other one who was told of the answer: somebody says that it was not theirs."""
    return _about_dispute("signature_disputed", statement, answer, dispute, to_name, to_email)


def dispute_settled(
    statement: Statement, answer: Response, dispute: Dispute, *, to_name: str, to_email: str
) -> Mail:
    """To both: what became of it, and why."""
    return _about_dispute("dispute_settled", statement, answer, dispute, to_name, to_email)


def _about_dispute(
    kind: str, statement: Statement, answer: Response, dispute: Dispute, to_name: str, to_email: str
) -> Mail:
    return Mail(
        kind=kind,
        to_name=to_name,
        to_email=to_email,
        about=about_response(answer.record_id),
        dedupe_key=f"{kind}:{dispute.id}:{texts.sha256(to_email.casefold())[:16]}",
        context={
            "title": statement.title,
            "organisation": answer.organisation_name,
            "signatory": answer.signatory_name,
            "summary": answer_words.OTHERS[answer.kind],
            "raised_by": dispute.name,
            "is_held": statement.state not in {"published", "cancelled"},
            "outcome": dispute.outcome,
            "note": dispute.note,
            "record_id": answer.record_id,
            "why": f"we had told you of this answer of {answer.organisation_name}.",
        },
    )


def _record(statement: Statement, answer: Response, *, zone: str) -> dict[str, Any]:
    capacity = answer_words.CAPACITY[answer.capacity] if answer.kind in SIGNING else ""
    return {
        "title": statement.title,
        "organisation": answer.organisation_name,
        "is_late": answer.is_late,
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


def about_freeze(statement: Statement) -> str:
    """What ties the mails about a freeze by two together: they are stopped when the text is frozen."""
    return f"freeze:{statement.id}"


def freeze_asked(
    statement: Statement, person: Person, texts: Sequence[TextVersion], *, by: str, seq: int
) -> Mail:
    """To the others of the secretariat: a freeze waits for one of them. `seq` is the number of its ledger entry."""
    return Mail(
        kind="freeze_asked",
        to_name=person.name,
        to_email=person.email,
        about=about_freeze(statement),
        dedupe_key=f"freeze_asked:{statement.id}:{seq}:{person.id}",
        context={
            "title": statement.title,
            "by": by,
            "texts": [f"version {text.n} ({text.language})" for text in texts],
            "path": f"/desk/statements/{statement.slug}/freeze",
            "why": "you are one of the secretariat.",
        },
        language=person.language,
    )


def signing_ended(
    statement: Statement,
    request: SigningRequest,
    person: Person,
    answer: Response | None,
    *,
    note: str,
    is_early: bool,
) -> Mail:
    """To each who was asked: signing ended before its deadline; why, and what is on record for their organisation.

    `is_early` is for an end by hand with the reason `note`; otherwise everybody has answered.
    """
    return Mail(
        kind="signing_ended",
        to_name=person.name,
        to_email=person.email,
        about=f"statement:{statement.id}",
        dedupe_key=f"signing_ended:{request.id}",
        context={
            "title": statement.title,
            "organisation": request.organisation_name,
            "summary": answer_words.OTHERS[answer.kind] if answer else "has not answered",
            "deadline": deadline_words(statement, statement.closes_timezone),
            "is_early": is_early,
            "note": note,
            "path": f"/statements/{statement.slug}",
            "why": f"you were asked to answer for {request.organisation_name}.",
        },
        language=person.language,
    )


def statement_not_published(
    statement: Statement,
    request: SigningRequest,
    person: Person,
    answer: Response | None,
    *,
    verdict: str = "",
    note: str = "",
    reopened: int = 0,
) -> Mail:
    """To each who was asked: it was not adopted, with the count's `verdict`; or given up, with the reason `note`.

    Once, and once more for each time that the outcome was `reopened` after a dispute.
    """
    return Mail(
        kind="statement_not_published",
        to_name=person.name,
        to_email=person.email,
        about=f"statement:{statement.id}",
        dedupe_key=f"statement_not_published:{request.id}" + (f":{reopened}" if reopened else ""),
        context={
            "title": statement.title,
            "organisation": request.organisation_name,
            "summary": answer_words.OTHERS[answer.kind] if answer else "has not answered",
            "verdict": verdict,
            "note": note,
            "why": f"you were asked to answer for {request.organisation_name}.",
        },
        language=person.language,
    )


def statement_published(
    statement: Statement, person: Person, *, signed: int, text_hash: str, manifest_sha256: str, head: str
) -> Mail:
    """To everybody who was asked: it is public, and where; with the hashes that make the reader a witness of it."""
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
            "manifest_sha256": manifest_sha256,
            "chain_head": head,
            "why": "you were asked to sign this statement.",
        },
        language=person.language,
    )
