"""Printing badges: what is new is noted, so that the next print has only what came since."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.doors import badges, queries
from summit_service.doors.tables import Badge, BadgePrint
from summit_service.errors import Conflict
from summit_service.summits.tables import Edition


async def print_new(year: int, *, actor: Actor, now: datetime) -> BadgePrint:
    """Note a print of every badge that was not printed as it is now. Raises Conflict where there is none."""
    check_secretariat(actor)
    edition = await queries.edition_of(year)
    async with db.transaction():
        await db.for_update(Edition.objects().where(Edition.id == edition.id)).first()
        faces = badges.new(await badges.faces_of(edition, now=now), await badges.printed(edition.id))
        if not faces:
            raise Conflict("Every badge is printed already, as it is now.", code="nothing_new")
        made = BadgePrint(edition=edition.id, printed_at=now, printed_by_name=actor.name)
        await made.save()
        rows = [(made.id, face.registration_id, face.digest) for face in faces]
        for first in range(0, len(rows), 300):
            await db.insert_all(Badge, ("of_print", "registration", "face"), rows[first : first + 300])
        await journal.note(
            "summit.badges_printed", actor, year, edition.title, now=now, detail=str(len(faces))
        )
        return made
