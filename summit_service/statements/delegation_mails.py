"""The mails about handing a question on: to the main contact, and to who has handed it on."""

from __future__ import annotations

from summit_service import links
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.members.queries import Contact
from summit_service.statements import delegations, texts
from summit_service.statements.tables import Delegation, SigningRequest, Statement


def delegate_proposed(
    statement: Statement, request: SigningRequest, delegation: Delegation, contact: Contact, *, by: str
) -> Mail:
    """To the main contact: may this person answer for the organisation?"""
    link = LinkSpec(
        purpose=delegations.PURPOSE,
        subject=str(delegation.id),
        path=links.PURPOSES[delegations.PURPOSE],
        expires_at=statement.closes_at,
    )
    return Mail(
        kind="delegate_proposed",
        to_name=contact.name,
        to_email=contact.email,
        about=f"signing_delegation:{delegation.id}",
        dedupe_key=f"delegate_proposed:{delegation.id}",
        context={
            "title": statement.title,
            "organisation": request.organisation_name,
            "by": by,
            "name": delegation.name,
            "email": delegation.email,
            "why": f"you are the main contact of {request.organisation_name}.",
        },
        links={"confirm_url": link},
        expires_at=statement.closes_at,
    )


def signing_delegated(
    statement: Statement, request: SigningRequest, *, by: str, to_name: str, to_email: str
) -> Mail:
    """To who handed the question on and to the main contact: who answers now."""
    return Mail(
        kind="signing_delegated",
        to_name=to_name,
        to_email=to_email,
        about=f"signing_delegation_of:{request.id}",
        dedupe_key=f"signing_delegated:{request.id}:{request.person}:{request.last_mailed_at:%Y%m%d%H%M%S}:"
        f"{texts.sha256(to_email.casefold())[:16]}",
        context={
            "title": statement.title,
            "organisation": request.organisation_name,
            "by": by,
            "name": request.person_name,
            "why": f"the question to {request.organisation_name} was handed on.",
        },
    )
