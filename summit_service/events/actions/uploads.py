"""Calendar files between their preview and what is taken of them: few, for hours, for who sent them alone."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from summit_service import db, ical_reading
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.accounts.tables import Person
from summit_service.errors import Invalid, NotFound
from summit_service.events.actions.planning import Plan, plan_calendar
from summit_service.events.actions.taking import Done, take
from summit_service.events.tables import EventUpload
from summit_service.members import queries as members

KEPT = timedelta(hours=3)
MOST_KEPT = 3
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits, and what it would do now."""

    id: int
    name: str
    until: datetime
    plan: Plan


async def keep_upload(data: bytes, *, name: str, organisation: str, actor: Actor, now: datetime) -> int:
    """Keep the file for its preview; the number it is found by. A person's oldest goes when they are too many.

    Raises NotSignedIn, NotAllowed, and Invalid for a file that cannot be read as a whole.
    """
    if not data:
        raise Invalid.one("file", "Choose a calendar file first (.ics).")
    plan = await plan_calendar(data, organisation=organisation, actor=actor, now=now)
    if plan.faults:
        raise Invalid.one("file", " ".join(plan.faults))
    row = EventUpload(
        person=actor.person_id,
        organisation=plan.organisation.id,
        name=" ".join(name.split())[:LONGEST_NAME] or "calendar.ics",
        body=base64.b85encode(zlib.compress(data)).decode(),
        created_at=now,
    )
    async with db.transaction():
        await db.for_update(Person.objects().where(Person.id == actor.person_id)).first()
        await row.save()
        mine = EventUpload.select(EventUpload.id).where(EventUpload.person == actor.person_id)
        kept = await mine.order_by(EventUpload.id, ascending=False)
        old = [one["id"] for one in kept[MOST_KEPT:]]
        if old:
            await EventUpload.delete().where(EventUpload.id.is_in(old))
    return int(row.id)


async def upload_of(upload_id: int, *, actor: Actor, now: datetime) -> Upload:
    """The file with what it would do by what is here now; raises NotFound for somebody else's, or an old one."""
    row = await _row(upload_id, actor=actor, now=now)
    return Upload(row.id, row.name, row.created_at + KEPT, await _plan(row, actor=actor, now=now))


async def take_upload(upload_id: int, chosen: Mapping[str, str], *, actor: Actor, now: datetime) -> Done:
    """Take the chosen entries over, each by its key with the fingerprint that was shown."""
    row = await _row(upload_id, actor=actor, now=now)
    return await take(await _plan(row, actor=actor, now=now), chosen, actor=actor, now=now)


async def discard_upload(upload_id: int, *, actor: Actor, now: datetime) -> None:
    """Forget the file; what was taken of it stays."""
    row = await _row(upload_id, actor=actor, now=now)
    await EventUpload.delete().where(EventUpload.id == row.id)


async def forget_old_uploads(now: datetime) -> None:
    """Housekeeping: files that nobody came back for go."""
    await EventUpload.delete().where(EventUpload.created_at <= now - KEPT)


async def _row(upload_id: int, *, actor: Actor, now: datetime) -> EventUpload:
    check_signed_in(actor)
    mine = (EventUpload.id == upload_id) & (EventUpload.person == actor.person_id)
    row = None
    if 0 < upload_id < 2**31:
        row = await EventUpload.objects().where(mine & (EventUpload.created_at > now - KEPT)).first()
    if row is None:
        raise NotFound("This file is here no longer. Files are kept for three hours; send it again.")
    return row


async def _plan(row: EventUpload, *, actor: Actor, now: datetime) -> Plan:
    host = await members.organisation_by_id(row.organisation)
    if host is None:
        raise NotFound("The organisation of this file is gone.")
    data = zlib.decompressobj().decompress(base64.b85decode(row.body), ical_reading.LARGEST + 1)
    return await plan_calendar(data, organisation=host.slug, actor=actor, now=now)
