"""Reads about registrations, their places and the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from piccolo.query.functions import Max

from summit_service import links, zones
from summit_service.errors import NotFound
from summit_service.registrations import rules
from summit_service.registrations.rules import Window
from summit_service.registrations.tables import Invitation, Place, Registration
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

LINK = "registration"
UNKNOWN_LINK = "This link opens no registration. It may have been cut off: copy the whole link from the mail."


@dataclass(frozen=True, slots=True)
class Standing:
    """A registration as it is at one moment, whether or not a job has run.

    `confirmed` is the place it holds, `awaited` the one it waits for or is offered, `position` its turn.
    """

    registration: Registration
    edition: Edition
    confirmed: Place | None = None
    awaited: Place | None = None
    position: int | None = None

    @property
    def state(self) -> str:
        """cancelled, confirmed (even while waiting for another place), offered or waitlisted."""
        if self.confirmed is not None:
            return rules.CONFIRMED
        return self.awaited.state if self.awaited is not None else rules.CANCELLED

    @property
    def attendance(self) -> str:
        """How they come, or would like to."""
        place = self.confirmed or self.awaited
        return place.attendance if place is not None else ""


async def announced_edition(year: int) -> Edition:
    """The edition of that year, as the public may know it; raises NotFound."""
    edition = await summits.edition_of(year)
    if edition is None or edition.announced_at is None:
        raise NotFound(f"There is no summit of {year}.")
    return edition


def window_of(edition: Edition) -> Window:
    """When this edition takes registrations; without a closing time, until it is over."""
    ends_at = summits.ends_instant(edition)
    return Window(
        opens_at=edition.registration_opens_instant,
        closes_at=min(edition.registration_closes_instant or ends_at, ends_at),
        begins_at=zones.day_start(edition.starts_on, edition.timezone),
        ends_at=ends_at,
        timezone=edition.timezone,
    )


def capacity_of(edition: Edition, attendance: str) -> int:
    """How many places of that kind there are."""
    return edition.in_person_capacity if attendance == rules.IN_PERSON else edition.online_capacity


def taken_of(edition: Edition, attendance: str) -> int:
    """How many of them are confirmed or offered."""
    return edition.in_person_taken if attendance == rules.IN_PERSON else edition.online_taken


def has_room(edition: Edition, attendance: str) -> bool:
    """Whether a place of that kind is held by nobody, by the row as it was read."""
    return taken_of(edition, attendance) < capacity_of(edition, attendance)


async def waiting_count(edition_id: int, attendance: str) -> int:
    """How many people wait for a place of that kind."""
    waits = (Place.state == rules.WAITLISTED) & (Place.attendance == attendance)
    return int(await Place.count().where((Place.edition == edition_id) & waits))


async def first_waiting(edition_id: int, attendance: str) -> Place | None:
    """Whose turn it is."""
    waits = (Place.state == rules.WAITLISTED) & (Place.attendance == attendance)
    found = Place.objects().where((Place.edition == edition_id) & waits)
    return await found.order_by(Place.queue_number).first()


async def position_of(place: Place) -> int:
    """Where somebody stands in the queue; the first is 1."""
    waits = (Place.state == rules.WAITLISTED) & (Place.attendance == place.attendance)
    before = Place.queue_number <= place.queue_number
    return int(await Place.count().where((Place.edition == place.edition) & waits & before))


async def last_queue_number(edition_id: int) -> int:
    """The highest number that was ever given in this edition; 0 before the first."""
    rows = await Place.select(Max(Place.queue_number, alias="last")).where(Place.edition == edition_id)
    return int(rows[0]["last"] or 0)


async def live_registration(edition_id: int, email_key: str) -> Registration | None:
    """The registration of that address that is not cancelled."""
    matching = (Registration.edition == edition_id) & (Registration.email_key == email_key)
    return await Registration.objects().where(matching & Registration.cancelled_at.is_null()).first()


async def live_places(registration_id: int) -> list[Place]:
    """What a registration holds or waits for."""
    live = Place.state.is_in(list(rules.LIVE))
    return list(await Place.objects().where((Place.registration == registration_id) & live))


async def confirmed_places(edition_id: int) -> list[Place]:
    """The places of an edition that are held for good, in the order in which they were given."""
    held = (Place.edition == edition_id) & (Place.state == rules.CONFIRMED)
    return list(await Place.objects().where(held).order_by(Place.id))


async def expired_offers(edition_id: int, *, now: datetime) -> list[Place]:
    """Open offers whose time is over, in the order of the queue."""
    due = (Place.state == rules.OFFERED) & (Place.offer_expires_at <= now)
    return list(await Place.objects().where((Place.edition == edition_id) & due).order_by(Place.queue_number))


async def editions_to_settle(*, now: datetime) -> list[int]:
    """Ids of the editions where an offer or invitation is over, or where people wait although a place is free."""
    due = (Place.state == rules.OFFERED) & (Place.offer_expires_at <= now)
    expired = await Place.select(Place.edition).where(due).group_by(Place.edition)
    has_room = Edition.in_person_taken < Edition.in_person_capacity
    roomy = await Edition.select(Edition.id).where(
        has_room | (Edition.online_taken < Edition.online_capacity)
    )
    waiting = (
        await Place.select(Place.edition)
        .where((Place.state == rules.WAITLISTED) & Place.edition.is_in([row["id"] for row in roomy] or [0]))
        .group_by(Place.edition)
    )
    ended = Invitation.ended_at.is_null() & (Invitation.expires_at <= now)
    unanswered = await Invitation.select(Invitation.edition).where(ended).group_by(Invitation.edition)
    return sorted({row["edition"] for row in (*expired, *waiting, *unanswered)})


async def registration_id_of(token: str, *, now: datetime) -> int:
    """What a manage link opens; raises NotFound, the same for a wrong, a cut and an ended one."""
    link = await links.find_live(LINK, token, now=now)
    if link is None:
        raise NotFound(UNKNOWN_LINK, code="unknown_link")
    return int(link.subject)


async def standing(registration_id: int, *, now: datetime) -> Standing:
    """The registration as it is now; an offer whose time is over counts as gone before anything swept it."""
    registration = await Registration.objects().get(Registration.id == registration_id)
    edition = await Edition.objects().get(Edition.id == registration.edition) if registration else None
    if registration is None or edition is None:
        raise NotFound(UNKNOWN_LINK, code="unknown_link")
    places = {place.state: place for place in await live_places(registration_id)}
    awaited = places.get(rules.WAITLISTED)
    offer = places.get(rules.OFFERED)
    if offer is not None and rules.offer_is_open(offer.offer_expires_at, now=now):
        awaited = offer
    waits = awaited is not None and awaited.state == rules.WAITLISTED
    position = await position_of(awaited) if awaited is not None and waits else None
    return Standing(registration, edition, places.get(rules.CONFIRMED), awaited, position)


async def last_ended_reason(registration_id: int) -> str:
    """Why the place that this registration lost last was lost; empty when it lost none."""
    ended = (Place.registration == registration_id) & (Place.state == rules.ENDED)
    found = await Place.objects().where(ended).order_by(Place.ended_at, Place.id, ascending=False).first()
    return found.ended_reason if found is not None else ""
