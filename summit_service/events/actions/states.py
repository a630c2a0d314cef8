"""A draft on its way to the public: published, confirmed, given back, discarded."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_acts_for, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, Invalid
from summit_service.events import mails, rules
from summit_service.events.actions import noting, writing
from summit_service.events.actions.managing import managed, seen
from summit_service.events.changes import note_change
from summit_service.events.queries import EventView
from summit_service.events.tables import Event, EventChange, EventOverride, EventSource
from summit_service.mail import outbox
from summit_service.members import actions as members


async def publish_event(slug: str, *, actor: Actor, now: datetime) -> EventView:
    """Publish a draft; that of a new organisation waits for the secretariat. Raises Conflict for what is no draft."""
    async with db.transaction():
        event, host = await managed(slug, actor)
        check_acts_for(actor, host.id)
        rules.check_state(event.state, "draft")
        state = rules.first_state(is_draft=False, is_new=host.is_new, is_trusted=actor.is_secretariat)
        await _move(event, state, "published" if state == "published" else "posted", actor=actor, now=now)
    return await seen(slug, actor)


async def confirm_event(slug: str, *, actor: Actor, now: datetime) -> EventView:
    """Publish what waits; its organisation is new no more, and who posted it is told.

    Raises NotAllowed for all but the secretariat, Conflict for what does not wait.
    """
    check_secretariat(actor)
    async with db.transaction():
        event, host = await managed(slug, actor)
        rules.check_state(event.state, "waiting")
        await _move(event, "published", "confirmed", actor=actor, now=now)
        await members.end_newness(host.id, now=now)
        poster = await _poster(event)
        if poster is not None:
            await outbox.add(mails.event_confirmed(event, poster, number=await _number(event)), now=now)
    return await seen(slug, actor)


async def return_event(slug: str, *, reason: str, actor: Actor, now: datetime) -> EventView:
    """Make what waits a draft again, with a reason that is mailed to who posted it."""
    check_secretariat(actor)
    why = rules.check_reason(reason)
    if not why:
        raise Invalid.one("reason", "Give a reason: it is mailed to who posted the event.")
    async with db.transaction():
        event, _ = await managed(slug, actor)
        rules.check_state(event.state, "waiting")
        await _move(event, "draft", "returned", actor=actor, now=now, text=why)
        poster = await _poster(event)
        if poster is not None:
            mail = mails.event_returned(event, poster, reason=why, number=await _number(event))
            await outbox.add(mail, now=now)
    return await seen(slug, actor)


async def discard_event(slug: str, *, actor: Actor, now: datetime) -> None:
    """Forget a draft and its history; raises Conflict for what others have seen."""
    async with db.transaction():
        event, _ = await managed(slug, actor)
        if event.state not in {"draft", "waiting"}:
            raise Conflict("This event is published. Cancel it, so that calendars tell those who have it.")
        await EventChange.delete().where(EventChange.event == event.id)
        await EventOverride.delete().where(EventOverride.event == event.id)
        await EventSource.delete().where(EventSource.event == event.id)
        await Event.delete().where(Event.id == event.id)
        await journal.note("event.discarded", actor, event.slug, event.summary, now=now)


async def _move(event: Event, state: str, kind: str, *, actor: Actor, now: datetime, text: str = "") -> None:
    event.state = state
    event.changed_at = max(now, event.changed_at)
    await noting.note(event, kind, text=text, actor=actor, now=now)
    await writing.write_state(event)
    if state == "published":
        await note_change(now)


async def _poster(event: Event) -> Person | None:
    """Who posted it, where they can be told by mail."""
    person = await Person.objects().where(Person.id == event.created_by).first() if event.created_by else None
    return person if person is not None and person.email else None


async def _number(event: Event) -> int:
    """How much has happened to the event: the same decision may be made again later, and is told again."""
    return int(await EventChange.count().where(EventChange.event == event.id))
