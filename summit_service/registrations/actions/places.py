"""Taking places, giving them back and handing them on: the only file that changes how many are taken.

Everything here runs in the caller's transaction, after `lock_edition`: from then on nobody else moves places
of this edition, so that the count, the queue and the offers are seen as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from piccolo.columns import Integer

from summit_service import db
from summit_service.errors import NotFound
from summit_service.mail import outbox
from summit_service.registrations import invited, mails, queries, rules
from summit_service.registrations.tables import Invitation, Place, Registration
from summit_service.summits.tables import Edition


async def lock_edition(edition_id: int) -> Edition:
    """The edition as it is now, its places ours to move until the commit."""
    edition = await db.for_update(Edition.objects().where(Edition.id == edition_id)).first()
    if edition is None:
        raise NotFound("There is no such summit.")
    return edition


async def take_unless_queued(edition_id: int, attendance: str) -> bool:
    """A free place for somebody who did not wait: only where nobody does."""
    return await queries.waiting_count(edition_id, attendance) == 0 and await take(edition_id, attendance)


async def take(edition_id: int, attendance: str) -> bool:
    """Count one more place as taken; False when all are. The condition holds even without the lock."""
    taken, capacity = _columns(attendance)
    counted = (
        await Edition.update({taken: taken + 1})
        .where((Edition.id == edition_id) & (taken < capacity))
        .returning(Edition.id)
    )
    return bool(counted)


async def end(place: Place, *, reason: str, now: datetime) -> bool:
    """End a place once; what was held becomes free. False when it had ended already."""
    ended = (
        await Place.update({Place.state: rules.ENDED, Place.ended_at: now, Place.ended_reason: reason})
        .where((Place.id == place.id) & (Place.state == place.state))
        .returning(Place.id)
    )
    if ended and place.state in rules.HOLDING:
        await _give_back(place.edition, place.attendance)
    return bool(ended)


async def end_invitation(invitation: Invitation, *, reason: str, now: datetime) -> bool:
    """End an invitation once. The place that it held goes to who accepts, and else becomes free."""
    ended = (
        await Invitation.update({Invitation.ended_at: now, Invitation.ended_reason: reason})
        .where((Invitation.id == invitation.id) & Invitation.ended_at.is_null())
        .returning(Invitation.id)
    )
    if ended and reason != rules.ACCEPTED:
        await _give_back(invitation.edition, invitation.attendance)
    return bool(ended)


async def spare_invitation(registration: Registration, attendance: str, *, now: datetime) -> None:
    """An open invitation to somebody who has such a place by now would hold a second one for them: it ends."""
    invitation = await invited.open_invitation(registration.edition, registration.email_key)
    if invitation is None or invitation.attendance != attendance:
        return
    if await end_invitation(invitation, reason=rules.SWITCHED, now=now):
        reason = "They have a place by now."
        await outbox.stop(mails.about_invitation(invitation), reason=reason, now=now)


async def _give_back(edition_id: int, attendance: str) -> None:
    taken, _ = _columns(attendance)
    await Edition.update({taken: taken - 1}).where((Edition.id == edition_id) & (taken > 0))


async def confirm(registration: Registration, attendance: str, *, now: datetime) -> Place:
    """A confirmed place for a registration; `take` has counted it."""
    place = _new_place(registration, attendance, rules.CONFIRMED, now=now)
    await place.save()
    return place


async def enqueue(registration: Registration, attendance: str, *, now: datetime) -> Place:
    """The end of the queue."""
    place = _new_place(registration, attendance, rules.WAITLISTED, now=now)
    place.queue_number = await queries.last_queue_number(registration.edition) + 1
    await place.save()
    return place


async def lock_settled(edition_id: int, *, now: datetime) -> Edition:
    """As `lock_edition`, and up to date; who waits is looked at only where a place is free."""
    edition = await lock_edition(edition_id)
    if await _end_what_is_over(edition, now=now):
        await settle(edition, now=now)
        return edition
    free = [way for way in rules.ATTENDANCES if queries.has_room(edition, way)]
    await _offer_free(edition, free, now=now)
    return edition


async def settle(edition: Edition, *, now: datetime) -> None:
    """Bring an edition up to date: offers that are over end, and what is free goes to the next in line."""
    await _end_what_is_over(edition, now=now)
    await _offer_free(edition, rules.ATTENDANCES, now=now)


async def _end_what_is_over(edition: Edition, *, now: datetime) -> bool:
    """Whether there was any."""
    offers = await queries.expired_offers(edition.id, now=now)
    for place in offers:
        await _expire(place, edition, now=now)
    invitations = await invited.expired(edition.id, now=now)
    for invitation in invitations:
        await end_invitation(invitation, reason=rules.EXPIRED, now=now)
    return bool(offers or invitations)


async def _offer_free(edition: Edition, attendances: Sequence[str], *, now: datetime) -> None:
    if rules.can_offer(queries.window_of(edition), now=now):
        for attendance in attendances:
            await _offer_free_places(edition, attendance, now=now)


async def _offer_free_places(edition: Edition, attendance: str, *, now: datetime) -> None:
    while True:
        place = await queries.first_waiting(edition.id, attendance)
        if place is None or not await take(edition.id, attendance):
            return
        await _offer(place, edition, now=now)


async def _offer(place: Place, edition: Edition, *, now: datetime) -> None:
    place.state = rules.OFFERED
    place.offered_at = now
    place.offer_expires_at = rules.offer_expiry(queries.window_of(edition), now=now)
    await place.save([Place.state, Place.offered_at, Place.offer_expires_at])
    registration = await _registration_of(place)
    await outbox.stop(
        mails.about(registration),
        reason="A place was offered.",
        kinds=[mails.WAITLISTED, mails.MANAGE_LINK],
        now=now,
    )
    await mails.offered(registration, edition, place, kept=await _kept(registration), now=now)


async def _expire(place: Place, edition: Edition, *, now: datetime) -> None:
    if not await end(place, reason=rules.EXPIRED, now=now):
        return
    registration = await _registration_of(place)
    kept = await _kept(registration)
    if not kept:
        registration.cancelled_at, registration.cancelled_reason = now, rules.EXPIRED
        registration.changed_at = now
        await registration.save(
            [Registration.cancelled_at, Registration.cancelled_reason, Registration.changed_at]
        )
    await outbox.stop(
        mails.about(registration),
        reason="The offer expired.",
        kinds=[mails.OFFERED, mails.MANAGE_LINK],
        now=now,
    )
    await mails.offer_expired(registration, edition, place, kept=kept, now=now)


async def _registration_of(place: Place) -> Registration:
    found = await Registration.objects().get(Registration.id == place.registration)
    if found is None:
        raise RuntimeError(f"Place {place.id} belongs to no registration.")
    return found


async def _kept(registration: Registration) -> str:
    """How they can attend anyhow."""
    places = await queries.live_places(registration.id)
    return next((place.attendance for place in places if place.state == rules.CONFIRMED), "")


def _new_place(registration: Registration, attendance: str, state: str, *, now: datetime) -> Place:
    return Place(
        registration=registration.id,
        edition=registration.edition,
        attendance=attendance,
        state=state,
        created_at=now,
    )


def _columns(attendance: str) -> tuple[Integer, Integer]:
    if attendance == rules.IN_PERSON:
        return Edition.in_person_taken, Edition.in_person_capacity
    return Edition.online_taken, Edition.online_capacity
