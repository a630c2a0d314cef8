"""Reads about doors: what a link opens, the list that a door needs, who has come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from summit_service import links, settings, zones
from summit_service.doors import rules
from summit_service.doors.rules import Entry
from summit_service.doors.tables import Arrival, Door
from summit_service.errors import Conflict, NotFound
from summit_service.links import Link
from summit_service.registrations import queries as registrations
from summit_service.registrations.delegates import standings_of
from summit_service.registrations.queries import Standing
from summit_service.registrations.tables import Registration
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

LINK = "door"
NO_DOOR = "There is no such door."
UNKNOWN_LINK = (
    "This link opens no door. It may have been cut off or ended: ask the secretariat for a new one."
)


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """A door, the summit that it leads to, and the link that opened it."""

    door: Door
    edition: Edition
    link: Link


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody at the door: what became of them, and when and where they came first; why a line was not taken."""

    kind: str
    registration_id: int | None = None
    name: str = ""
    organisation: str = ""
    attendance: str = ""
    at: datetime | None = None
    door: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Comer:
    """A registration with the arrival of it that counts, and how often it was seen again."""

    standing: Standing
    first: Entry
    attendance: str
    repeats: int


async def edition_of(year: int) -> Edition:
    """The edition of that year; raises NotFound."""
    edition = await summits.edition_of(year)
    if edition is None:
        raise NotFound(f"There is no summit of {year}.")
    return edition


async def opened(token: str, *, now: datetime, is_upload: bool = False) -> OpenDoor:
    """What a door's link opens. An upload may come a little after its end. Raises NotFound."""
    link = await links.find(LINK, token)
    if link is None or link.used_at is not None or link.ended_at is not None:
        raise NotFound(UNKNOWN_LINK, code="unknown_link")
    door = await Door.objects().get(Door.id == int(link.subject))
    edition = await Edition.objects().get(Edition.id == door.edition) if door else None
    moment = now - rules.GRACE if is_upload else now
    if door is None or edition is None or not is_open(door, edition, now=moment):
        raise NotFound(UNKNOWN_LINK, code="unknown_link")
    return OpenDoor(door, edition, link)


async def door_at(year: int, door_id: int) -> tuple[Door, Edition]:
    """A door of the edition of that year, whether it is open or not; raises NotFound."""
    edition = await edition_of(year)
    door = await Door.objects().where((Door.id == door_id) & (Door.edition == edition.id)).first()
    if door is None:
        raise NotFound(NO_DOOR)
    return door, edition


def is_open(door: Door, edition: Edition, *, now: datetime) -> bool:
    """Whether it was not closed and the summit is not over, by its days as they are now."""
    return door.ended_at is None and now < summits.ends_instant(edition)


def check_open(door: Door, edition: Edition, *, now: datetime) -> None:
    """Raises Conflict for a door that was closed, or is over."""
    if not is_open(door, edition, now=now):
        raise Conflict(f"The door “{door.name}” is closed already. Make a new one.", code="door_closed")


async def doors_of(edition_id: int) -> list[Door]:
    """Every door of an edition, also those that are closed, in the order they were made."""
    return list(await Door.objects().where(Door.edition == edition_id).order_by(Door.id))


def ticket_of(registration: Registration) -> str:
    """The secret that this registration's QR code holds."""
    return rules.ticket(registration.id, registration.uid, secret_key=settings.current().secret_key)


async def registration_of(ticket: str) -> Registration | None:
    """Whose ticket this is; None for a ticket that we did not make, or of somebody who was erased."""
    number = rules.number_on(ticket)
    if number is None:
        return None
    row = await Registration.objects().get(Registration.id == number)
    if row is None or row.erased_at is not None:
        return None
    return row if rules.is_genuine(ticket, row.uid, secret_key=settings.current().secret_key) else None


async def registration_numbered(number: int | None) -> Registration | None:
    """The registration with that number; None where there is none or it was erased."""
    is_possible = number is not None and 0 < number < 2**31
    row = await Registration.objects().get(Registration.id == number) if is_possible else None
    return row if row is not None and row.erased_at is None else None


async def seen(
    edition: Edition,
    registration: Registration | None,
    *,
    entry: str = "",
    is_undone: bool = False,
    now: datetime,
) -> Seen:
    """What the helper is told about a registration; `entry` is the mark of the arrival just written."""
    if registration is None or registration.erased_at is not None:
        return Seen(rules.UNKNOWN)
    if registration.edition != edition.id:
        return Seen(rules.ELSEWHERE)
    standing = await registrations.standing(registration.id, now=now)
    entries = (await entries_of([registration.id]))[registration.id]
    told = _seen(edition, standing, entries, entry=entry, now=now)
    is_out = is_undone and told.kind == rules.EXPECTED
    return replace(told, kind=rules.UNDONE) if is_out else told


