"""Taking seats in sessions, giving them back and handing them on: the only file that changes how many are taken.

Everything here runs in the caller's transaction, after the edition's row was locked (decision 0072): from then on
nobody else moves seats of its sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from summit_service.agendas import actions as agendas
from summit_service.mail import outbox
from summit_service.registrations import mails, rules, seating, sign_ups
from summit_service.registrations.sign_ups import Listed
from summit_service.registrations.tables import Place, Registration, Seat, SignUp
from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Snapshot
from summit_service.summits.tables import Edition


async def take(sign_up_id: int) -> bool:
    """Count one more seat as taken; False when all are. The condition holds even without the lock."""
    counted = (
        await SignUp.update({SignUp.taken: SignUp.taken + 1})
        .where((SignUp.id == sign_up_id) & (SignUp.taken < SignUp.places))
        .returning(SignUp.id)
    )
    return bool(counted)


async def add(listed: Listed, registration_id: int, *, now: datetime) -> Seat:
    """A seat where one is free and nobody waits, else the end of the queue."""
    has_seat = not listed.waiting and await take(listed.row.id)
    seat = Seat(
        sign_up=listed.row.id,
        registration=registration_id,
        state=rules.CONFIRMED if has_seat else rules.WAITLISTED,
        queue_number=None if has_seat else await sign_ups.last_queue_number(listed.row.id) + 1,
        created_at=now,
    )
    await seat.save()
    if has_seat:
        await agendas.star_for(holder(registration_id), listed.row.edition, listed.row.session_uid, now=now)
    return seat


async def end(seat: Seat, session_uid: str, *, now: datetime) -> None:
    """End a seat or a turn once; what was held becomes free, and leaves the agenda that it stood in.

    A mail about it that has not gone out is pointless.
    """
    live = (Seat.id == seat.id) & (Seat.state == seat.state)
    ended = await Seat.update({Seat.state: rules.ENDED, Seat.ended_at: now}).where(live).returning(Seat.id)
    if ended:
        await outbox.stop(mails.about_seat(seat), reason="The seat was left.", now=now)
    if ended and seat.state == rules.CONFIRMED:
        await SignUp.update({SignUp.taken: SignUp.taken - 1}).where(
            (SignUp.id == seat.sign_up) & (SignUp.taken > 0)
        )
        await agendas.unstar_for(holder(seat.registration), session_uid, now=now)


async def fill(edition: Edition, listed: Listed, *, now: datetime) -> None:
    """Give the free seats of a session to those who wait, in their order, and tell them."""
    if listed.is_off or now >= listed.session.starts:
        return
    while (seat := await sign_ups.first_waiting(listed.row.id)) is not None and await take(listed.row.id):
        await Seat.update({Seat.state: rules.CONFIRMED}).where(Seat.id == seat.id)
        held = await sign_ups.chosen_by(seat.registration, edition.id)
        await agendas.star_for(holder(seat.registration), edition.id, listed.row.session_uid, now=now)
        sessions = await _sessions_of(edition, held)
        same_time = [one.title for one in sessions if seating.overlap(one, listed.session)]
        registration = await _registration(seat.registration)
        await mails.session_seat(registration, edition, listed, seat, same_time=same_time, now=now)


async def leave_unfit(
    edition: Edition, registration_id: int, confirmed: Place | None, *, now: datetime
) -> None:
    """After a place at the summit was given up or changed: seats that need another one become free for the next."""
    held = await sign_ups.seats_of(registration_id)
    if not held:
        return
    for row in await SignUp.objects().where(SignUp.id.is_in(list(held))).order_by(SignUp.id):
        if confirmed is None or row.attendance not in {"", confirmed.attendance}:
            await end(held[row.id].seat, row.session_uid, now=now)
    for listed in await sign_ups.sign_ups_of(edition.id):
        if listed.row.id in held:
            await fill(edition, listed, now=now)


async def erase(registration: Registration) -> None:
    """Forget which sessions were chosen; those of a summit to come were left before."""
    await Seat.delete().where(Seat.registration == registration.id)


async def follow_release(
    edition: Edition, before: Snapshot | None, after: Snapshot, *, number: int, now: datetime
) -> None:
    """Tell everybody with a seat or a turn what a release changed of their sessions, in one mail each."""
    zone, earlier = after.header.timezone, before.header.timezone if before else ""
    items = seating.by_uid(after)
    told = seating.told_by(seating.by_uid(before), items, zone=zone, earlier=earlier)
    rows = await SignUp.objects().where(
        (SignUp.edition == edition.id) & SignUp.session_uid.is_in([*told, ""])
    )
    if not rows:
        return
    live = Seat.sign_up.is_in([row.id for row in rows]) & Seat.ended_at.is_null()
    seats = await Seat.objects().where(live).order_by(Seat.id)
    for registration_id in dict.fromkeys(seat.registration for seat in seats):
        held = await sign_ups.chosen_by(registration_id, edition.id)
        confirmed = {uid: one for uid, one in held.items() if one.state == rules.CONFIRMED}
        chosen = [items[uid].session for uid in confirmed if uid in items and not seating.is_off(items[uid])]
        registration = await _registration(registration_id)
        mine = [told[uid] for uid in held if uid in told]
        await mails.sessions_changed(
            registration, edition, mine, clashes=seating.clashes(chosen), number=number, now=now
        )
    for listed in await sign_ups.sign_ups_of(edition.id):
        await fill(edition, listed, now=now)


def holder(registration_id: int) -> str:
    """Whose agenda it is."""
    return f"registration:{registration_id}"


async def _sessions_of(edition: Edition, held: Mapping[str, sign_ups.Held]) -> list[SessionPlan]:
    """The sessions with a seat of one's own that take place."""
    listed = await sign_ups.sign_ups_of(edition.id)
    return [
        one.session
        for one in listed
        if not one.is_off
        and one.row.session_uid in held
        and held[one.row.session_uid].state == rules.CONFIRMED
    ]


async def _registration(registration_id: int) -> Registration:
    found = await Registration.objects().get(Registration.id == registration_id)
    if found is None:
        raise RuntimeError(f"Registration {registration_id} has a seat and is not there.")
    return found
