"""Who else may answer for an organisation, and what the link opens with which its contact confirms somebody new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import links
from summit_service.accounts.actor import Actor
from summit_service.accounts.addresses import email_key
from summit_service.accounts.tables import Person
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.members.queries import Contact
from summit_service.statements.letters import Letter
from summit_service.statements.tables import Delegation, Response, SigningRequest, Statement

PURPOSE = "delegation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Somebody new who is to answer; `contact` is who was asked to confirm."""

    delegation: Delegation
    request: SigningRequest
    statement: Statement
    contact: Contact | None

    @property
    def contact_name(self) -> str:
        """Empty where the organisation has nobody any more."""
        return self.contact.name if self.contact else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody new whom the main contact has not confirmed yet, while the statement is open."""

    id: int
    name: str
    organisation: str
    title: str
    slug: str
    proposed_at: datetime


async def to_confirm(actor: Actor, *, now: datetime, limit: int) -> list[Named]:
    """Those that wait for this person as a main contact, the first one first."""
    mine = [one.id for one in await members.contact_of(actor)]
    if not mine:
        return []
    request: Any = Delegation.request
    rows = (
        await Delegation.select(
            Delegation.id,
            Delegation.name,
            Delegation.proposed_at,
            request.organisation_name.as_alias("organisation"),
            request.statement.title.as_alias("title"),
            request.statement.slug.as_alias("slug"),
        )
        .where(
            request.organisation.is_in(mine),
            request.statement.state == "signing",
            request.statement.closes_at > now,
            Delegation.settled_at.is_null(),
            Delegation.request.not_in(Response.select(Response.request)),
        )
        .order_by(Delegation.id)
        .limit(limit)
    )
    mailed = await _mailed_to(actor, [row["id"] for row in rows])
    return [Named(**row) for row in rows if row["id"] in mailed]


async def _mailed_to(actor: Actor, ids: Sequence[int]) -> set[int]:
    """Those of the proposals whose link is in a mail to this person: another may have been the main contact then."""
    about = {f"signing_delegation:{identifier}": identifier for identifier in ids}
    rows = await OutboxMessage.select(OutboxMessage.about, OutboxMessage.recipient_email).where(
        OutboxMessage.about.is_in([*about, ""])
    )
    mine = email_key(actor.email)
    return {about[row["about"]] for row in rows if email_key(row["recipient_email"]) == mine}


async def _was_mailed_to(contact: Contact | None, link: links.Link) -> bool:
    if link.outbox_id is None or contact is None:
        return False
    row = (
        await OutboxMessage.select(OutboxMessage.recipient_email)
        .where(OutboxMessage.id == link.outbox_id)
        .first()
    )
    return row is not None and email_key(row["recipient_email"]) == email_key(contact.email)


async def others_of(letter: Letter) -> list[Person]:
    """The other signatories and alternates of the organisation, who may answer at once."""
    named = (await members.signatories_of([letter.organisation.id]))[letter.organisation.id]
    found = {person.id: person for person in (*named.signatories, *named.alternates)}
    return [person for person in found.values() if person.id != letter.person.id]


async def proposal_of(token: str, *, now: datetime) -> Proposal | None:
    """What the link opens; None for unknown, malformed and expired ones, and for that of who was the main contact once.

    What is confirmed by it is told as the main contact's word, so it is theirs alone.
    """
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
    if row.settled_at is None and not await _was_mailed_to(contact, link):
        return None
    return Proposal(delegation=row, request=request, statement=statement, contact=contact)
