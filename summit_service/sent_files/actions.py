"""Keeping a file until it is taken in: few, for hours, for who sent them alone."""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from summit_service import db
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.errors import NotFound
from summit_service.sent_files.tables import SentFile

KEPT = timedelta(hours=3)
MOST_KEPT = 3
"""Of one person for one purpose."""
LONGEST_NAME = 120
MOST_BYTES = 4_000_000
"""More than any reader takes."""
NOT_HERE = (
    "This file is here no longer: it was taken in, thrown away, erased with somebody whom it may name, had three newer"
    " ones after it, or was here for three hours. Send it again."
)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that waits to be taken in, and until when."""

    id: int
    name: str
    until: datetime
    body: str

    @property
    def data(self) -> bytes:
        """What was sent."""
        return zlib.decompressobj().decompress(base64.b85decode(self.body), MOST_BYTES)

    @property
    def digest(self) -> str:
        """Of what was sent: its number alone says little, for SQLite gives that of one that is gone to the next."""
        return hashlib.sha256(self.body.encode()).hexdigest()[:16]


async def keep(data: bytes, *, about: str, name: str, actor: Actor, now: datetime) -> KeptFile:
    """Keep it for the taking; a person's oldest goes when they are too many."""
    check_secretariat(actor)
    row = SentFile(
        person=actor.person_id,
        about=about,
        name=_as_kept(name),
        body=base64.b85encode(zlib.compress(data)).decode(),
        created_at=now,
    )
    async with db.transaction():
        await db.for_update(Person.objects().where(Person.id == actor.person_id)).first()
        await row.save()
        mine = (SentFile.person == actor.person_id) & (SentFile.about == about)
        kept = await SentFile.select(SentFile.id).where(mine).order_by(SentFile.id, ascending=False)
        old = [one["id"] for one in kept[MOST_KEPT:]]
        if old:
            await SentFile.delete().where(SentFile.id.is_in(old))
    return _kept(row)


async def all_kept(about: str, *, actor: Actor, now: datetime) -> list[KeptFile]:
    """What the actor has sent for this and not yet taken in, the newest first."""
    check_secretariat(actor)
    found = _mine(about, actor=actor, now=now).order_by(SentFile.id, ascending=False)
    return [_kept(row) for row in await found]


async def kept_file(file_id: int, *, about: str, actor: Actor, now: datetime) -> KeptFile:
    """The file; raises NotFound for somebody else's, one for something else, or an old one."""
    check_secretariat(actor)
    row: SentFile | None = None
    if 0 < file_id < 2**31:
        row = await _mine(about, actor=actor, now=now).where(SentFile.id == file_id).first()
    if row is None:
        raise NotFound(NOT_HERE)
    return _kept(row)


async def discard(file_id: int, *, about: str, actor: Actor, now: datetime) -> None:
    """Throw it away."""
    await remove(await kept_file(file_id, about=about, actor=actor, now=now))


async def remove(file: KeptFile) -> None:
    """It is taken in, in the caller's transaction, or thrown away."""
    await SentFile.delete().where(SentFile.id == file.id)


async def forget_all() -> None:
    """Whoever is erased may stand in any of them."""
    await SentFile.delete(force=True)


async def forget_old(now: datetime) -> None:
    """Housekeeping: files that nobody came back for go."""
    await SentFile.delete().where(SentFile.created_at <= now - KEPT)


def _as_kept(name: str) -> str:
    """What can be shown of a file's name, to its end: how it ends says what is in it."""
    shown = "".join(one if one.isprintable() else " " for one in name)
    return " ".join(shown.split())[-LONGEST_NAME:] or "file"


def _mine(about: str, *, actor: Actor, now: datetime) -> Any:
    mine = (SentFile.person == actor.person_id) & (SentFile.about == about)
    return SentFile.objects().where(mine & (SentFile.created_at > now - KEPT))


def _kept(row: SentFile) -> KeptFile:
    return KeptFile(row.id, row.name, row.created_at + KEPT, row.body)
