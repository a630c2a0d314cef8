"""What the secretariat decides about an edition's registrations: its limits."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Fault, Invalid, NotFound
from summit_service.registrations import queries, rules
from summit_service.registrations.actions import places
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

MOST_PLACES = 100_000


async def change_capacity(year: int, *, in_person: int, online: int, actor: Actor, now: datetime) -> Edition:
    """Set how many places there are; who waits is offered what becomes free at once.

    Raises Invalid for a limit below the places that are confirmed or offered already.
    """
    check_secretariat(actor)
    edition_id = (await _edition(year)).id
    async with db.transaction():
        edition = await places.lock_edition(edition_id)
        wished = {rules.IN_PERSON: in_person, rules.ONLINE: online}
        faults = [fault for key, value in wished.items() for fault in _capacity_faults(edition, key, value)]
        if faults:
            raise Invalid(faults)
        edition.in_person_capacity, edition.online_capacity, edition.updated_at = in_person, online, now
        await edition.save([Edition.in_person_capacity, Edition.online_capacity, Edition.updated_at])
        await places.settle(edition, now=now)
        told = f"{in_person} in person, {online} online"
        await journal.note("summit.capacity_changed", actor, year, edition.title, now=now, detail=told)
        return await places.lock_edition(edition_id)


async def _edition(year: int) -> Edition:
    edition = await summits.edition_of(year)
    if edition is None:
        raise NotFound(f"There is no summit of {year}.")
    return edition


def _capacity_faults(edition: Edition, attendance: str, wished: int) -> list[Fault]:
    field, taken = f"{attendance}_capacity", queries.taken_of(edition, attendance)
    if not 0 <= wished <= MOST_PLACES:
        return [Fault(field, f"Give a number from 0 to {MOST_PLACES:,}.")]
    if wished < taken:
        return [Fault(field, f"{taken:,} places are taken already. Give that number or a higher one.")]
    return []
