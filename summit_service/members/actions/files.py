"""Files of members between the look and the taking: few, for hours, for who sent them alone."""

from __future__ import annotations

import asyncio
import base64
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from summit_service import db
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.errors import NotFound
from summit_service.members import sheet
from summit_service.members.actions import importing
from summit_service.members.actions.importing import ImportReport
from summit_service.members.tables import MembersFile

KEPT = timedelta(hours=3)
MOST_KEPT = 3
LONGEST_NAME = 120
NOT_HERE = (
    "This file is here no longer: it was taken in, thrown away, erased with somebody whom it may name, or was here"
    " for three hours. Send it again."
)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that waits to be taken in, and until when."""

    id: int
    name: str
    until: datetime


async def keep_file(
    data: bytes, *, name: str, actor: Actor, now: datetime
) -> tuple[KeptFile | None, ImportReport]:
    """What the file would do now; it is kept for the taking unless it has faults.

    A person's oldest goes when they are too many.
    """
    report = await importing.import_organisations(data, actor=actor, now=now, dry_run=True)
    if report.faults:
        return None, report
    row = MembersFile(
        person=actor.person_id,
        name=" ".join(name.split())[:LONGEST_NAME] or "members.csv",
        body=base64.b85encode(zlib.compress(data)).decode(),
        created_at=now,
    )
    async with db.transaction():
        await db.for_update(Person.objects().where(Person.id == actor.person_id)).first()
        await row.save()
        mine = MembersFile.select(MembersFile.id).where(MembersFile.person == actor.person_id)
        kept = await mine.order_by(MembersFile.id, ascending=False)
        old = [one["id"] for one in kept[MOST_KEPT:]]
        if old:
            await MembersFile.delete().where(MembersFile.id.is_in(old))
    return _kept(row), report


async def files_of(actor: Actor, *, now: datetime) -> list[KeptFile]:
    """What the actor has sent and not yet taken in, the newest first."""
    check_secretariat(actor)
    return [_kept(row) for row in await _mine(actor, now=now).order_by(MembersFile.id, ascending=False)]


async def look_at_file(file_id: int, *, actor: Actor, now: datetime) -> tuple[KeptFile, ImportReport]:
    """The file, and what it would do by what is here now; raises NotFound for somebody else's, or an old one."""
    check_secretariat(actor)
    row = await _row(file_id, actor=actor, now=now)
    report = await importing.import_organisations(_data(row), actor=actor, now=now, dry_run=True)
    return _kept(row), report


async def take_file(file_id: int, *, seen: str, actor: Actor, now: datetime) -> tuple[KeptFile, ImportReport]:
    """Take it in, once, if it still does what was `seen`; otherwise a dry run says what it would do.

    Raises NotFound for a file that is here no longer, and Conflict where somebody was faster.
    """
    check_secretariat(actor)
    read = await asyncio.to_thread(sheet.read, _data(await _row(file_id, actor=actor, now=now)))
    async with db.transaction():
        report = await importing.take_rows(read, seen=seen, actor=actor, now=now)
        # After the organisations, which whoever erases a person locks first: is it still here?
        row = await _row(file_id, actor=actor, now=now)
        if not report.is_dry_run:
            await MembersFile.delete().where(MembersFile.id == row.id)
    return _kept(row), report


async def discard_file(file_id: int, *, actor: Actor, now: datetime) -> None:
    """Throw it away."""
    check_secretariat(actor)
    row = await _row(file_id, actor=actor, now=now)
    await MembersFile.delete().where(MembersFile.id == row.id)


async def forget_old_files(now: datetime) -> None:
    """Housekeeping: files that nobody came back for go."""
    await MembersFile.delete().where(MembersFile.created_at <= now - KEPT)


def _mine(actor: Actor, *, now: datetime) -> Any:
    return MembersFile.objects().where(
        (MembersFile.person == actor.person_id) & (MembersFile.created_at > now - KEPT)
    )


async def _row(file_id: int, *, actor: Actor, now: datetime) -> MembersFile:
    row: MembersFile | None = None
    if 0 < file_id < 2**31:
        row = await _mine(actor, now=now).where(MembersFile.id == file_id).first()
    if row is None:
        raise NotFound(NOT_HERE)
    return row


def _data(row: MembersFile) -> bytes:
    return zlib.decompressobj().decompress(base64.b85decode(row.body), sheet.MOST_BYTES + 1)


def _kept(row: MembersFile) -> KeptFile:
    return KeptFile(row.id, row.name, row.created_at + KEPT)
