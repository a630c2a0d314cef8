"""The file of a resource: added, changed, taken away."""

from __future__ import annotations

import asyncio
import base64
from datetime import datetime

from summit_service import db
from summit_service.accounts.actor import Actor, check_manages
from summit_service.errors import Conflict
from summit_service.resources import files, queries, rules
from summit_service.resources.actions import writing
from summit_service.resources.queries import ResourceView
from summit_service.resources.tables import Resource, ResourceFile

LAST = "The file is all that there is to use. Give a link first, or withdraw the resource."


async def set_file(slug: str, data: bytes, *, name: str, actor: Actor, now: datetime) -> ResourceView:
    """Hand out this file from now on, instead of the one before.

    Raises NotFound, NotAllowed, Conflict for what is withdrawn, and Invalid: for the file, and for a licence that
    does not allow handing it out.
    """
    found = await queries.resource_by_slug(slug, viewer=actor)
    check_manages(actor, found.organisation.id)
    checked = await asyncio.to_thread(files.checked, data, name)
    async with db.transaction():
        row, _ = await queries.locked(slug, actor)
        rules.check_state(row.state, "waiting", "returned", "published")
        rules.check_licence(row.licence, has_file=True)
        await keep(row, checked, now=now)
        row.changed_at = max(now, row.changed_at)
        await writing.save(row)
        await writing.note(row, "file_set", actor=actor, now=now, text=checked.name)
    return await queries.resource_by_slug(slug, viewer=actor)


async def remove_file(slug: str, *, actor: Actor, now: datetime) -> ResourceView:
    """Hand out no file any more; its bytes are gone. Nothing happens where there is none.

    Raises NotFound, NotAllowed, and Conflict where there is no link either.
    """
    async with db.transaction():
        row, _ = await queries.locked(slug, actor)
        mine = ResourceFile.resource == row.id
        if not await ResourceFile.exists().where(mine):
            return await queries.resource_by_slug(slug, viewer=actor)
        if not row.url and row.state != "withdrawn":
            raise Conflict(LAST)
        await ResourceFile.delete().where(mine)
        row.changed_at = max(now, row.changed_at)
        await writing.save(row)
        await writing.note(row, "file_removed", actor=actor, now=now)
    return await queries.resource_by_slug(slug, viewer=actor)


async def keep(row: Resource, checked: files.Checked, *, now: datetime) -> None:
    """The file in place of the one before, in the caller's transaction."""
    db.current_transaction()
    await ResourceFile.delete().where(ResourceFile.resource == row.id)
    await ResourceFile(
        resource=row.id,
        name=checked.name,
        media_type=checked.media_type,
        size=len(checked.data),
        digest=checked.digest,
        body=base64.b64encode(checked.data).decode(),
        created_at=now,
    ).save()