async def entries_of(registration_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """The arrivals of these registrations that were no mistake."""
    found: dict[int, list[Entry]] = defaultdict(list)
    theirs = Arrival.registration.is_in(list(registration_ids) or [0])
    for row in await _rows().where(theirs & Arrival.undone_at.is_null()):
        found[row["registration"]].append(_entry(row))
    return found


async def has_come(registration_id: int) -> bool:
    """Whether this person was let in."""
    return bool((await entries_of([registration_id]))[registration_id])


async def comers(edition: Edition, *, now: datetime) -> list[Comer]:
    """Everybody who has come, in the order of their arrival."""
    entries: dict[int, list[Entry]] = defaultdict(list)
    ways: dict[int, str] = {}
    for row in await _rows().where((Arrival.edition == edition.id) & Arrival.undone_at.is_null()):
        entries[row["registration"]].append(_entry(row))
        if row["is_counted"]:
            ways[row["registration"]] = row["attendance"]
    found = []
    for standing in await standings_of(edition, now=now):
        theirs = entries.get(standing.registration.id, [])
        first = rules.counted(theirs)
        if first is not None:
            way = ways.get(standing.registration.id, standing.attendance)
            found.append(Comer(standing, first, way, len(theirs) - 1))
    return sorted(found, key=lambda comer: (comer.first.at, comer.first.order))


async def totals(edition: Edition) -> Counter[tuple[date, str, str]]:
    """How many came, by (day in the edition's zone, way of attending, door); each person counts once.

    Those who were erased since are counted too.
    """
    rows = await _rows().where((Arrival.edition == edition.id) & Arrival.is_counted.eq(True))
    return Counter(
        (zones.at_wall(row["at"], edition.timezone).date(), row["attendance"], row["door_name"])
        for row in rows
    )


async def door_list(door: Door, edition: Edition, *, now: datetime) -> dict[str, Any]:
    """What a door keeps for when the network is gone, as JSON: no address, no need, no answer."""
    standings = await standings_of(edition, now=now)
    entries = await entries_of([standing.registration.id for standing in standings])
    return {
        "door": door.name,
        "summit": edition.title,
        "timezone": edition.timezone,
        "expires_at": summits.ends_instant(edition).isoformat(),
        "people": [
            _listed(standing, rules.counted(entries[standing.registration.id])) for standing in standings
        ],
    }


async def found(edition: Edition, search: str, *, now: datetime) -> list[Seen]:
    """Those whose name, organisation or number was typed, or whose ticket was scanned; names that match come first."""
    registration = await registration_of(search.strip())
    if registration is not None:
        return [await seen(edition, registration, now=now)]
    standings = [
        standing
        for standing in await standings_of(edition, now=now)
        if rules.matches(
            search,
            number=standing.registration.id,
            name=standing.registration.name,
            organisation=standing.registration.organisation,
        )
    ]
    entries = await entries_of([standing.registration.id for standing in standings])
    return sorted(
        (_seen(edition, standing, entries[standing.registration.id], now=now) for standing in standings),
        key=lambda one: (rules.distance(search, one.name), rules.folded(one.name)),
    )


def _seen(
    edition: Edition, standing: Standing, entries: Sequence[Entry], *, entry: str = "", now: datetime
) -> Seen:
    row = standing.registration
    kind, first = rules.verdict(standing.state, entries, entry=entry, zone=edition.timezone, now=now)
    at, door = (first.at, first.door) if first else (None, "")
    return Seen(kind, row.id, row.name, row.organisation, standing.attendance, at, door)


def _listed(standing: Standing, first: Entry | None) -> dict[str, Any]:
    row = standing.registration
    return {
        "number": row.id,
        "name": row.name,
        "organisation": row.organisation,
        "ticket": rules.digest(ticket_of(row)),
        "state": standing.state,
        "attendance": standing.attendance,
        "at": first.at.isoformat() if first else None,
        "door": first.door if first else "",
    }


def _rows() -> Any:
    return Arrival.select(
        Arrival.id,
        Arrival.registration,
        Arrival.client_id,
        Arrival.at,
        Arrival.attendance,
        Arrival.is_counted,
        Arrival.door.name.as_alias("door_name"),
    ).order_by(Arrival.id)


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(row["client_id"], row["at"], row["door_name"], row["id"])
