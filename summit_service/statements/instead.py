"""Reads about asking somebody else of an organisation: the question that is open, and who is named for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from summit_service.accounts.tables import Person
from summit_service.errors import NotFound
from summit_service.mail import streams
from summit_service.members import queries as members
from summit_service.members.tables import Organisation
from summit_service.statements import queries
from summit_service.statements.tables import SigningRequest, Statement


@dataclass(frozen=True, slots=True)
class Question:
    """What an organisation is asked about the text that is frozen now, and who else could be asked it."""

    request: SigningRequest
    organisation: Organisation
    others: list[Person]


async def request_of(statement: Statement, slug: str) -> Question:
    """The question to the organisation; raises NotFound where it is not asked."""
    organisation = await members.organisation_by_slug(slug)
    requests = await queries.requests_of(statement)
    request = next((r for r in requests if organisation and r.organisation == organisation.id), None)
    if organisation is None or request is None:
        raise NotFound("This organisation is not asked about the text.")
    named = (await members.signatories_of([organisation.id]))[organisation.id]
    people = {person.id: person for person in (*named.signatories, *named.alternates)}
    return Question(request, organisation, [one for one in people.values() if one.id != request.person])


async def unable_among(requests: Sequence[SigningRequest], *, at: datetime) -> set[int]:
    """Of requests without an answer, those of whoever does not sign for the organisation any more, by id."""
    if not requests:
        return set()
    signing = await queries.signing_among(requests, at=at)
    return {request.id for request in requests if (request.person, request.organisation) not in signing}


async def unwilling_among(requests: Sequence[SigningRequest]) -> set[int]:
    """Those of whoever has stopped our reminders, by id."""
    if not requests:
        return set()
    stopped = await streams.opted_out(streams.REMINDERS)
    asked = Person.id.is_in(queries.asked_in({request.text_set for request in requests}, "person"))
    rows = await Person.select(Person.id, Person.email).where(asked) if stopped else []
    people = {row["id"] for row in rows if streams.email_key(row["email"]) in stopped}
    return {request.id for request in requests if request.person in people}
