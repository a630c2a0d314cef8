"""What has to be computed again when the world around events changes: zone rules, names, our own address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from summit_service import db
from summit_service.errors import Invalid
from summit_service.events import entries, stored
from summit_service.events.changes import note_change
from summit_service.events.occurrences import span_of
from summit_service.events.queries import cancellation_reason
from summit_service.events.tables import Event
from summit_service.logs import logger
from summit_service.members.tables import Organisation

BATCH = 200
log = logger("events")


async def recompute_instants(*, now: datetime) -> list[str]:
    """After new time zone data: instants from the wall times; the slugs of the events that have moved.

    Wall time, zone and SEQUENCE stay: the hour on the wall is what was announced. An event whose hour no
    longer exists is logged and left as it was.
    """
    moved: list[str] = []
    async with db.transaction():
        async for event in _all_events():
            try:
                span = span_of(stored.details_of(event))
            except Invalid as fault:
                log.warning("an event's time cannot be read", event_id=event.id, fault=fault.sentence)
                continue
            if (span.starts, span.ends, span.last) != (
                event.starts_instant,
                event.ends_instant,
                event.last_instant,
            ):
                event.starts_instant, event.ends_instant, event.last_instant = (
                    span.starts,
                    span.ends,
                    span.last,
                )
                await event.save()
                moved.append(event.slug)
        if moved:
            await note_change(now)
    return moved


async def render_again(*, now: datetime, organisation_id: int | None = None) -> int:
    """Render the entries anew, after a host or the service's address got another name; how many differ."""
    changed = 0
    async with db.transaction():
        names = {
            row["id"]: row["name"] for row in await Organisation.select(Organisation.id, Organisation.name)
        }
        async for event in _all_events():
            if organisation_id not in {None, event.organisation}:
                continue
            reason = await cancellation_reason(event.id) if event.status == "CANCELLED" else ""
            span = span_of(stored.details_of(event))
            fresh = entries.render(event, span=span, organisation=names[event.organisation], reason=reason)
            if fresh != event.vevent:
                await Event.update({Event.vevent: fresh}).where(Event.id == event.id)
                changed += 1
        if changed:
            await note_change(now)
    return changed


async def _all_events() -> AsyncIterator[Event]:
    last = 0
    while rows := await Event.objects().where(Event.id > last).order_by(Event.id).limit(BATCH):
        for row in rows:
            yield row
        last = rows[-1].id
