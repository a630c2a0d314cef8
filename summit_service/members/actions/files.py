"""Files of members between the look and the taking."""

from __future__ import annotations

import asyncio
from datetime import datetime

from summit_service import db
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.members import sheet
from summit_service.members.actions import importing
from summit_service.members.actions.importing import ImportReport
from summit_service.sent_files import actions as sent_files
from summit_service.sent_files.actions import KeptFile

ABOUT = "members"


async def keep_file(
    data: bytes, *, name: str, actor: Actor, now: datetime
) -> tuple[KeptFile | None, ImportReport]:
    """What the file would do now; it is kept for the taking unless it has faults."""
    report = await importing.import_organisations(data, actor=actor, now=now, dry_run=True)
    if report.faults:
        return None, report
    return await sent_files.keep(data, about=ABOUT, name=name, actor=actor, now=now), report


async def files_of(actor: Actor, *, now: datetime) -> list[KeptFile]:
    """What the actor has sent and not yet taken in, the newest first."""
    return await sent_files.all_kept(ABOUT, actor=actor, now=now)


async def look_at_file(file_id: int, *, actor: Actor, now: datetime) -> tuple[KeptFile, ImportReport]:
    """The file, and what it would do by what is here now; raises NotFound for somebody else's, or an old one."""
    file = await sent_files.kept_file(file_id, about=ABOUT, actor=actor, now=now)
    return file, await importing.import_organisations(file.data, actor=actor, now=now, dry_run=True)


async def take_file(file_id: int, *, seen: str, actor: Actor, now: datetime) -> tuple[KeptFile, ImportReport]:
    """Take it in, once, if it still does what was `seen`; otherwise a dry run says what it would do.

    Raises NotFound for a file that is here no longer, and Conflict where somebody was faster.
    """
    check_secretariat(actor)
    sent = await sent_files.kept_file(file_id, about=ABOUT, actor=actor, now=now)
    read = await asyncio.to_thread(sheet.read, sent.data)
    async with db.transaction():
        report = await importing.take_rows(read, seen=seen, actor=actor, now=now)
        # After the organisations, which whoever erases a person locks first: is it still here?
        file = await sent_files.kept_file(file_id, about=ABOUT, actor=actor, now=now)
        if not report.is_dry_run:
            await sent_files.remove(file)
    return file, report


async def discard_file(file_id: int, *, actor: Actor, now: datetime) -> None:
    """Throw it away."""
    await sent_files.discard(file_id, about=ABOUT, actor=actor, now=now)
