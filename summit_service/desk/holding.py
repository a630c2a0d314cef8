"""Who has begun on a line of the desk: taking it, taking it over, giving it back, and forgetting what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from summit_service import db, journal, zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.desk import waiting_list
from summit_service.desk.rules import HELD_FOR
from summit_service.desk.tables import Hold
from summit_service.errors import Conflict, NotFound
from summit_service.members import queries as members
from summit_service.waiting import Waiting

DONE = "This does not wait any more. Somebody has done it."
NOT_YOURS = "You do not have this. Somebody else has taken it, or it was given back."


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever has begun on a line, and since when."""

    person_id: int
    name: str
    since: datetime

    def sentence(self, *, reader: int | None, zone: str, now: datetime) -> str:
        """`Ana Ruiz has this since 9:12.`, with the day where that is not today in the reader's zone."""
        at, today = zones.at_wall(self.since, zone), zones.at_wall(now, zone).date()
        moment = f"{at:%H:%M}" if at.date() == today else f"{zones.long_day(at.date())}, {at:%H:%M}"
        return f"{'You have' if self.person_id == reader else f'{self.name} has'} this since {moment}."


async def holders(now: datetime) -> dict[str, Holder]:
    """By the key of its line, whoever has begun on it: one query for all of them."""
    rows = await Hold.select(Hold.key, Hold.person, Hold.person.name.as_alias("name"), Hold.taken_at).where(
        Hold.taken_at > now - HELD_FOR
    )
    return {row["key"]: Holder(row["person"], row["name"], row["taken_at"]) for row in rows}


async def told(actor: Actor, *, zone: str, now: datetime) -> dict[str, str]:
    """By the key of its line, who has it, in words for this actor; nothing for who is not in the secretariat."""
    if not actor.is_secretariat:
        return {}
    return sentences(await holders(now), reader=actor.person_id, zone=zone, now=now)


async def take(key: str, *, seen: int | None, actor: Actor, now: datetime) -> Waiting:
    """Begin on a line, or take it over from `seen`, the person who had it when the actor looked; the line.

    What is one's own already stays as it is. Raises NotFound for what does not wait, and Conflict where somebody else
    was faster.
    """
    check_secretariat(actor)
    line = await _line(key, now=now)
    async with db.transaction():
        made = (
            await Hold.insert(Hold(key=key, person=actor.person_id, taken_at=now, source=line.source))
            .on_conflict(target=Hold.key, action="DO NOTHING")
            .returning(Hold.id)
        )
        before = None if made else await _take_over(key, seen=seen, actor=actor, now=now)
        if before != actor.person_id:
            verb = "network.task_taken_over" if before else "network.task_taken"
            await journal.note(verb, actor, "", now=now, detail=line.url, subject=before)
    return line


async def _take_over(key: str, *, seen: int | None, actor: Actor, now: datetime) -> int | None:
    """Whoever had it; None where that was too long ago to count."""
    row = await db.for_update(Hold.objects().where(Hold.key == key)).first()
    if row is None:
        raise Conflict("Somebody has given this back at this moment. Try once more.")
    before = int(row.person) if row.taken_at > now - HELD_FOR else None
    if before == actor.person_id:
        return before
    if before is not None and before != seen:
        holder = (await holders(now))[key]
        raise Conflict(f"{holder.name} has taken this in the meantime. You can take it over.")
    await row.update_self({Hold.person: actor.person_id, Hold.taken_at: now})
    return before


async def give_back(key: str, *, actor: Actor, now: datetime) -> Waiting:
    """Whoever has it lets it go; the line. Raises NotFound for what does not wait, Conflict where it is not theirs."""
    check_secretariat(actor)
    line = await _line(key, now=now)
    async with db.transaction():
        mine = (Hold.key == key) & (Hold.person == actor.person_id)
        if not await Hold.delete().where(mine).returning(Hold.id):
            raise Conflict(NOT_YOURS)
        await journal.note("network.task_returned", actor, "", now=now, detail=line.url)
    return line


async def _line(key: str, *, now: datetime) -> Waiting:
    for line in await waiting_list.for_secretariat(now):
        if line.key == key:
            return line
    raise NotFound(DONE)


async def forget_done(now: datetime) -> int:
    """Housekeeping: who had a line that waits no more or has had it for too long, and who left; how many.

    What comes to wait again is nobody's, also where the same thing waited before. Where a domain tells many as a
    number, a line that it does not tell may be one of them, and stays with whoever has it.
    """
    rows = await Hold.select(Hold.id, Hold.key, Hold.person, Hold.taken_at, Hold.source)
    if not rows:
        return 0
    lines = await waiting_list.for_secretariat(now)
    waits, counted = {line.key for line in lines}, {line.source for line in lines if line.is_rest}
    here = {person.id for person in await members.secretariat()}
    over = [
        row["id"]
        for row in rows
        if (row["key"] not in waits and row["source"] not in counted)
        or row["person"] not in here
        or row["taken_at"] <= now - HELD_FOR
    ]
    if over:
        async with db.transaction():
            await Hold.delete().where(Hold.id.is_in(over))
    return len(over)


def sentences(found: Mapping[str, Holder], *, reader: int | None, zone: str, now: datetime) -> dict[str, str]:
    """By the key of its line, who has it, in words for this reader."""
    return {key: holder.sentence(reader=reader, zone=zone, now=now) for key, holder in found.items()}
