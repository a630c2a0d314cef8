"""Telling who shares something what others said of it: one mail for everything, at most one a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from summit_service import db
from summit_service.accounts.tables import Person
from summit_service.mail import outbox, streams
from summit_service.members import queries as members
from summit_service.resources import mails, rules, talk
from summit_service.resources.tables import Resource, ResourceComment, ResourceUse


async def tell_sharers(now: datetime) -> int:
    """Housekeeping: queue the mails that are due; how many. Right when it runs late, twice, or in two processes."""
    sent = 0
    for person_id in await talk.sharers_to_tell():
        sent += await _tell(person_id, now=now)
    return sent


async def _tell(person_id: int, *, now: datetime) -> bool:
    async with db.transaction():
        person = await db.for_update(Person.objects().where(Person.id == person_id)).first()
        if person is None:
            return False
        is_member = (await members.actor_of(person, via="mail")).is_member
        oldest, told = await talk.untold(person, is_member=is_member)
        if oldest is None or not rules.is_time_to_tell(oldest, await talk.last_told(person), now=now):
            return False
        await _mark(person, [ResourceUse, ResourceComment] if is_member else [ResourceUse], now=now)
        is_reached = person.email and person.ended_at is None
        if not told or not is_reached or await streams.is_stopped(person.email, streams.BEST_PRACTICE):
            return False
        return await outbox.add(mails.resource_talk(person, told, now=now), now=now) is not None


async def _mark(
    person: Person, tables: Sequence[type[ResourceUse | ResourceComment]], *, now: datetime
) -> None:
    """As told; what was kept from who is no member waits until they are one again."""
    mine = Resource.select(Resource.id).where(Resource.created_by == person.id)
    ids = [row["id"] for row in await mine]
    for table in tables:
        await table.update({table.told_at: now}).where(table.told_at.is_null() & table.resource.is_in(ids))
