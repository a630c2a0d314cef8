"""Files of a programme between the look at what they would do to the draft and the taking."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from summit_service import db
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Invalid
from summit_service.sent_files import actions as sent_files
from summit_service.sent_files.actions import KeptFile
from summit_service.summits import queries
from summit_service.summits.actions import replacing
from summit_service.summits.actions.replacing import Replaced
from summit_service.summits.exchange import files, filling
from summit_service.summits.rules.intake import read_programme
from summit_service.summits.rules.programme import Programme
from summit_service.summits.tables import Edition


async def keep_file(year: int, data: bytes, *, name: str, actor: Actor, now: datetime) -> KeptFile:
    """Keep a file in any of the forms that `exchange.files` reads for the taking; `name` is the file's.

    Raises Invalid for one with faults, which is not kept.
    """
    check_secretariat(actor)
    await _read(await queries.found_edition(year), data, name)
    return await sent_files.keep(data, about=_about(year), name=name, actor=actor, now=now)


async def files_of(year: int, *, actor: Actor, now: datetime) -> list[KeptFile]:
    """What the actor has sent and not yet taken in, the newest first."""
    return await sent_files.all_kept(_about(year), actor=actor, now=now)


async def file_of(year: int, file_id: int, *, actor: Actor, now: datetime) -> KeptFile:
    """The file; raises NotFound for somebody else's, or an old one."""
    return await sent_files.kept_file(file_id, about=_about(year), actor=actor, now=now)


async def look_at_file(year: int, file: KeptFile, *, now: datetime) -> Replaced:
    """What the file would do to the draft as it stands; raises Invalid where it cannot be read any more.

    Its `seen` is the mark of both, the file and the draft.
    """
    edition = await queries.found_edition(year)
    return await _would(edition, file, await _read(edition, file.data, file.name), now=now)


async def take_file(year: int, file_id: int, *, seen: str, actor: Actor, now: datetime) -> Replaced:
    """Make it the draft, once, where both are what was `seen`; otherwise a dry run says what it would do.

    Raises NotFound for a file that is here no longer, and Invalid where it cannot be read any more.
    """
    check_secretariat(actor)
    async with db.transaction():
        edition = await queries.locked_edition(year)
        file = await file_of(year, file_id, actor=actor, now=now)
        read = await _read(edition, file.data, file.name)
        would = await _would(edition, file, read, now=now)
        if seen != would.seen:
            return would
        await sent_files.remove(file)
        return await replacing.store(would, read, detail="from a file", actor=actor, now=now)


async def discard_file(year: int, file_id: int, *, actor: Actor, now: datetime) -> None:
    """Throw it away."""
    await sent_files.discard(file_id, about=_about(year), actor=actor, now=now)


async def _would(edition: Edition, file: KeptFile, read: Programme, *, now: datetime) -> Replaced:
    would = await replacing.look(edition, read, now=now)
    return replace(would, seen=would.seen + file.digest)


async def _read(edition: Edition, data: bytes, name: str) -> Programme:
    """A sheet or XML has no place for seats and affiliations: those that the draft has for the same names stay."""
    file, read = await asyncio.to_thread(_parsed, edition, data, name)
    return filling.filled(read, (await queries.draft_of(edition)).programme) if file.is_bare else read


def _parsed(edition: Edition, data: bytes, name: str) -> tuple[files.ProgrammeFile, Programme]:
    file = files.read(data, name=name, timezone=edition.timezone)
    try:
        return file, read_programme(file.values, year=edition.year, timezone=edition.timezone)
    except Invalid as refusal:
        raise file.told(refusal) from refusal


def _about(year: int) -> str:
    return f"programme/{year}"
