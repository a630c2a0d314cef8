"""How many places of each kind an edition has, and how many are held."""

from __future__ import annotations

from dataclasses import dataclass

from piccolo.query.functions import Count

from summit_service.registrations import queries, rules
from summit_service.registrations.tables import Invitation, Place
from summit_service.summits.tables import Edition


async def counts_of(edition_id: int) -> dict[tuple[str, str], int]:
    """How many places there are by attendance and state, the ended ones left out."""
    live = (Place.edition == edition_id) & Place.state.is_in(list(rules.LIVE))
    rows = (
        await Place.select(Place.attendance, Place.state, Count())
        .where(live)
        .group_by(Place.attendance, Place.state)
    )
    return {(row["attendance"], row["state"]): row["count"] for row in rows}


async def invited_count(edition_id: int) -> dict[str, int]:
    """How many places are held by open invitations, by attendance."""
    live = (Invitation.edition == edition_id) & Invitation.ended_at.is_null()
    rows = await Invitation.select(Invitation.attendance, Count()).where(live).group_by(Invitation.attendance)
    return {row["attendance"]: row["count"] for row in rows}


@dataclass(frozen=True, slots=True)
class Room:
    """How it stands with one way to attend: `left` may be taken at once, unless people wait."""

    attendance: str
    capacity: int
    confirmed: int
    offered: int
    waiting: int
    invited: int = 0

    @property
    def taken(self) -> int:
        """Confirmed places, open offers and open invitations."""
        return self.confirmed + self.offered + self.invited

    @property
    def left(self) -> int:
        """Places that nobody holds."""
        return max(0, self.capacity - self.taken)

    @property
    def is_full(self) -> bool:
        """Whether a newcomer waits."""
        return rules.goes_to_the_queue(taken=self.taken, capacity=self.capacity, waiting=self.waiting)


async def rooms_of(edition: Edition) -> tuple[Room, ...]:
    """Both ways to attend, those left out that this edition does not have."""
    counts, invited = await counts_of(edition.id), await invited_count(edition.id)
    rooms = (
        Room(
            attendance=way,
            capacity=queries.capacity_of(edition, way),
            confirmed=counts.get((way, rules.CONFIRMED), 0),
            offered=counts.get((way, rules.OFFERED), 0),
            invited=invited.get(way, 0),
            waiting=counts.get((way, rules.WAITLISTED), 0),
        )
        for way in rules.ATTENDANCES
    )
    return tuple(room for room in rooms if rules.can_attend(room.capacity))
