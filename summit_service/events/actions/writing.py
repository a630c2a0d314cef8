"""Rows of events as actions write them: inside a transaction, entry and number raised with them."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from summit_service import db, markup, settings
from summit_service.accounts.actor import Actor
from summit_service.events import entries, overrides, stored
from summit_service.events.details import Details
from summit_service.events.occurrences import Span, span_of
from summit_service.events.queries import overrides_of
from summit_service.events.rules import RESERVED_SLUGS, changed_fields, next_sequence
from summit_service.events.tables import Event
from summit_service.members.tables import Organisation

LONGEST_SLUG = 60


async def insert(
    details: Details, span: Span, *, organisation: Organisation, actor: Actor, now: datetime, uid: str = ""
) -> Event:
    """A new event, with an address and a UID that are its own for ever."""
    event = Event(
        uid=uid or f"{uuid4()}@{settings.current().host}",
        organisation=organisation.id,
        created_by=actor.person_id,
        created_at=now,
        changed_at=now,
        **stored.columns_of(details, span),
    )
    while True:
        event.slug = await _free_slug(details.summary)
        event.vevent = entries.render(event, span=span, organisation=organisation.name)
        try:
            with db.unique_violations():
                async with db.current_transaction().savepoint():
                    await event.save()
            return event
        except db.UniqueViolation as taken:
            # Two events of one title at once: the other was faster; its slug is seen on the next look.
            if "slug" not in taken.index:
                raise


async def update(event: Event, details: Details, span: Span, *, organisation: str, now: datetime) -> bool:
    """Write what differs, with SEQUENCE and the time of the change; False when nothing does."""
    changed = changed_fields(stored.details_of(event), details)
    if not changed:
        return False
    for name, value in stored.columns_of(details, span).items():
        setattr(event, name, value)
    event.sequence = next_sequence(event.sequence, changed)
    event.changed_at = max(now, event.changed_at)
    await _save_with_overrides(event, span, organisation=organisation)
    return True


async def update_dates(event: Event, *, organisation: str, now: datetime) -> None:
    """After a date of the series was moved, cancelled or put back: SEQUENCE rises, for calendars look again."""
    event.sequence += 1
    event.changed_at = max(now, event.changed_at)
    await _save_with_overrides(event, span_of(stored.details_of(event)), organisation=organisation)


async def write_cancelled(event: Event, *, organisation: str, reason: str, now: datetime) -> None:
    """Mark the event as called off."""
    event.status, event.state = "CANCELLED", "cancelled"
    event.sequence += 1
    event.changed_at = event.cancelled_at = max(now, event.changed_at)
    await _save_with_overrides(
        event, span_of(stored.details_of(event)), organisation=organisation, reason=reason
    )


async def _save_with_overrides(event: Event, span: Span, *, organisation: str, reason: str = "") -> None:
    """The row with its index and entry, as the moved and cancelled dates of the series make them."""
    kept = (await overrides_of([event.id]))[event.id] if event.recurrence else []
    earliest, span = overrides.reach(stored.details_of(event), span, kept)
    event.earliest_instant, event.last_instant = earliest, span.last
    event.vevent = entries.render(event, span=span, organisation=organisation, reason=reason, overrides=kept)
    await event.save()


async def _free_slug(summary: str) -> str:
    base = markup.slug(summary)[:LONGEST_SLUG]
    rows = await Event.select(Event.slug).where(Event.slug.like(f"{base}%"))
    taken = {row["slug"] for row in rows} | RESERVED_SLUGS
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
