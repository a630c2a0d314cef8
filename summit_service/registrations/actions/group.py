"""Registering several people of one organisation at once: all of them, or nobody and the reason for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_manages
from summit_service.accounts.addresses import email_address, email_key
from summit_service.errors import Fault, Invalid, NotFound
from summit_service.members import queries as members
from summit_service.registrations import answers, limits, queries, rules
from summit_service.registrations.actions import places
from summit_service.registrations.actions.register import Outcome, again, columns_of, insert
from summit_service.registrations.answers import FaultBook
from summit_service.registrations.rules import Details
from summit_service.summits.tables import Edition

MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to register, as typed; `field` is where they stand in what was sent."""

    field: str
    name: str
    email: str


async def register_group(
    year: int, people: Sequence[Person], *, organisation: str, attendance: str, actor: Actor, now: datetime
) -> list[tuple[str, Outcome]]:
    """Each person's name with what became of it; each gets a mail and answers the edition's questions by its link.

    Somebody who is registered already keeps what they have, and the outcome is a newcomer's (decisions/0006).
    Raises Invalid with every fault, and then nobody is registered.
    """
    member = await members.organisation_by_slug(organisation)
    if member is None:
        raise NotFound("There is no such organisation.")
    check_manages(actor, member.id)
    edition = await queries.announced_edition(year)
    rules.check_open(queries.window_of(edition), now=now)
    checked = _checked(people, edition, attendance)
    async with db.transaction():
        edition = await places.lock_edition(edition.id)
        rules.check_open(queries.window_of(edition), now=now)
        await places.settle(edition, now=now)
        faults = await limits.organisation_faults(edition.id, member.name, more=len(checked))
        if faults:
            raise Invalid([Fault("people", fault.sentence) for fault in faults])
        told = f"{len(checked)} of {member.name}"
        await journal.note("summit.group_registered", actor, year, edition.title, now=now, detail=told)
        return [
            (name, await _one(edition, name, email, member.name, attendance, actor=actor, now=now))
            for name, email in checked
        ]


async def _one(
    edition: Edition,
    name: str,
    email: str,
    organisation: str,
    attendance: str,
    *,
    actor: Actor,
    now: datetime,
) -> Outcome:
    edition = await places.lock_edition(edition.id)  # as it is after the one before
    known = await queries.live_registration(edition.id, email_key(email))
    if known is not None:
        return await again(known, email, attendance, now=now)
    columns = columns_of(Details(name=name, organisation=organisation), ())
    registered_by = f"{actor.name} ({organisation})"
    return await insert(edition, columns, email, attendance, registered_by=registered_by, now=now)


def _checked(people: Sequence[Person], edition: Edition, attendance: str) -> list[tuple[str, str]]:
    book, seen = FaultBook(), set[str]()
    if attendance not in rules.ATTENDANCES or not rules.can_attend(queries.capacity_of(edition, attendance)):
        book.faults.append(Fault("attendance", "Choose how they will attend."))
    if not 1 <= len(people) <= MOST_AT_ONCE:
        book.faults.append(Fault("people", f"Name from 1 to {MOST_AT_ONCE} people."))
        book.close()
    checked = [_person(person, book, seen) for person in people]
    book.close()
    return checked


def _person(person: Person, book: FaultBook, seen: set[str]) -> tuple[str, str]:
    own = FaultBook()
    name = own.take(lambda: answers.check_name(person.name), "")
    email = own.take(lambda: email_address(person.email), "")
    if email and email_key(email) in seen:
        own.faults.append(Fault("email", f"{email} stands here twice."))
    seen.add(email_key(email))
    if own.faults:
        shown = person.name.strip()[:60] or person.email.strip()[:60] or "no name"
        sentence = " ".join(fault.sentence for fault in own.faults)
        book.faults.append(Fault(person.field, f"{shown}: {sentence}"))
    return name, email
