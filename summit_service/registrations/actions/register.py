"""Registering somebody for a summit: a place if one is free and nobody waits, else the end of the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from summit_service import db, settings
from summit_service.accounts.addresses import email_address, email_key
from summit_service.errors import Fault, Invalid
from summit_service.registrations import answers, limits, mails, needs, queries, questions, rules, stored
from summit_service.registrations.actions import places
from summit_service.registrations.answers import Asked, FaultBook, Given
from summit_service.registrations.rules import Details
from summit_service.registrations.tables import Registration
from summit_service.summits.tables import Edition

SAME_ACT = timedelta(minutes=10)
"""An exact repeat within this time is one act sent twice: a double click, a reload, a program's retry."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the one who registered is told: confirmed, or waitlisted with the place in the queue."""

    state: str
    attendance: str
    email: str
    position: int | None = None


async def register(given: Given, *, year: int, email: str, attendance: str, now: datetime) -> Outcome:
    """Register somebody; the mail with the manage link goes out with it.

    For an address that is registered already nothing changes and the mail repeats the link; the outcome is
    that of a newcomer, so that a stranger learns nothing about who comes (docs/decisions/0006). Raises
    NotFound, Conflict before registration opens, Gone after it closed, and Invalid with every fault.
    """
    edition = await queries.announced_edition(year)
    rules.check_open(queries.window_of(edition), now=now)
    book = FaultBook()
    asked = await questions.questions_of(edition.id)
    details = answers.check_details(given, asked, book)
    address = book.take(lambda: email_address(email), "")
    book.take(lambda: _check_attendance(edition, attendance), None)
    book.close()
    async with db.transaction():
        edition = await places.lock_settled(edition.id, now=now)
        rules.check_open(queries.window_of(edition), now=now)
        known = await queries.live_registration(edition.id, email_key(address))
        if known is not None and await _is_same_act(known, details, asked, attendance, now=now):
            standing = await queries.standing(known.id, now=now)
            return Outcome(standing.state, attendance, address, standing.position)
        full = await limits.faults_of(edition.id, details, asked)
        full += await limits.organisation_faults(edition.id, details.organisation)
        if known is not None:
            outcome = await again(known, address, attendance, now=now)
        elif not full:
            columns = columns_of(details, asked)
            return await insert(edition, columns, address, attendance, now=now)
    if full:  # only now: the mail to somebody who is registered goes out all the same
        raise Invalid(full)
    return outcome


def _check_attendance(edition: Edition, attendance: str) -> None:
    if attendance not in rules.ATTENDANCES:
        raise Invalid([Fault("attendance", "Choose how you will attend: in person or online.")])
    if not rules.can_attend(queries.capacity_of(edition, attendance)):
        raise Invalid([Fault("attendance", f"Nobody can attend this summit {rules.WORDS[attendance]}.")])


async def insert(
    edition: Edition,
    columns: dict[str, Any],
    email: str,
    attendance: str,
    *,
    registered_by: str = "",
    now: datetime,
) -> Outcome:
    """A new registration with a place, or at the end of the queue, and its mail; the edition is locked."""
    registration = await new_row(edition, columns, email, now=now)
    if await places.take_unless_queued(edition.id, attendance):
        place = await places.confirm(registration, attendance, now=now)
        await mails.confirmed(registration, edition, place, registered_by=registered_by, now=now)
        return Outcome(rules.CONFIRMED, attendance, email)
    place = await places.enqueue(registration, attendance, now=now)
    position = await queries.position_of(place)
    await mails.waitlisted(
        registration, edition, place, position=position, kept="", registered_by=registered_by, now=now
    )
    return Outcome(rules.WAITLISTED, attendance, email, position)


async def new_row(edition: Edition, columns: dict[str, Any], email: str, *, now: datetime) -> Registration:
    """A registration without a place yet; the caller gives it one."""
    registration = Registration(
        edition=edition.id,
        email=email,
        email_key=email_key(email),
        uid=f"registration-{uuid4().hex}@{settings.current().host}",
        created_at=now,
        changed_at=now,
        needs_changed_at=needs.changed_at(None, columns, now=now),
        **columns,
    )
    await registration.save()
    return registration


def columns_of(details: Details, asked: Sequence[Asked], *, before: str = "{}") -> dict[str, Any]:
    """The columns of a registration that hold what the delegate told us; `before` is what was answered earlier."""
    return {
        "name": details.name,
        "organisation": details.organisation,
        "dietary": details.dietary,
        "access_needs": details.access_needs,
        "is_listed": details.is_listed,
        "timezone": details.timezone,
        "answers": stored.stamped(details.answers, asked, before=before),
    }


async def again(known: Registration, email: str, attendance: str, *, now: datetime) -> Outcome:
    """Mail the link to who is registered already, and say what a newcomer would be told."""
    standing = await queries.standing(known.id, now=now)
    await mails.manage_link(known, standing.edition, standing.attendance, state=standing.state, now=now)
    return await _as_newcomer(standing.edition, attendance, email)


async def _is_same_act(
    known: Registration, details: Details, asked: Sequence[Asked], attendance: str, *, now: datetime
) -> bool:
    is_same = all(getattr(known, name) == value for name, value in columns_of(details, asked).items())
    if not is_same or now - known.created_at > SAME_ACT:
        return False
    return (await queries.standing(known.id, now=now)).attendance == attendance


async def _as_newcomer(edition: Edition, attendance: str, email: str) -> Outcome:
    """What somebody with another address would be told at this moment."""
    waiting = await queries.waiting_count(edition.id, attendance)
    taken, capacity = queries.taken_of(edition, attendance), queries.capacity_of(edition, attendance)
    if rules.goes_to_the_queue(taken=taken, capacity=capacity, waiting=waiting):
        return Outcome(rules.WAITLISTED, attendance, email, waiting + 1)
    return Outcome(rules.CONFIRMED, attendance, email)
