"""What becomes of a call: confirmed, given back, withdrawn."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.events.actions import deadlines
from summit_service.funding import mails, queries, rules
from summit_service.funding.actions.calls import set_deadline
from summit_service.funding.queries import CallView
from summit_service.funding.tables import FundingCall
from summit_service.mail import outbox
from summit_service.members import actions as members


async def confirm(slug: str, *, actor: Actor, now: datetime) -> CallView:
    """Publish what waits; its organisation is new no more, and who posted it is told.

    Raises NotAllowed for all but the secretariat, Conflict for what does not wait.
    """
    check_secretariat(actor)
    async with db.transaction():
        row, bringer = await queries.locked(slug, actor)
        rules.check_state(row.state, "waiting")
        await _move(row, "published", actor=actor, now=now, verb="funding.confirmed")
        await set_deadline(row, bringer, actor=actor, now=now)
        await members.end_newness(bringer.id, now=now)
        person = await _poster(row)
        if person is not None:
            await outbox.add(mails.funding_confirmed(row, person), now=now)
    return await queries.call_by_slug(slug, viewer=actor)


async def give_back(slug: str, *, reason: str, actor: Actor, now: datetime) -> CallView:
    """Give what waits back, with a reason that is mailed to who posted it; once changed it waits again."""
    check_secretariat(actor)
    why = rules.checked_reason(reason, "Give a reason: it is mailed to who posted it.")
    async with db.transaction():
        row, _ = await queries.locked(slug, actor)
        rules.check_state(row.state, "waiting")
        await _move(row, "returned", actor=actor, now=now, verb="funding.returned", reason=why)
        person = await _poster(row)
        if person is not None:
            await outbox.add(mails.funding_returned(row, person, reason=why), now=now)
    return await queries.call_by_slug(slug, viewer=actor)


async def withdraw(slug: str, *, reason: str, actor: Actor, now: datetime) -> CallView:
    """Take the call back for good: its deadline is cancelled in every calendar. Twice is once."""
    why = rules.checked_reason(reason, "Say why. Its page and the calendars show this.")
    async with db.transaction():
        row, bringer = await queries.locked(slug, actor)
        if row.state != "withdrawn":
            await _move(row, "withdrawn", actor=actor, now=now, verb="funding.withdrawn", reason=why)
            if row.event is not None:
                await deadlines.cancel(row.event, organisation=bringer, reason=why, actor=actor, now=now)
    return await queries.call_by_slug(slug, viewer=actor)


async def _move(
    row: FundingCall, state: str, *, actor: Actor, now: datetime, verb: str, reason: str = ""
) -> None:
    row.state, row.reason = state, reason
    row.changed_at, row.decisions = max(now, row.changed_at), row.decisions + 1
    await row.save()
    await journal.note(verb, actor, row.slug, row.title, now=now)


async def _poster(row: FundingCall) -> Person | None:
    """Who posted it, where they can be told by mail."""
    person = await Person.objects().where(Person.id == row.created_by).first() if row.created_by else None
    return person if person is not None and person.email and person.ended_at is None else None
