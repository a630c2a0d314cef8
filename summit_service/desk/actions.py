"""Choosing the morning mail, sending it, and forgetting what it said."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from summit_service import db, settings
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.desk import holding, mails, next_days, rules, waiting_list
from summit_service.desk.holding import Holder
from summit_service.desk.tables import MorningMail
from summit_service.mail import outbox, streams
from summit_service.mail.erasing import MORNING
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.waiting import Waiting

KEPT = timedelta(days=1)
"""So long the desk can look at a morning mail: it names people who enquired, left or were not reached."""


async def choose_morning(*, is_wanted: bool, hour: str, actor: Actor, now: datetime) -> None:
    """Begin, move or stop the actor's morning mail; the first one leaves on the next working day. Raises Invalid."""
    check_secretariat(actor)
    at = rules.checked_hour(hour)
    person_id = actor.person_id or 0
    async with db.transaction():
        await streams.keep_choice(actor.email, streams.MORNING, is_wanted=is_wanted, now=now)
        await _make_row(person_id, now=now)
        await MorningMail.update({MorningMail.hour: at}).where(MorningMail.person == person_id)


async def tell_secretariat(now: datetime) -> int:
    """Housekeeping: mail what waits to everybody of the secretariat whose morning has come; how many mails.

    Right when it runs late, twice, or in two processes: what counts is the morning up to which each was told.
    """
    due = [person for person in await members.secretariat() if await _is_due(person, now=now)]
    if not due:
        return 0
    waits, holders = await waiting_list.for_secretariat(now), await holding.holders(now)
    return sum([await _tell(person, waits, holders, now=now) for person in due])


async def forget_mornings(now: datetime) -> int:
    """Housekeeping: blank the morning mails of the days before, with their files; how many."""
    old = (OutboxMessage.kind == MORNING) & (OutboxMessage.created_at <= now - KEPT)
    rows = await OutboxMessage.select(OutboxMessage.id).where(old & (OutboxMessage.recipient_email != ""))
    if rows:
        async with db.transaction():
            await outbox.erase_rows([row["id"] for row in rows], reason="Its day is over.", now=now)
    return len(rows)


async def _make_row(person_id: int, *, now: datetime) -> None:
    await MorningMail.insert(MorningMail(person=person_id, told_until=now)).on_conflict(
        target=MorningMail.person, action="DO NOTHING"
    )


async def _is_due(person: Person, *, now: datetime) -> bool:
    row = await MorningMail.objects().where(MorningMail.person == person.id).first()
    if row is None:
        async with db.transaction():
            await _make_row(person.id, now=now)
        return False
    zone = _zone(person)
    return rules.is_due(_morning(row, zone, now), zone, told_until=row.told_until, now=now)


def _zone(person: Person) -> str:
    return person.timezone or settings.current().timezone


def _morning(row: MorningMail, zone: str, now: datetime) -> datetime:
    return rules.last_morning(zone, hour=row.hour, now=now)


async def _tell(person: Person, waits: list[Waiting], holders: dict[str, Holder], *, now: datetime) -> bool:
    zone = _zone(person)
    async with db.transaction():
        row = await db.for_update(MorningMail.objects().where(MorningMail.person == person.id)).first()
        if row is None:
            return False
        morning = _morning(row, zone, now)
        if not rules.is_due(morning, zone, told_until=row.told_until, now=now):
            return False  # another process was faster
        coming = await next_days.until_morning(now, zone, hour=row.hour)
        known = json.loads(row.told_keys) if row.told_keys else None
        await row.update_self(
            {
                MorningMail.told_until: morning,
                MorningMail.told_keys: json.dumps([item.mark for item in waits]),
            }
        )
        is_empty = not (waits or coming.by_itself or coming.for_somebody)
        is_quiet = is_empty and not rules.is_sign_of_life(morning, zone)
        if is_quiet or await streams.is_stopped(person.email, streams.MORNING):
            return False
        taken = holding.sentences(holders, reader=person.id, zone=zone, now=now)
        mail = mails.desk_morning(person, waits, coming, known=known, taken=taken, morning=morning)
        return await outbox.add(mail, now=now) is not None
