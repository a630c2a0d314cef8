"""Everything that is known of one organisation's life, for the desk: what it did, was asked, answered and was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.query.functions import Lower

from summit_service.events.tables import Event
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.members.queries import Member
from summit_service.members.tables import Handover, Organisation
from summit_service.registrations.tables import Registration
from summit_service.statements.tables import Response, SigningRequest

MOST = 20


@dataclass(frozen=True, slots=True)
class Signing:
    """One request to the organisation, and its last answer (`kind` is empty while there is none)."""

    title: str
    slug: str
    person_name: str
    asked_at: datetime
    kind: str
    signatory_name: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody registered under the organisation's name."""

    name: str
    year: int
    registered_at: datetime
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """At most `MOST` of each, the newest first."""

    organisation: Organisation
    people: Sequence[Member]
    handovers: Sequence[Handover]
    events: Sequence[Event]
    event_count: int
    delegates: Sequence[Delegate]
    signings: Sequence[Signing]
    mails: Sequence[OutboxMessage]

    @property
    def last_answer(self) -> Signing | None:
        """The newest answer to any request."""
        answered = [one for one in self.signings if one.answered_at is not None]
        return max(answered, key=lambda one: one.answered_at or one.asked_at, default=None)


async def of(organisation: Organisation) -> Dossier:
    """The life of an organisation in eight queries, however long it was."""
    people = await members.people_of(organisation.id)
    events = Event.organisation == organisation.id
    handovers = Handover.objects().where(Handover.organisation == organisation.id)
    newest = Event.objects().where(events).order_by(Event.starts_instant, ascending=False)
    return Dossier(
        organisation=organisation,
        people=people,
        handovers=await handovers.order_by(Handover.id, ascending=False).limit(MOST),
        events=await newest.limit(MOST),
        event_count=int(await Event.count().where(events)),
        delegates=await _delegates(organisation),
        signings=await _signings(organisation),
        mails=await _mails({one.email for one in people}, organisation),
    )


async def _delegates(organisation: Organisation) -> list[Delegate]:
    """By the name that they typed; the register knows no other tie."""
    rows = (
        await Registration.select(
            Registration.name,
            Registration.created_at,
            Registration.cancelled_at,
            Registration.edition.year,
        )
        .where(Lower(Registration.organisation) == organisation.name.lower())
        .order_by(Registration.id, ascending=False)
        .limit(MOST)
    )
    return [
        Delegate(row["name"], row["edition.year"], row["created_at"], row["cancelled_at"] is not None)
        for row in rows
    ]


async def _signings(organisation: Organisation) -> list[Signing]:
    requests: Any = (
        await SigningRequest.objects(SigningRequest.statement)
        .where(SigningRequest.organisation == organisation.id)
        .order_by(SigningRequest.id, ascending=False)
        .limit(MOST)
    )
    answers: dict[int, Response] = {}
    if requests:
        asked = Response.request.is_in([request.id for request in requests])
        for answer in await Response.objects().where(asked).order_by(Response.id):
            answers[answer.request] = answer
    return [_signing(request, answers.get(request.id)) for request in requests]


def _signing(request: Any, answer: Response | None) -> Signing:
    return Signing(
        title=request.statement.title,
        slug=request.statement.slug,
        person_name=request.person_name,
        asked_at=request.created_at,
        kind=answer.kind if answer else "",
        signatory_name=answer.signatory_name if answer else "",
        answered_at=answer.signed_at if answer else None,
    )


async def _mails(addresses: set[str], organisation: Organisation) -> list[OutboxMessage]:
    """To its people and its key contact, by address."""
    known = sorted((addresses | {organisation.contact_email}) - {""})
    if not known:
        return []
    theirs = OutboxMessage.recipient_email.is_in(known)
    return list(
        await OutboxMessage.objects().where(theirs).order_by(OutboxMessage.id, ascending=False).limit(MOST)
    )
