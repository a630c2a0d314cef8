"""One date of a series: moved, cancelled, or put back where the series has it."""

from __future__ import annotations

from datetime import date, datetime

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict
from summit_service.events import history, overrides, rules, stored
from summit_service.events.actions import noting, writing
from summit_service.events.actions.managing import managed, seen
from summit_service.events.changes import note_change
from summit_service.events.details import Details
from summit_service.events.overrides import Override
from summit_service.events.queries import EventView
from summit_service.events.tables import Event, EventOverride
from summit_service.members.tables import Organisation


async def move_date(
    slug: str,
    when: str,
    *,
    starts_at: str,
    ends_at: str = "",
    location: str = "",
    reason: str = "",
    summary: str = "",
    description: str = "",
    actor: Actor,
    now: datetime,
) -> EventView:
    """Hold one date of the series at another time or place, or under its own title and description.

    One that was cancelled is held again.
    `when` is the day on which the series has it, or its wall time. Where the series has it anyway, nothing is kept.
    Raises NotFound, NotSignedIn, NotAllowed, Conflict for a cancelled event, Invalid with the field.
    """
    async with db.transaction():
        event, host, details, day = await _found(slug, when, actor)
        moved = overrides.check_move(
            details,
            day,
            starts_at=starts_at,
            ends_at=ends_at,
            location=location,
            reason=reason,
            summary=summary,
            description=description,
        )
        wanted = None if overrides.changes_nothing(details, moved) else moved
        await write_date(event, host, day, wanted, actor=actor, now=now)
    return await seen(slug, actor)


async def cancel_date(slug: str, when: str, *, reason: str = "", actor: Actor, now: datetime) -> EventView:
    """Call one date of the series off; the others stay. Raises Conflict the second time."""
    async with db.transaction():
        event, host, _, day = await _found(slug, when, actor)
        known = await row_of(event, day)
        if known is not None and known.is_cancelled:
            raise Conflict("This date is cancelled already.")
        off = Override(day=day, reason=overrides.check_reason(reason), is_cancelled=True)
        await write_date(event, host, day, off, actor=actor, now=now)
    return await seen(slug, actor)


async def restore_date(slug: str, when: str, *, actor: Actor, now: datetime) -> EventView:
    """Hold the date as the series has it. Nothing changes where it was neither moved nor cancelled."""
    async with db.transaction():
        event, host, _, day = await _found(slug, when, actor)
        await write_date(event, host, day, None, actor=actor, now=now)
    return await seen(slug, actor)


async def _found(slug: str, when: str, actor: Actor) -> tuple[Event, Organisation, Details, date]:
    event, host = await managed(slug, actor)
    rules.check_can_change(event.status)
    details = stored.details_of(event)
    return event, host, details, overrides.day_of(details, when)


async def row_of(event: Event, day: date) -> EventOverride | None:
    """What is kept of that day, locked until the commit."""
    where = (EventOverride.event == event.id) & (EventOverride.day == day)
    return await db.for_update(EventOverride.objects().where(where)).first()


async def write_date(
    event: Event,
    host: Organisation,
    day: date,
    wanted: Override | None,
    *,
    actor: Actor,
    now: datetime,
    kind: str = "date",
) -> None:
    """Keep what is wanted of that day, and tell calendars where it differs."""
    row = await row_of(event, day)
    before = stored.override_of(row) if row is not None else None
    if before == wanted:
        return
    difference = history.date_difference(day, before, wanted)
    await noting.note(event, kind, *difference, actor=actor, now=now)
    if wanted is None:
        await EventOverride.delete().where((EventOverride.event == event.id) & (EventOverride.day == day))
    else:
        row = row or EventOverride(event=event.id, day=day)
        for name in stored.OVERRIDE:
            setattr(row, name, getattr(wanted, name))
        row.person, row.changed_at = actor.person_id, now
        await row.save()
        await _check_number(event)
    await writing.update_dates(event, organisation=host.name, now=now)
    if event.state == "published":
        await note_change(now)


async def _check_number(event: Event) -> None:
    if await EventOverride.count().where(EventOverride.event == event.id) > overrides.MOST_OVERRIDES:
        raise Conflict(
            f"At most {overrides.MOST_OVERRIDES} dates of a series can be moved or cancelled. "
            "End this series and post another one."
        )
