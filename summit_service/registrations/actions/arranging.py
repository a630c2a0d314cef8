"""Naming who sees what delegates need, taking it back, and telling them in the morning what is new."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, journal
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.errors import Invalid
from summit_service.mail import outbox
from summit_service.registrations import arranger_mails, needs, rules
from summit_service.registrations.tables import Arranger
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition


async def name_arranger(year: int, email: str, *, actor: Actor, now: datetime) -> Person:
    """Let somebody who is known see who needs what, and mail them so; named twice is named once.

    Raises Invalid and NotFound.
    """
    check_secretariat(actor)
    async with db.transaction():
        edition = await summits.locked_edition(year)
        person = await accounts.person_by_email(email)
        if person is None:
            raise Invalid.one(
                "email", "Nobody here has this address. Add the person to an organisation first."
            )
        live = (Arranger.edition == edition.id) & (Arranger.person == person.id) & Arranger.ended_at.is_null()
        if not await Arranger.exists().where(live):
            row = Arranger(
                edition=edition.id, person=person.id, created_at=now, created_by_name=actor.name, told_at=now
            )
            await row.save()
            await outbox.add(arranger_mails.named(row, person, edition, by=actor.name), now=now)
            await journal.note(
                "summit.arranger_named",
                actor,
                year,
                edition.title,
                now=now,
                subject=person.id,
                detail=person.name,
            )
        return person


async def end_arranger(year: int, person_id: int, *, actor: Actor, now: datetime) -> None:
    """They see it no more; ended twice changes nothing."""
    check_secretariat(actor)
    async with db.transaction():
        edition = await summits.locked_edition(year)
        live = (Arranger.edition == edition.id) & (Arranger.person == person_id) & Arranger.ended_at.is_null()
        row = await Arranger.objects().where(live).first()
        if row is None:
            return
        await outbox.stop(arranger_mails.about(row.id), reason="They do not arrange it any more.", now=now)
        await Arranger.update({Arranger.ended_at: now}).where(live)
        await journal.note("summit.arranger_ended", actor, year, edition.title, now=now, subject=person_id)


async def tell_arrangers(now: datetime) -> int:
    """Housekeeping: of a morning, until the summit is over, mail who arranges it that needs were added; how many."""
    sent = 0
    for row in await Arranger.objects(Arranger.person, Arranger.edition).where(Arranger.ended_at.is_null()):
        morning = rules.last_morning(row.person.timezone or row.edition.timezone, now=now)
        since = row.told_at or row.created_at
        is_due = since < morning and now < summits.ends_instant(row.edition)
        if is_due and await needs.new_count(row.edition.id, since=since, until=morning):
            sent += await _tell(row.id, row.person, row.edition, morning=morning, now=now)
    return sent


async def _tell(
    arranger_id: int, person: Person, edition: Edition, *, morning: datetime, now: datetime
) -> int:
    async with db.transaction():
        row = await db.for_update(Arranger.objects().where(Arranger.id == arranger_id)).first()
        since = (row.told_at or row.created_at) if row is not None and row.ended_at is None else now
        count = await needs.new_count(edition.id, since=since, until=morning) if since < morning else 0
        if row is None or not count:
            return 0
        await row.update_self({Arranger.told_at: morning})
        mail = arranger_mails.added(row, person, edition, count=count, since=since, morning=morning)
        await outbox.add(mail, now=now)
        return 1
