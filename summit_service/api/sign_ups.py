"""JSON: sign-up for sessions: how it stands, what the secretariat sets, and what a delegate's link can do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor
from summit_service.registrations import actions, queries, sign_ups
from summit_service.registrations.sign_ups import Held, Listed


class SignUpBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How many people a session takes. `attendance` is in_person or online, or empty for everybody."""

    places: int
    attendance: str = ""
    is_open: bool = True


class SignUpOut(msgspec.Struct, kw_only=True):
    """How the sign-up of a session stands; times are instants in UTC. `left` is 0 while somebody waits."""

    session: str
    title: str
    starts_at: datetime
    ends_at: datetime
    room: str
    is_cancelled: bool
    places: int
    taken: int
    left: int
    waiting: int
    attendance: str
    is_open: bool


class SignUpList(msgspec.Struct, kw_only=True):
    """The sessions of a summit that take sign-ups, in the order of the programme."""

    items: list[SignUpOut]
    next: str | None = None


class PersonOut(msgspec.Struct, kw_only=True):
    """Somebody with a seat (`confirmed`), or who waits for one (`waitlisted`) at that position."""

    name: str
    email: str
    organisation: str
    attendance: str
    state: str
    position: int | None
    since: datetime


class PersonList(msgspec.Struct, kw_only=True):
    """Those with a seat, then those who wait in their order."""

    items: list[PersonOut]
    next: str | None = None


class SeatOut(msgspec.Struct, kw_only=True):
    """One's own seat: `confirmed`, or `waitlisted` with the position in the queue."""

    session: str
    state: str
    position: int | None = None


class SeatList(msgspec.Struct, kw_only=True):
    """What a registration has signed up for, in the order of the programme."""

    items: list[SeatOut]
    next: str | None = None


@get("/summits/{year:int}/sign-ups")
async def list_sign_ups(year: FromPath[int]) -> SignUpList:
    """Which sessions take sign-ups, and how many places are left."""
    edition = await queries.announced_edition(year)
    return SignUpList(items=[_out(one) for one in await sign_ups.sign_ups_of(edition.id)])


@put("/summits/{year:int}/sign-ups/{session:str}")
async def set_sign_up(
    year: FromPath[int],
    session: FromPath[str],
    data: JSONBody[SignUpBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> SignUpOut:
    """Let a session take sign-ups, or change how many; who waits gets what a higher limit frees."""
    listed = await actions.set_sign_up(
        year,
        session,
        places_wanted=data.places,
        attendance=data.attendance,
        is_open=data.is_open,
        actor=actor,
        now=now,
    )
    return _out(listed)


@delete("/summits/{year:int}/sign-ups/{session:str}")
async def remove_sign_up(
    year: FromPath[int],
    session: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> None:
    """Let a session take no sign-ups any more; refused (409) while somebody has a seat or waits."""
    await actions.remove_sign_up(year, session, actor=actor, now=now)


@get("/summits/{year:int}/sign-ups/{session:str}/people")
async def list_people(
    year: FromPath[int], session: FromPath[str], actor: NamedDependency[Actor]
) -> PersonList:
    """Who has signed up for a session; for the secretariat."""
    found = await sign_ups.people_of(year, actor=actor, session=session)
    return PersonList(
        items=[
            PersonOut(
                name=one.name,
                email=one.email,
                organisation=one.organisation,
                attendance=one.attendance,
                state=one.state,
                position=one.position,
                since=one.since,
            )
            for one in found
        ]
    )


@get("/registrations/{token:str}/sessions")
async def list_seats(token: FromPath[str], now: NamedDependency[datetime]) -> SeatList:
    """What the registration behind the link of its mail has signed up for."""
    number = await queries.registration_id_of(token, now=now)
    standing = await queries.standing(number, now=now)
    held = await sign_ups.seats_of(number)
    listed = await sign_ups.sign_ups_of(standing.edition.id)
    return SeatList(items=[_seat(one, held[one.row.id]) for one in listed if one.row.id in held])


@put("/registrations/{token:str}/sessions/{session:str}")
async def sign_up(token: FromPath[str], session: FromPath[str], now: NamedDependency[datetime]) -> SeatOut:
    """Sign up for a session, or wait for a seat in it. A second time changes nothing."""
    held = await actions.sign_up(token, session, now=now)
    return SeatOut(session=session, state=held.state, position=held.position)


@delete("/registrations/{token:str}/sessions/{session:str}")
async def leave(token: FromPath[str], session: FromPath[str], now: NamedDependency[datetime]) -> None:
    """Give the seat, or the turn in the queue, back. A second time changes nothing."""
    await actions.leave(token, session, now=now)


def _seat(one: Listed, held: Held) -> SeatOut:
    return SeatOut(session=one.session.id, state=held.state, position=held.position)


def _out(one: Listed) -> SignUpOut:
    return SignUpOut(
        session=one.session.id,
        title=one.session.title,
        starts_at=one.session.starts,
        ends_at=one.session.ends,
        room=one.session.room,
        is_cancelled=one.is_off,
        places=one.row.places,
        taken=one.row.taken,
        left=one.left,
        waiting=one.waiting,
        attendance=one.row.attendance,
        is_open=one.row.is_open,
    )


ROUTES: list[Any] = [list_sign_ups, set_sign_up, remove_sign_up, list_people, list_seats, sign_up, leave]
