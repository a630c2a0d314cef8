"""What becomes of a resource: confirmed, given back, withdrawn."""

from __future__ import annotations

from datetime import datetime

from summit_service import db
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.mail import outbox
from summit_service.members import actions as members
from summit_service.resources import mails, queries, rules
from summit_service.resources.actions import writing
from summit_service.resources.queries import ResourceView
from summit_service.resources.tables import Resource, ResourceFile


async def confirm(slug: str, *, actor: Actor, now: datetime) -> ResourceView:
    """Publish what waits; its organisation is new no more, and who shared it is told.

    Raises NotAllowed for all but the secretariat, Conflict for what does not wait.
    """
    check_secretariat(actor)
    async with db.transaction():
        row, sharer = await queries.locked(slug, actor)
        rules.check_state(row.state, "waiting")
        await _move(row, "published", "confirmed", actor=actor, now=now)
        await members.end_newness(sharer.id, now=now)
        person = await writing.sharer_of(row)
        if person is not None:
            mail = mails.resource_confirmed(row, person, number=await writing.number_of(row))
            await outbox.add(mail, now=now)
    return await queries.resource_by_slug(slug, viewer=actor)


async def give_back(slug: str, *, reason: str, actor: Actor, now: datetime) -> ResourceView:
    """Give what waits back, with a reason that is mailed to who shared it; once changed it waits again."""
    check_secretariat(actor)
    why = rules.check_reason(reason, "Give a reason: it is mailed to who shared it.")
    async with db.transaction():
        row, _ = await queries.locked(slug, actor)
        rules.check_state(row.state, "waiting")
        await _move(row, "returned", "returned", actor=actor, now=now, reason=why)
        person = await writing.sharer_of(row)
        if person is not None:
            mail = mails.resource_returned(row, person, reason=why, number=await writing.number_of(row))
            await outbox.add(mail, now=now)
    return await queries.resource_by_slug(slug, viewer=actor)


async def withdraw(slug: str, *, reason: str, actor: Actor, now: datetime) -> ResourceView:
    """Take it back for good; its address says so, and why. Twice is once."""
    why = rules.check_reason(reason, "Say why, for those who come back for it. Its page will show this.")
    async with db.transaction():
        row, _ = await queries.locked(slug, actor)
        if row.state != "withdrawn":
            row.withdrawn_at = now
            await ResourceFile.delete().where(ResourceFile.resource == row.id)
            await _move(row, "withdrawn", "withdrawn", actor=actor, now=now, reason=why)
    return await queries.resource_by_slug(slug, viewer=actor)


async def _move(
    row: Resource, state: str, kind: str, *, actor: Actor, now: datetime, reason: str = ""
) -> None:
    row.state, row.reason = state, reason
    row.changed_at = max(now, row.changed_at)
    if state == "published":
        row.published_at = now
    await row.save()
    await writing.note(row, kind, actor=actor, now=now, text=reason)
