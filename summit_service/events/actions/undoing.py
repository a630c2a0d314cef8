"""Undoing a change: a change of its own, so that calendars hear of it and history tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.events import changelog, history, overrides, rules, stored
from summit_service.events.actions import dates, writing
from summit_service.events.actions.managing import managed, seen
from summit_service.events.changes import note_change
from summit_service.events.history import Change
from summit_service.events.queries import EventView
from summit_service.events.tables import Event
from summit_service.members.tables import Organisation


async def undo_change(slug: str, change_id: int, *, actor: Actor, now: datetime) -> EventView:
    """Give the fields of a change their values before it; SEQUENCE rises as with every change.

    Raises Conflict where a field was changed once more since, or where its old value would not do any more.
    """
    async with db.transaction():
        event, host = await managed(slug, actor)
        rules.check_can_change(event.status)
        change = await changelog.change_by_id(event.id, change_id)
        if change is None:
            raise NotFound("There is no such change of this event.")
        if not change.can_be_undone:
            raise Conflict("This cannot be undone.")
        await _undo(event, host, change, actor=actor, now=now)
    return await seen(slug, actor)


async def _undo(event: Event, host: Organisation, change: Change, *, actor: Actor, now: datetime) -> None:
    details = stored.details_of(event)
    of_a_date = history.date_to_undo(change)
    if of_a_date is not None:
        day, before, after = of_a_date
        try:
            overrides.day_of(details, day.isoformat())
        except NotFound as fault:
            raise Conflict("The series does not have this date any more, so it cannot be undone.") from fault
        row = await dates.row_of(event, day)
        if (stored.override_of(row) if row is not None else None) != after:
            raise Conflict("This date was changed again since. Undo the later change first.")
        await dates.write_date(event, host, day, before, actor=actor, now=now, kind="undone")
        return
    wanted = replace(details, **history.fields_to_undo(change, details))
    try:
        checked, span = rules.check_details(wanted)
    except Invalid as fault:
        raise Conflict(f"What was there before does not do any more: {fault.sentence}") from fault
    done = await writing.update(
        event, checked, span, organisation=host.name, now=now, actor=actor, kind="undone"
    )
    if done and event.state == "published":
        await note_change(now)
