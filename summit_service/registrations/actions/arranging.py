"""Naming who sees what delegates need, and taking it back."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, journal
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.errors import Invalid
from summit_service.registrations.tables import Arranger
from summit_service.summits import queries as summits


async def name_arranger(year: int, email: str, *, actor: Actor, now: datetime) -> Person:
    """Let somebody who is known see who needs what; named twice is named once. Raises Invalid and NotFound."""
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
            await Arranger(
                edition=edition.id, person=person.id, created_at=now, created_by_name=actor.name
            ).save()
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
        if not await Arranger.exists().where(live):
            return
        await Arranger.update({Arranger.ended_at: now}).where(live)
        await journal.note("summit.arranger_ended", actor, year, edition.title, now=now, subject=person_id)
