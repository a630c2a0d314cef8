"""Timestamps for what is published, asked for in the background until there is one."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from summit_service import db, settings
from summit_service.logs import logger
from summit_service.statements import authority, files
from summit_service.statements.tables import Manifest, ManifestFile, Stamping

log = logger("statements")
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=6)


async def stamp_waiting(now: datetime) -> int:
    """Ask for a timestamp of each manifest that has none and whose turn it is; how many came.

    Nothing waits for it: a bundle without one is valid, and says that it has none.
    """
    try:
        asked = authority.configured(settings.current())
    except authority.NoStamp as fault:
        log.warning("no timestamps", why=str(fault))
        return 0
    if asked is None:
        return 0
    come = 0
    for manifest in await _waiting(now):
        come += await _stamp(asked, manifest, now=now)
    return come


async def _waiting(now: datetime) -> list[Manifest]:
    stamped = ManifestFile.select(ManifestFile.manifest).where(ManifestFile.name == files.STAMP)
    resting = Stamping.select(Stamping.manifest).where(Stamping.next_at > now)
    without = {row["manifest"] for row in [*await stamped, *await resting]}
    rows = await Manifest.select(Manifest.id).order_by(Manifest.id)
    ids = [row["id"] for row in rows if row["id"] not in without]
    return list(await Manifest.objects().where(Manifest.id.is_in(ids)).order_by(Manifest.id)) if ids else []


async def _stamp(asked: authority.Authority, manifest: Manifest, *, now: datetime) -> int:
    message = bytes.fromhex(manifest.sig)
    try:
        token = await asyncio.to_thread(authority.stamp, asked, message)
    except authority.NoStamp as fault:
        log.warning("no timestamp", manifest=manifest.sha256, why=str(fault))
        await _rest(manifest, str(fault), now=now)
        return 0
    try:
        async with db.transaction():
            with db.unique_violations():
                made = {files.STAMP: token, files.AUTHORITY: asked.certificates}
                await files.keep(manifest, made, now=now)
            await Stamping.delete().where(Stamping.manifest == manifest.id)
    except db.UniqueViolation:
        return 0
    return 1


async def _rest(manifest: Manifest, fault: str, *, now: datetime) -> None:
    """Ask again after a minute, two, four, and at the latest after six hours."""
    async with db.transaction():
        mine = Stamping.manifest == manifest.id
        row = await Stamping.objects().where(mine).first()
        attempts = row.attempts + 1 if row else 1
        wait = min(LONGEST, FIRST * 2 ** min(attempts - 1, 12))
        if row is None:
            await Stamping.insert(
                Stamping(manifest=manifest.id, attempts=attempts, next_at=now + wait, fault=fault[:500])
            )
            return
        changed: dict[Any, Any] = {
            Stamping.attempts: attempts,
            Stamping.next_at: now + wait,
            Stamping.fault: fault[:500],
        }
        await Stamping.update(changed).where(mine)
