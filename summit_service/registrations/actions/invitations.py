"""Inviting somebody past the queue: a place is held from the mail on until they answer, or it expires."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.addresses import email_address, email_key
from summit_service.errors import Conflict, Gone, Invalid, NotFound
from summit_service.mail import outbox
from summit_service.registrations import answers, invited, limits, mails, needs, queries, questions, rules
from summit_service.registrations.actions import manage, places, seats
from summit_service.registrations.actions.register import Outcome, columns_of, new_row
from summit_service.registrations.answers import FaultBook, Given
from summit_service.registrations.tables import Invitation, Registration
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

FULL = "No place {} is free. Raise the limit first: an invitation holds a place."
ENDED = {
    rules.DECLINED: "You have declined this invitation.",
    rules.WITHDRAWN: "This invitation was withdrawn.",
    rules.EXPIRED: "This invitation has expired, and the place went to somebody else.",
    rules.SWITCHED: "You have such a place by your registration, so the one that was held here went to somebody else.",
}


async def invite(
    year: int, *, name: str, email: str, attendance: str, actor: Actor, now: datetime
) -> Invitation:
    """Hold a place for somebody and mail them the link. Capacity is never exceeded: without a free place, Conflict.

    Raises Invalid for what was typed, Conflict for who is invited or confirmed already, Gone once the summit began.
    """
    check_secretariat(actor)
    edition_id = (await summits.found_edition(year)).id
    book = FaultBook()
    name = book.take(lambda: answers.check_name(name), "")
    address = book.take(lambda: email_address(email), "")
    if attendance not in rules.ATTENDANCES:
        book.take(_no_way, None)
    book.close()
    async with db.transaction():
        edition = await places.lock_edition(edition_id)
        rules.check_can_invite(queries.window_of(edition), now=now)
        await places.settle(edition, now=now)
        await _check_not_known(edition, address, attendance)
        if not await places.take(edition.id, attendance):
            words = rules.WORDS[attendance]
            raise Conflict(FULL.format(words), code="full")
        await journal.note("summit.invited", actor, year, edition.title, now=now)
        return await _send(edition, name, address, attendance, actor=actor, now=now)


async def withdraw(invitation_id: int, *, actor: Actor, now: datetime) -> Invitation:
    """Take an open invitation back; the place goes to the next in line. A second time changes nothing."""
    check_secretariat(actor)
    invitation = await _found(invitation_id)
    async with db.transaction():
        await _end(invitation, reason=rules.WITHDRAWN, now=now)
        edition = await places.lock_edition(invitation.edition)
        await journal.note("summit.invitation_withdrawn", actor, edition.year, edition.title, now=now)
    return await _found(invitation_id)


async def decline_invitation(token: str, *, now: datetime) -> Invitation:
    """Say no; the place goes to the next in line. A second time changes nothing; Gone for one that ended otherwise."""
    found = await invited.opened(token, now=now)
    async with db.transaction():
        invitation = await _end(found.invitation, reason=rules.DECLINED, now=now)
    if invitation.ended_reason != rules.DECLINED:
        raise Gone(
            ENDED.get(invitation.ended_reason, "You have registered already."), code="invitation_ended"
        )
    return invitation


async def accept_invitation(token: str, given: Given, *, now: datetime) -> Outcome:
    """Register with the place that is held; who waits or attends in another way moves to it.

    A second time changes nothing. Raises Invalid with every fault, and Gone for an invitation that has ended.
    """
    found = await invited.opened(token, now=now)
    book = FaultBook()
    asked = await questions.questions_of(found.edition.id)
    details = answers.check_details(given, asked, book)
    book.close()
    async with db.transaction():
        edition = await places.lock_edition(found.edition.id)
        await places.settle(edition, now=now)
        invitation = await _found(found.invitation.id)
        outcome = Outcome(rules.CONFIRMED, invitation.attendance, invitation.email)
        if invitation.ended_reason == rules.ACCEPTED:
            return outcome
        if not invitation.ended_reason:
            known = await queries.live_registration(edition.id, invitation.email_key)
            full = await limits.faults_of(edition.id, details, asked, but=known.id if known else 0)
            if full:
                raise Invalid(full)
            await places.end_invitation(invitation, reason=rules.ACCEPTED, now=now)
            await outbox.stop(mails.about_invitation(invitation), reason="It was accepted.", now=now)
            columns = columns_of(details, asked, before=known.answers if known else "{}")
            await _seat(edition, invitation, known, columns, now=now)
    if invitation.ended_reason:
        raise Gone(ENDED[invitation.ended_reason], code="invitation_ended")
    return outcome


async def _seat(
    edition: Edition,
    invitation: Invitation,
    known: Registration | None,
    columns: dict[str, Any],
    *,
    now: datetime,
) -> None:
    """The held place becomes theirs; what they had or waited for before is free for others."""
    if known is None:
        registration = await new_row(edition, columns, invitation.email, now=now)
        place = await places.confirm(registration, invitation.attendance, now=now)
        await mails.confirmed(registration, edition, place, now=now)
        return
    standing = await queries.standing(known.id, now=now)
    for former in (standing.confirmed, standing.awaited):
        if former is not None:
            await places.end(former, reason=rules.SWITCHED, now=now)
    columns = {**columns, "needs_changed_at": needs.changed_at(known, columns, now=now)}
    for column, value in columns.items():
        setattr(known, column, value)
    await known.save([getattr(Registration, column) for column in columns])
    place = await places.confirm(known, invitation.attendance, now=now)
    await seats.leave_unfit(edition, known.id, place, now=now)
    await manage.replace_entry(known, reason="An invitation was accepted.", now=now)
    await outbox.stop(
        mails.about(known),
        reason="An invitation was accepted.",
        kinds=[mails.WAITLISTED, mails.OFFERED],
        now=now,
    )
    await (mails.changed if standing.confirmed else mails.confirmed)(known, edition, place, now=now)
    await places.settle(edition, now=now)


async def _send(
    edition: Edition, name: str, email: str, attendance: str, *, actor: Actor, now: datetime
) -> Invitation:
    invitation = Invitation(
        edition=edition.id,
        name=name,
        email=email,
        email_key=email_key(email),
        attendance=attendance,
        created_at=now,
        created_by_name=actor.name,
        expires_at=rules.invitation_expiry(queries.window_of(edition), now=now),
    )
    await invitation.save()
    await mails.invited(invitation, edition, now=now)
    return invitation


async def _check_not_known(edition: Edition, email: str, attendance: str) -> None:
    if await invited.open_invitation(edition.id, email_key(email)) is not None:
        raise Conflict(
            "This address has an open invitation. Withdraw it first to send another.", code="invited"
        )
    known = await queries.live_registration(edition.id, email_key(email))
    if known is not None:
        held = [place for place in await queries.live_places(known.id) if place.state == rules.CONFIRMED]
        if any(place.attendance == attendance for place in held):
            raise Conflict(f"This address has a place {rules.WORDS[attendance]} already.", code="registered")


async def _end(invitation: Invitation, *, reason: str, now: datetime) -> Invitation:
    edition = await places.lock_edition(invitation.edition)
    await places.settle(edition, now=now)
    if await places.end_invitation(invitation, reason=reason, now=now):
        await outbox.stop(mails.about_invitation(invitation), reason=f"The invitation was {reason}.", now=now)
        await places.settle(edition, now=now)
    return await _found(invitation.id)


async def _found(invitation_id: int) -> Invitation:
    invitation = await Invitation.objects().get(Invitation.id == invitation_id)
    if invitation is None:
        raise NotFound("There is no such invitation.")
    return invitation


def _no_way() -> None:
    raise Invalid.one("attendance", "Choose how they will attend: in person or online.")
