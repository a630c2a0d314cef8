"""Who comes to an edition: all of them for the secretariat, and for a delegate those who agreed to be listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from summit_service import markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, NotFound
from summit_service.registrations import rules
from summit_service.registrations.queries import Standing
from summit_service.registrations.tables import Place, Registration
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

STATES = (rules.CONFIRMED, rules.OFFERED, rules.WAITLISTED, rules.CANCELLED)


@dataclass(frozen=True, slots=True)
class Delegates:
    """Those of one edition that match, in the order they registered; `total` counts all."""

    edition: Edition
    found: tuple[Standing, ...]
    total: int


async def delegates(
    year: int, *, actor: Actor, now: datetime, search: str = "", state: str = ""
) -> Delegates:
    """Everybody who registered, or those whose name, address or organisation has `search` in it."""
    check_secretariat(actor)
    edition = await summits.edition_of(year)
    if edition is None:
        raise NotFound(f"There is no summit of {year}.")
    standings = await standings_of(edition, now=now)
    found = tuple(item for item in standings if _matches(item, search.strip().lower(), state))
    return Delegates(edition, found, len(standings))


@dataclass(frozen=True, slots=True)
class Listed:
    """What one delegate sees of another who has agreed to it: nothing but this."""

    name: str
    organisation: str


async def listed_for(standing: Standing, *, search: str = "") -> list[Listed]:
    """Who comes and has agreed that the other delegates see it, by name; those in whom `search` is found.

    Raises Conflict for who has no confirmed place, and so is no delegate.
    """
    if standing.confirmed is None:
        raise Conflict("You see who else comes once your place is confirmed.", code="no_place")
    confirmed = Place.select(Place.registration).where(
        (Place.edition == standing.edition.id) & (Place.state == rules.CONFIRMED)
    )
    rows = await Registration.select(Registration.name, Registration.organisation).where(
        Registration.id.is_in(confirmed) & Registration.is_listed.eq(True)
    )
    found = [Listed(row["name"], row["organisation"]) for row in rows]
    wanted = markup.plain(search.strip())
    return sorted(
        (one for one in found if wanted in markup.plain(f"{one.name}\n{one.organisation}")),
        key=lambda one: (markup.plain(one.name), one.organisation),
    )


async def standings_of(edition: Edition, *, now: datetime) -> list[Standing]:
    """Everybody who registered and is not erased, in that order; in two queries, however many there are."""
    registrations = (
        await Registration.objects()
        .where((Registration.edition == edition.id) & Registration.erased_at.is_null())
        .order_by(Registration.id)
    )
    live = (Place.edition == edition.id) & Place.state.is_in(list(rules.LIVE))
    places: dict[int, list[Place]] = defaultdict(list)
    turns: dict[str, int] = defaultdict(int)
    positions: dict[int, int] = {}
    for place in await Place.objects().where(live).order_by(Place.queue_number, Place.id):
        places[place.registration].append(place)
        if place.state == rules.WAITLISTED:
            turns[place.attendance] += 1
            positions[place.id] = turns[place.attendance]
    return [_standing(row, edition, places[row.id], positions, now=now) for row in registrations]


def _standing(
    row: Registration, edition: Edition, places: Sequence[Place], positions: dict[int, int], *, now: datetime
) -> Standing:
    held = next((place for place in places if place.state == rules.CONFIRMED), None)
    awaited = next((place for place in places if place.state != rules.CONFIRMED), None)
    if awaited is not None and awaited.state == rules.OFFERED:
        awaited = awaited if rules.offer_is_open(awaited.offer_expires_at, now=now) else None
    position = positions.get(awaited.id) if awaited is not None else None
    return Standing(row, edition, held, awaited, position)


def _matches(standing: Standing, search: str, state: str) -> bool:
    row = standing.registration
    words = f"{row.name}\n{row.email}\n{row.organisation}".lower()
    return search in words and (not state or standing.state == state)
