"""Who else may answer for an organisation, and what the link opens with which its contact confirms somebody new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import links
from summit_service.accounts.tables import Person
from summit_service.members import queries as members
from summit_service.statements.letters import Letter
from summit_service.statements.tables import Delegation, SigningRequest, Statement

PURPOSE = "delegation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Somebody new who is to answer; `contact` is who was asked to confirm."""

    delegation: Delegation
    request: SigningRequest
    statement: Statement
    contact: str


async def others_of(letter: Letter) -> list[Person]:
    """The other signatories and alternates of the organisation, who may answer at once."""
    named = (await members.signatories_of([letter.organisation.id]))[letter.organisation.id]
    found = {person.id: person for person in (*named.signatories, *named.alternates)}
    return [person for person in found.values() if person.id != letter.person.id]


async def proposal_of(token: str, *, now: datetime) -> Proposal | None:
    """What the link opens; None for unknown, malformed and expired ones."""
    link = await links.find_live(PURPOSE, token, now=now)
    if link is None:
        return None
    row = await Delegation.objects().where(Delegation.id == int(link.subject)).first()
    if row is None:
        return None
    request: Any = await SigningRequest.objects().where(SigningRequest.id == row.request).first()
    statement = await Statement.objects().where(Statement.id == request.statement).first()
    organisation = await members.organisation_by_id(request.organisation)
    if statement is None or organisation is None:
        return None
    contact = await members.main_contact_of(organisation)
    return Proposal(
        delegation=row, request=request, statement=statement, contact=contact.name if contact else ""
    )
