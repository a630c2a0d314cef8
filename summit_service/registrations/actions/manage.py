"""What a delegate does with the link in the mail: change what they told us, attend in another way, cancel."""

from __future__ import annotations

from datetime import datetime

from summit_service import db
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.mail import outbox
from summit_service.registrations import answers, limits, mails, needs, queries, questions, rules, stored
from summit_service.registrations.actions import letter_data, places, seats
from summit_service.registrations.actions.register import columns_of
from summit_service.registrations.answers import FaultBook, Given
from summit_service.registrations.queries import Standing
from summit_service.registrations.tables import Registration
from summit_service.summits.tables import Edition

CANCELLED_ALREADY = "This registration is cancelled. To come after all, register again."


async def opened(token: str, *, now: datetime) -> tuple[Edition, Standing]:
    """The edition, locked and settled, and the registration behind a link. Raises NotFound."""
    registration_id = await queries.registration_id_of(token, now=now)
    edition_id = (await queries.standing(registration_id, now=now)).edition.id
    edition = await places.lock_settled(edition_id, now=now)
    return edition, await queries.standing(registration_id, now=now)


async def change_details(token: str, given: Given, *, now: datetime) -> Standing:
    """Change what the delegate told us; the place stays. Raises NotFound, Conflict, Gone and Invalid."""
    registration_id = await queries.registration_id_of(token, now=now)
    before = await queries.standing(registration_id, now=now)
    book = FaultBook()
    asked = await questions.questions_of(before.edition.id)
    details = answers.check_details(given, asked, book)
    book.close()
    async with db.transaction():
        edition, standing = await opened(token, now=now)
        await check_changeable(edition, standing, now=now)
        row = standing.registration
        earlier = stored.values(row.answers)
        full = await limits.faults_of(edition.id, details, asked, but=row.id, before=earlier)
        if limits.organisation_key(details.organisation) != limits.organisation_key(row.organisation):
            full += await limits.organisation_faults(edition.id, details.organisation)
        if full:
            raise Invalid(full)
        columns = columns_of(details, asked, before=row.answers)
        row.needs_changed_at = needs.changed_at(row, columns, now=now)
        for name, value in columns.items():
            setattr(row, name, value)
        row.changed_at = now
        await row.save()
        return standing


async def change_attendance(token: str, *, attendance: str, or_wait: bool, now: datetime) -> Standing:
    """Attend in another way, if a place is free and nobody waits for it; else wait for it, if that is wished.

    Whatever is held stays until the other place is there. Raises Conflict with the code `full` where all
    places are taken and `or_wait` is not said.
    """
    if attendance not in rules.ATTENDANCES:
        raise Invalid.one("attendance", "Choose how you will attend: in person or online.")
    async with db.transaction():
        edition, standing = await opened(token, now=now)
        await check_changeable(edition, standing, now=now)
        if attendance in _places_of(standing):
            return standing
        if standing.awaited is not None and standing.awaited.state == rules.OFFERED:
            raise Conflict("A place is offered to you. Answer the offer first.", code="offer_open")
        if await places.take_unless_queued(edition.id, attendance):
            await _move(edition, standing, attendance, now=now)
        else:
            await _wait(edition, standing, attendance, or_wait=or_wait, now=now)
        await places.settle(edition, now=now)
        return await queries.standing(standing.registration.id, now=now)


async def stop_waiting(token: str, *, now: datetime) -> Standing:
    """Leave the queue and keep the place that is held. Raises Conflict where there is none."""
    async with db.transaction():
        edition, standing = await opened(token, now=now)
        await check_changeable(edition, standing, now=now)
        if standing.confirmed is None:
            raise Conflict("You hold no other place. Cancel the registration instead.", code="no_other_place")
        if standing.awaited is not None and standing.awaited.state == rules.WAITLISTED:
            await places.end(standing.awaited, reason=rules.CANCELLED, now=now)
            await _stop_mails(standing, "Does not wait any more.", kinds=[mails.WAITLISTED], now=now)
        return await queries.standing(standing.registration.id, now=now)


