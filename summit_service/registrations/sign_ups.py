"""Reads about sign-up for sessions: what takes it, who has a seat, who waits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from piccolo.query.functions import Max

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import NotFound
from summit_service.registrations import rules, seating
from summit_service.registrations.tables import Place, Registration, Seat, SignUp
from summit_service.summits import queries as summits
from summit_service.summits.queries import Draft
from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Item, Snapshot
from summit_service.summits.rules.warnings import DraftWarning
from summit_service.summits.tables import Edition

NONE = "There is no sign-up for this session."


@dataclass(frozen=True, slots=True)
class Listed:
    """A session that takes sign-ups, as the last release has it; `zone` is the programme's."""

    row: SignUp
    item: Item
    zone: str
    waiting: int

    @property
    def session(self) -> SessionPlan:
        """The session itself."""
        return self.item.session

    @property
    def is_off(self) -> bool:
        """Whether it does not take place."""
        return seating.is_off(self.item)

    @property
    def left(self) -> int:
        """Places that nobody has and nobody waits for."""
        return 0 if self.waiting else max(0, self.row.places - self.row.taken)

    @property
    def words(self) -> str:
        """How it stands, for everybody."""
        total = "1 place" if self.row.places == 1 else f"{self.row.places} places"
        if not self.row.is_open:
            return f"{total}, sign-up is closed"
        if self.left:
            return f"{self.left} of {total} left"
        return f"{total}, all taken" + (f", {self.waiting} waiting" if self.waiting else "")


