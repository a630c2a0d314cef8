"""Who stands too near a contribution to judge it, to read its reviews or to decide about it."""

from __future__ import annotations

from collections.abc import Sequence

from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.contributions import queries, rules
from summit_service.contributions.tables import Contribution, Review
from summit_service.errors import NotAllowed
from summit_service.members import queries as members

DECIDED_BY_OTHERS = (
    "You have a conflict of interest here, so somebody else of the secretariat reads the reviews and decides."
)


async def known_to(actor: Actor, rows: Sequence[Contribution]) -> set[int]:
    """The ids of those of which it is known: theirs, or of who works where they do; always the same few queries."""
    return await _known(actor.person_id, actor.name, actor.email, rows)


async def of_person(person: Person, rows: Sequence[Contribution]) -> set[int]:
    """The ids of those of which it is known, or of which they have said so as a reviewer."""
    return await _all(person.id, person.name, person.email, rows)


async def kept_from(actor: Actor, rows: Sequence[Contribution]) -> set[int]:
    """The ids of those that this secretary stands near, and somebody else of the secretariat does not.

    Where all of them do, nobody is kept from it: else it could never be decided.
    """
    mine = await _all(actor.person_id, actor.name, actor.email, rows)
    near = [row for row in rows if row.id in mine]
    free: set[int] = set()
    for other in await members.secretariat() if near else ():
        if other.id != actor.person_id:
            free |= mine - await of_person(other, near)
    return free


async def checked_decider(actor: Actor, row: Contribution) -> str:
    """What the log adds about who decides; raises NotAllowed where somebody else can, who has no conflict."""
    if await kept_from(actor, [row]):
        raise NotAllowed(DECIDED_BY_OTHERS, code="conflict_of_interest")
    near = await _all(actor.person_id, actor.name, actor.email, [row])
    return ", with a conflict of interest as all of the secretariat" if near else ""


async def _all(person_id: int | None, name: str, email: str, rows: Sequence[Contribution]) -> set[int]:
    if person_id is None:
        return set()
    said = (Review.person == person_id) & Review.has_conflict.eq(True)
    told = {one["contribution"] for one in await Review.select(Review.contribution).where(said)}
    return {row.id for row in rows if row.id in told} | await _known(person_id, name, email, rows)


async def _known(person_id: int | None, name: str, email: str, rows: Sequence[Contribution]) -> set[int]:
    if person_id is None:
        return set()
    places = await queries.workplaces_of(person_id)
    return {
        row.id
        for row in rows
        if rules.has_conflict(name, places, email, authors=queries.authors_of(row), author_email=row.email)
    }
