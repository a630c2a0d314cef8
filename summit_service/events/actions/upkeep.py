"""What has to be computed again when the world around events changes: zone rules, names, our own address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from piccolo.query import Objects

from summit_service import db
from summit_service.errors import Invalid
from summit_service.events import entries, overrides, stored
from summit_service.events.actions import writing
from summit_service.events.changes import note_change
from summit_service.events.occurrences import Span, span_of
from summit_service.events.queries import cancellation_reason, overrides_of
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
                index = await _index_of(event)
            except Invalid as fault:
                log.warning("an event's time cannot be read", event_id=event.id, fault=fault.sentence)
                continue
            if index != {name: getattr(event, name) for name in index}:
                for name, instant in index.items():
                    setattr(event, name, instant)
                event.noted_in = 0
                await event.save()
                moved.append(event.slug)
        if moved:
            await note_change(now)
    return moved


async def render_again(*, now: datetime, organisation_id: int | None = None) -> int:
    """Render the entries anew, after a host or the service's address got another name; how many differ.

    Feeds are told even where no entry differs: a host's name and country are in what they are selected by.
    """
    changed = 0
    async with db.transaction():
        rows = await Organisation.select(Organisation.id, Organisation.slug, Organisation.name)
        names, slugs = ({row[key]: row["name"] for row in rows} for key in ("id", "slug"))
        slug = next((row["slug"] for row in rows if row["id"] == organisation_id), "")
        async for event in _all_events(organisation_id, slug):
            hosts = (slugs[host] for host in stored.split(event.hosts) if host in slugs)
            changed += await _render_one(
                event, writing.in_a_row([names[event.organisation], *hosts]), now=now
            )
        # Also those that read as before: a host's name and country are in what feeds are selected by.
        await Event.update({Event.noted_in: 0}).where(_of_host(organisation_id, slug))
        await note_change(now)
    return changed


async def _index_of(event: Event) -> dict[str, datetime | None]:
    """The columns by which an event is found, by the zone rules of today."""
    details = stored.details_of(event)
    earliest, span = overrides.reach(details, span_of(details), await _overrides(event))
    return {
        "starts_instant": span.starts,
        "ends_instant": span.ends,
        "last_instant": span.last,
        "earliest_instant": earliest,
    }


async def _overrides(event: Event) -> list[overrides.Override]:
    return (await overrides_of([event.id]))[event.id] if event.recurrence else []


async def _render_one(event: Event, organisation: str, *, now: datetime) -> bool:
    """By the instants that are stored, so that an hour that exists no more keeps nobody's name back."""
    reason = await cancellation_reason(event.id) if event.status == "CANCELLED" else ""
    span = Span(event.starts_instant, event.ends_instant, event.last_instant)
    kept = await _overrides(event)

    def rendered() -> str:
        return entries.render(event, span=span, organisation=organisation, reason=reason, overrides=kept)

    if rendered() == event.vevent:
        return False
    event.changed_at = max(now, event.changed_at)
    event.vevent = rendered()
    event.search = entries.search_text(stored.details_of(event), organisation, kept)
    await event.save([Event.changed_at, Event.vevent, Event.search])
    return True


async def _all_events(organisation_id: int | None = None, slug: str = "") -> AsyncIterator[Event]:
    """Each row locked until the commit: who changes an event meanwhile does it after us, on what we wrote."""
    last = 0
    while rows := await db.for_update(_events_after(last, organisation_id, slug)):
        for row in rows:
            yield row
        last = rows[-1].id


def _events_after(last: int, organisation_id: int | None, slug: str) -> Objects[Event]:
    """Those that the organisation posts or holds with others; all of them where none is named."""
    where = (Event.id > last) & _of_host(organisation_id, slug)
    return Event.objects().where(where).order_by(Event.id).limit(BATCH)


def _of_host(organisation_id: int | None, slug: str) -> Any:
    if organisation_id is None:
        return Event.id > 0
    return (Event.organisation == organisation_id) | Event.hosts.like(f"%,{slug},%")
