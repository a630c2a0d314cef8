"""Everything that is known of one organisation's life, for the desk: what it did, was asked, answered and was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.custom_types import Combinable
from piccolo.table import Table

from summit_service import caseless
from summit_service.consortia import queries as consortia
from summit_service.consortia.queries import Brief
from summit_service.enquiries import queries as enquiries
from summit_service.enquiries.tables import Enquiry
from summit_service.events.tables import Event
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.members.queries import Member
from summit_service.members.tables import Handover, Organisation, Role
from summit_service.registrations.tables import Registration
from summit_service.resources.tables import Resource
from summit_service.statements.tables import Response, SigningRequest

MOST, MANY = 20, 1_000
"""Of each part of the page; of one that is asked for as a whole."""
ANSWERED: Any = Response.request


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
class Answer:
    """The newest answer to any request."""

    kind: str
    title: str
    signatory_name: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody registered under the organisation's name."""

    name: str
    year: int
    registered_at: datetime
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """At most `MOST` of each, the newest first, and by part how many there are in all."""

    organisation: Organisation
    people: Sequence[Member]
    handovers: Sequence[Handover]
    events: Sequence[Event]
    delegates: Sequence[Delegate]
    signings: Sequence[Signing]
    mails: Sequence[OutboxMessage]
    resources: Sequence[Resource]
    consortia: Sequence[Brief]
    last_answer: Answer | None
    enquiry: Enquiry | None
    counts: Mapping[str, int]


async def of(organisation: Organisation, *, now: datetime, whole: str = "") -> Dossier:
    """The life of an organisation, in as many queries however long it was; `whole` names a part to show MANY of.

    The enquiry by which it joined is there until its time is over.
    """
    people = await members.people_of(organisation.id)
    handovers = Handover.objects().where(Handover.organisation == organisation.id)
    parts: dict[str, tuple[type[Table], Combinable]] = {
        "events": (Event, Event.organisation == organisation.id),
        "delegates": (Registration, _under_its_name(organisation)),
        "signatures": (SigningRequest, SigningRequest.organisation == organisation.id),
        "mails": (
            OutboxMessage,
            _to({one.email for one in people}, organisation, left=await _left(organisation)),
        ),
        "resources": (Resource, Resource.organisation == organisation.id),
    }

    def limit(part: str) -> int:
        return MANY if part == whole else MOST

    newest = Event.objects().where(parts["events"][1]).order_by(Event.starts_instant, ascending=False)
    mails = OutboxMessage.objects().where(parts["mails"][1]).order_by(OutboxMessage.id, ascending=False)
    shared = Resource.objects().where(parts["resources"][1]).order_by(Resource.id, ascending=False)
    return Dossier(
        organisation=organisation,
        people=people,
        handovers=await handovers.order_by(Handover.id, ascending=False).limit(MOST),
        events=await newest.limit(limit("events")),
        delegates=await _delegates(parts["delegates"][1], limit=limit("delegates")),
        signings=await _signings(parts["signatures"][1], limit=limit("signatures")),
        mails=await mails.limit(limit("mails")),
        resources=await shared.limit(limit("resources")),
        consortia=await consortia.of_organisation(organisation.id, limit=MANY),
        last_answer=await _last_answer(organisation),
        enquiry=await enquiries.enquiry_of(organisation.id, now=now),
        counts={part: int(await table.count().where(where)) for part, (table, where) in parts.items()},
    )


async def _last_answer(organisation: Organisation) -> Answer | None:
    row = (
        await Response.select(
            Response.kind,
            Response.signatory_name,
            Response.signed_at.as_alias("answered_at"),
            ANSWERED.statement.title.as_alias("title"),
        )
        .where(ANSWERED.organisation == organisation.id)
        .order_by(Response.id, ascending=False)
        .first()
    )
    return Answer(**row) if row else None


def _under_its_name(organisation: Organisation) -> Combinable:
    """By the name that they typed; the register knows no other tie."""
    # As it is written, too: SQLite folds ASCII letters alone.
    asked = Registration.organisation
    return caseless.is_same(asked, organisation.name) | (asked == organisation.name)


async def _delegates(where: Combinable, *, limit: int) -> list[Delegate]:
    rows = (
        await Registration.select(
            Registration.name,
            Registration.created_at,
            Registration.cancelled_at,
            Registration.edition.year,
        )
        .where(where)
        .order_by(Registration.id, ascending=False)
        .limit(limit)
    )
    return [
        Delegate(row["name"], row["edition.year"], row["created_at"], row["cancelled_at"] is not None)
        for row in rows
    ]


async def _signings(where: Combinable, *, limit: int) -> list[Signing]:
    requests: Any = (
        await SigningRequest.objects(SigningRequest.statement)
        .where(where)
        .order_by(SigningRequest.id, ascending=False)
        .limit(limit)
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


async def _left(organisation: Organisation) -> dict[str, datetime]:
    """By the address of each who had a role here, when the last of them ended."""
    person: Any = Role.person
    rows = await Role.select(person.email.as_alias("email"), Role.ended_at).where(
        (Role.organisation == organisation.id) & Role.ended_at.is_not_null()
    )
    left: dict[str, datetime] = {}
    for row in rows:
        left[row["email"]] = max(row["ended_at"], left.get(row["email"], row["ended_at"]))
    return left


def _to(addresses: set[str], organisation: Organisation, *, left: Mapping[str, datetime]) -> Combinable:
    """To its people and its key contact, by address; to who has left, what was sent until then."""
    known = sorted((addresses | {organisation.contact_email}) - {""})
    found: Combinable = OutboxMessage.recipient_email.is_in(known or ["nobody"])
    for email, until in sorted(left.items()):
        if email and email not in known:
            found |= (OutboxMessage.recipient_email == email) & (OutboxMessage.created_at <= until)
    return found
