"""Deadlines in the shared calendar that belong to something else (a call for funding) and change with it alone."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from summit_service import db, settings
from summit_service.accounts.actor import Actor
from summit_service.errors import NotFound
from summit_service.events import rules
from summit_service.events.actions import writing
from summit_service.events.changes import note_change
from summit_service.events.details import Details
from summit_service.events.tables import Cancellation, Event
from summit_service.members.tables import Organisation


async def post(details: Details, *, organisation: Organisation, actor: Actor, now: datetime) -> int:
    """A new event for a deadline, in the caller's transaction; its id. Raises Invalid."""
    checked, span = rules.check_details(details)
    uid = f"{rules.DEADLINE_UID}{uuid4()}@{settings.current().host}"
    event = await writing.insert(checked, span, organisation=organisation, actor=actor, now=now, uid=uid)
    await note_change(now)
    return int(event.id)


async def move(
    event_id: int, details: Details, *, organisation: Organisation, actor: Actor, now: datetime
) -> None:
    """The event as the deadline is now; the same again leaves every byte as it was."""
    event = await _locked(event_id)
    checked, span = rules.check_details(details)
    if await writing.update(event, checked, span, organisation=organisation.name, now=now, actor=actor):
        await note_change(now)


async def cancel(
    event_id: int, *, organisation: Organisation, reason: str, actor: Actor, now: datetime
) -> None:
    """The deadline is none any more; calendars show it as cancelled for 90 days."""
    event = await _locked(event_id)
    why = rules.check_reason(reason)
    await writing.write_cancelled(event, organisation=organisation.name, reason=why, now=now, actor=actor)
    row = Cancellation(event=event.id, person=actor.person_id, reason=why, created_at=now)
    await Cancellation.insert(row)
    await note_change(now)


async def _locked(event_id: int) -> Event:
    event = await db.for_update(Event.objects().where(Event.id == event_id)).first()
    if event is None:
        raise NotFound("The deadline in the calendar is gone.")
    return event