@dataclass(frozen=True, slots=True)
class Held:
    """A registration's seat: `confirmed`, or `waitlisted` with its turn."""

    seat: Seat
    position: int | None

    @property
    def state(self) -> str:
        """confirmed or waitlisted."""
        return str(self.seat.state)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed up, for the secretariat."""

    session: SessionPlan
    name: str
    email: str
    organisation: str
    attendance: str
    state: str
    position: int | None
    since: datetime


async def sign_ups_of(edition_id: int) -> list[Listed]:
    """The sessions that take sign-ups, in the order of the programme; none before the first release."""
    released = await summits.last_release(edition_id)
    if released is None:
        return []
    rows = await SignUp.objects().where(SignUp.edition == edition_id)
    waiting = await _waiting([row.id for row in rows])
    found = [_listed(row, summits.snapshot_of(released), waiting[row.id]) for row in rows]
    return sorted(
        (one for one in found if one is not None), key=lambda one: (one.session.starts, one.session.title)
    )


async def sign_up_of(edition_id: int, session: str) -> Listed:
    """The sign-up of the session with that name in its address; raises NotFound."""
    for one in await sign_ups_of(edition_id):
        if one.session.id == session:
            return one
    raise NotFound(NONE)


def session_named(snapshot: Snapshot, session: str) -> SessionPlan:
    """The session of the programme with that name in its address; raises NotFound."""
    for item in snapshot.items:
        if item.session.id == session:
            return item.session
    raise NotFound("There is no such session in the programme.")


async def draft_of(edition: Edition) -> Draft:
    """The draft of the programme; its warnings also tell of rooms that hold fewer than have signed up."""
    draft = await summits.draft_of(edition)
    rows = await SignUp.select(SignUp.session_uid, SignUp.taken).where(SignUp.edition == edition.id)
    return replace(
        draft,
        warnings=(*draft.warnings, *too_full(draft, {row["session_uid"]: row["taken"] for row in rows})),
    )


def too_full(draft: Draft, taken: Mapping[str, int]) -> Iterator[DraftWarning]:
    """Sessions of the draft for which more people have a seat, by UID, than the room has."""
    seats = {room.name: room.capacity for room in draft.programme.rooms}
    for session in draft.programme.sessions:
        count, holds = taken.get(session.uid, 0), seats.get(session.room)
        if holds is not None and count > holds and not session.is_cancelled:
            yield DraftWarning(
                "room_under_sign_ups",
                f"{count:,} people have signed up for “{session.title}”; {session.room} has {holds:,} seats.",
                (session.id,),
            )


async def seats_of(registration_id: int) -> dict[int, Held]:
    """What a registration has or waits for, by the id of the sign-up."""
    live = (Seat.registration == registration_id) & Seat.ended_at.is_null()
    rows = await Seat.objects().where(live).order_by(Seat.id)
    return {row.sign_up: Held(row, await _position(row)) for row in rows}


async def chosen_by(registration_id: int, edition_id: int) -> dict[str, Held]:
    """What a registration has or waits for, by the UID of the session."""
    held = await seats_of(registration_id)
    if not held:
        return {}
    rows = await SignUp.select(SignUp.id, SignUp.session_uid).where(SignUp.edition == edition_id)
    return {row["session_uid"]: held[row["id"]] for row in rows if row["id"] in held}


async def first_waiting(sign_up_id: int) -> Seat | None:
    """Whose turn it is."""
    waits = (Seat.sign_up == sign_up_id) & (Seat.state == rules.WAITLISTED)
    return await Seat.objects().where(waits).order_by(Seat.queue_number).first()


async def last_queue_number(sign_up_id: int) -> int:
    """The highest number that was ever given in this session; 0 before the first."""
    rows = await Seat.select(Max(Seat.queue_number, alias="last")).where(Seat.sign_up == sign_up_id)
    return int(rows[0]["last"] or 0)


async def people_of(year: int, *, actor: Actor, session: str = "") -> list[Person]:
    """Who has signed up, session by session: those with a seat, then those who wait in their order.

    Raises NotFound, NotSignedIn, NotAllowed.
    """
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    listed = await sign_ups_of(edition.id)
    wanted = [one for one in listed if not session or one.session.id == session]
    if session and not wanted:
        raise NotFound(NONE)
    by_id = {one.row.id: one for one in wanted}
    if not by_id:
        return []
    seats = (
        await Seat.objects(Seat.registration)
        .where(Seat.sign_up.is_in(list(by_id)) & Seat.ended_at.is_null())
        .order_by(Seat.id)
    )
    attends = await _attendances(edition)
    grouped = defaultdict[int, list[Seat]](list)
    for seat in seats:
        grouped[seat.sign_up].append(seat)
    return [person for one in wanted for person in _people(one, grouped[one.row.id], attends)]


def _people(one: Listed, seats: list[Seat], attends: Mapping[int, str]) -> list[Person]:
    confirmed = [seat for seat in seats if seat.state == rules.CONFIRMED]
    waiting = sorted(
        (seat for seat in seats if seat.state == rules.WAITLISTED), key=lambda seat: int(seat.queue_number)
    )
    turns: list[tuple[Seat, int | None]] = [(seat, None) for seat in confirmed]
    turns += [(seat, number) for number, seat in enumerate(waiting, start=1)]
    return [_person(one, seat, number, attends) for seat, number in turns]


def _person(one: Listed, seat: Seat, position: int | None, attends: Mapping[int, str]) -> Person:
    who: Registration = seat.registration
    return Person(
        one.session,
        who.name,
        who.email,
        who.organisation,
        attends.get(who.id, ""),
        seat.state,
        position,
        seat.created_at,
    )


async def _attendances(edition: Edition) -> dict[int, str]:
    held = (Place.edition == edition.id) & (Place.state == rules.CONFIRMED)
    rows = await Place.select(Place.registration, Place.attendance).where(held)
    return {row["registration"]: row["attendance"] for row in rows}


def _listed(row: SignUp, snapshot: Snapshot, waiting: int) -> Listed | None:
    item = seating.by_uid(snapshot).get(row.session_uid)
    return Listed(row, item, snapshot.header.timezone, waiting) if item is not None else None


async def _waiting(sign_up_ids: list[int]) -> Counter[int]:
    if not sign_up_ids:
        return Counter()
    waits = Seat.sign_up.is_in(sign_up_ids) & (Seat.state == rules.WAITLISTED)
    return Counter(row["sign_up"] for row in await Seat.select(Seat.sign_up).where(waits))


async def _position(seat: Seat) -> int | None:
    if seat.state != rules.WAITLISTED:
        return None
    before = (Seat.state == rules.WAITLISTED) & (Seat.queue_number <= seat.queue_number)
    return int(await Seat.count().where((Seat.sign_up == seat.sign_up) & before))
