"""Signing up for a session and leaving it, by the link in the mail; and how many it takes, by the secretariat."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import NotFound
from summit_service.registrations import rules, seating, sign_ups
from summit_service.registrations.actions import manage, places, seats
from summit_service.registrations.sign_ups import Held, Listed
from summit_service.registrations.tables import Seat, SignUp
from summit_service.summits import queries as summits


async def sign_up(token: str, session: str, *, now: datetime) -> Held:
    """Take a seat in the session, or the end of its queue. A second time changes nothing.

    Who has a seat at the same time keeps it while they wait. Raises NotFound for the link or the session, Conflict
    without a place at the summit and for a second seat at the same time, Gone for a session that has begun, is
    cancelled or closed.
    """
    async with db.transaction():
        edition, standing = await manage.opened(token, now=now)
        listed = await sign_ups.sign_up_of(edition.id, session)
        registration = standing.registration
        held = await sign_ups.seats_of(registration.id)
        if listed.row.id in held:
            return held[listed.row.id]
        attends = standing.confirmed.attendance if standing.confirmed is not None else ""
        seating.check_can_sign_up(
            listed.item,
            attends=attends,
            wanted=listed.row.attendance,
            is_open=listed.row.is_open,
            zone=listed.zone,
            now=now,
        )
        others = [
            one.session
            for one in await sign_ups.sign_ups_of(edition.id)
            if not one.is_off and one.row.id in held and held[one.row.id].state == rules.CONFIRMED
        ]
        if listed.left:
            seating.check_no_clash(listed.session, others)
        await seats.add(listed, registration.id, now=now)
        return (await sign_ups.seats_of(registration.id))[listed.row.id]


async def leave(token: str, session: str, *, now: datetime) -> None:
    """Give the seat or the turn back; the next in line gets it. A second time changes nothing.

    Raises NotFound for the link or the session, Gone once it has begun.
    """
    async with db.transaction():
        edition, standing = await manage.opened(token, now=now)
        listed = await sign_ups.sign_up_of(edition.id, session)
        held = (await sign_ups.seats_of(standing.registration.id)).get(listed.row.id)
        if held is None:
            return
        seating.check_not_begun(listed.session, zone=listed.zone, now=now)
        await seats.end(held.seat, listed.row.session_uid, now=now)
        await seats.fill(edition, listed, now=now)


async def remove_sign_up(year: int, session: str, *, actor: Actor, now: datetime) -> None:
    """Let a session take no sign-ups any more, as if it never had: for one that was opened by mistake.

    Raises NotFound, NotAllowed, and Conflict while somebody has a seat or waits: that can only be closed.
    """
    check_secretariat(actor)
    found = await summits.found_edition(year)
    async with db.transaction():
        edition = await places.lock_edition(found.id)
        listed = await sign_ups.sign_up_of(edition.id, session)
        seating.check_is_empty(listed.row.taken + listed.waiting)
        # what remains are seats that were given back
        await Seat.delete().where(Seat.sign_up == listed.row.id)
        await SignUp.delete().where(SignUp.id == listed.row.id)
        told = f"“{listed.session.title}”"
        await journal.note("summit.sign_up_removed", actor, year, edition.title, now=now, detail=told)


async def set_sign_up(
    year: int,
    session: str,
    *,
    places_wanted: int,
    attendance: str,
    is_open: bool,
    actor: Actor,
    now: datetime,
) -> Listed:
    """How many a session takes, who may sign up and whether they still can; who waits gets what a higher limit frees.

    Nobody loses a seat by a lower limit, or because it is for others now. Raises NotFound, Invalid, NotAllowed.
    """
    check_secretariat(actor)
    seating.check_limit(places_wanted, attendance)
    found = await summits.found_edition(year)
    async with db.transaction():
        edition = await places.lock_edition(found.id)
        released = await summits.last_release(edition.id)
        if released is None:
            raise NotFound(
                "The programme has not been released yet. Sign-up is for sessions that people can see."
            )
        known = {one.session.id: one.row for one in await sign_ups.sign_ups_of(edition.id)}
        row = known.get(session)
        if row is None:
            plan = sign_ups.session_named(summits.snapshot_of(released), session)
            seating.check_takes_sign_ups(plan)
            row = SignUp(edition=edition.id, session_uid=plan.uid, taken=0, created_at=now)
        row.places, row.attendance, row.is_open, row.changed_at = places_wanted, attendance, is_open, now
        await row.save()
        listed = await sign_ups.sign_up_of(edition.id, session)
        await seats.fill(edition, listed, now=now)
        told = f"“{listed.session.title}”: {places_wanted}{'' if is_open else ', closed'}"
        await journal.note("summit.sign_up_changed", actor, year, edition.title, now=now, detail=told)
        return await sign_ups.sign_up_of(edition.id, session)