async def cancel(token: str, *, now: datetime) -> Standing:
    """Cancel all of it; the place is free again, once, for the next. A second time changes nothing."""
    async with db.transaction():
        edition, standing = await opened(token, now=now)
        if standing.registration.cancelled_at is not None:
            return standing
        rules.check_not_over(queries.window_of(edition), now=now)
        await end_registration(edition, standing, reason=rules.CANCELLED, now=now)
        await places.settle(edition, now=now)
        return await queries.standing(standing.registration.id, now=now)


async def end_registration(edition: Edition, standing: Standing, *, reason: str, now: datetime) -> None:
    """End every place of a registration and the registration, stop its mails and send the last one."""
    registration = standing.registration
    for place in (standing.confirmed, standing.awaited):
        if place is not None:
            await places.end(place, reason=reason, now=now)
    registration.cancelled_at = registration.changed_at = now
    registration.cancelled_reason = reason
    held = standing.confirmed.attendance if standing.confirmed is not None else ""
    registration.sequence += 1 if held else 0
    await registration.save()
    await seats.leave_unfit(edition, registration.id, None, now=now)
    await letter_data.end(registration.id)
    await _stop_mails(standing, "The registration was cancelled.", now=now)
    await mails.cancelled(registration, edition, held, waited=standing.attendance, now=now)


async def check_changeable(edition: Edition, standing: Standing, *, now: datetime) -> None:
    """Raises Conflict for a cancelled registration, and Gone once the day for changes or the summit is over."""
    if standing.registration.cancelled_at is not None:
        raise Conflict(CANCELLED_ALREADY, code="registration_cancelled")
    rules.check_not_over(queries.window_of(edition), now=now)
    ends_at = questions.changes_end_at(await questions.terms_of(edition.id), edition)
    rules.check_changes_possible(ends_at, zone=edition.timezone, now=now)


async def _move(edition: Edition, standing: Standing, attendance: str, *, now: datetime) -> None:
    """To a place that `take` has counted. Who only waited until now keeps their turn in the queue."""
    registration, held = standing.registration, standing.confirmed
    await places.spare_invitation(registration, attendance, now=now)
    if held is None:
        place = await places.confirm(registration, attendance, now=now)
        await mails.confirmed(registration, edition, place, now=now)
        return
    await places.end(held, reason=rules.SWITCHED, now=now)
    place = await places.confirm(registration, attendance, now=now)
    await seats.leave_unfit(edition, registration.id, place, now=now)
    await replace_entry(registration, now=now)
    await mails.changed(registration, edition, place, now=now)


async def replace_entry(
    registration: Registration, *, reason: str = "Attends in another way now.", now: datetime
) -> None:
    """The next version of the calendar entry; a mail with the last one that still waits is pointless."""
    registration.sequence += 1
    registration.changed_at = now
    await registration.save([Registration.sequence, Registration.changed_at])
    await outbox.stop(
        mails.about(registration),
        reason=reason,
        kinds=[mails.CONFIRMED, mails.CHANGED, mails.MANAGE_LINK],
        now=now,
    )


async def _wait(
    edition: Edition, standing: Standing, attendance: str, *, or_wait: bool, now: datetime
) -> None:
    held = standing.attendance
    if not or_wait:
        stays = f"You keep your {'place' if standing.confirmed else 'turn'} {rules.WORDS[held]}."
        raise Conflict(f"No place to attend {rules.WORDS[attendance]} is free. {stays}", code="full")
    if standing.awaited is not None:
        sentence = f"You wait for a place {rules.WORDS[held]} already, and one can wait in one queue only."
        raise Conflict(sentence, code="waits")
    if not rules.can_offer(queries.window_of(edition), now=now):
        raise Gone("Registration has closed, so no place is offered any more.", code="registration_closed")
    if not rules.can_attend(queries.capacity_of(edition, attendance)):
        raise Invalid.one("attendance", f"Nobody can attend this summit {rules.WORDS[attendance]}.")
    place = await places.enqueue(standing.registration, attendance, now=now)
    position = await queries.position_of(place)
    await mails.waitlisted(standing.registration, edition, place, position=position, kept=held, now=now)


def _places_of(standing: Standing) -> set[str]:
    return {place.attendance for place in (standing.confirmed, standing.awaited) if place is not None}


async def _stop_mails(
    standing: Standing, reason: str, *, kinds: list[str] | None = None, now: datetime
) -> None:
    await outbox.stop(mails.about(standing.registration), reason=reason, kinds=kinds or (), now=now)
