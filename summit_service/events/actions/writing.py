"""Rows of events as actions write them: inside a transaction, entry and number raised with them."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from summit_service import db, journal, markup, settings
from summit_service.accounts.actor import Actor
from summit_service.events import entries, history, overrides, stored
from summit_service.events.details import Details
from summit_service.events.occurrences import Span, span_of
from summit_service.events.queries import names_of_hosts, overrides_of
from summit_service.events.rules import RESERVED_SLUGS, changed_fields, next_sequence
from summit_service.events.tables import Event, EventChange
from summit_service.journal.rules import VERBS
from summit_service.members.tables import Organisation

LONGEST_SLUG = 60


async def insert(
    details: Details,
    span: Span,
    *,
    organisation: Organisation,
    actor: Actor,
    now: datetime,
    uid: str = "",
    state: str = "published",
) -> Event:
    """A new event, with an address and a UID that are its own for ever."""
    event = Event(
        state=state,
        uid=uid or f"{uuid4()}@{settings.current().host}",
        organisation=organisation.id,
        created_by=actor.person_id,
        created_at=now,
        changed_at=now,
        **stored.columns_of(details, span),
    )
    names = await _hosting(organisation.name, details.hosts)
    event.search = entries.search_text(details, names)
    while True:
        event.slug = await _free_slug(details.summary)
        event.vevent = entries.render(event, span=span, organisation=names)
        try:
            with db.unique_violations():
                async with db.current_transaction().savepoint():
                    await event.save()
            await note(event, "drafted" if state == "draft" else "posted", actor=actor, now=now)
            return event
        except db.UniqueViolation as taken:
            # Two events of one title at once: the other was faster; its slug is seen on the next look.
            if "slug" not in taken.index:
                raise


async def update(
    event: Event,
    details: Details,
    span: Span,
    *,
    organisation: str,
    now: datetime,
    actor: Actor | None = None,
    kind: str = "changed",
) -> bool:
    """Write what differs, with SEQUENCE, the time of the change and its history; False when nothing does.

    No `actor` means that the service did it by itself.
    """
    before = stored.details_of(event)
    changed = changed_fields(before, details)
    if not changed:
        return False
    await note(event, kind, *history.difference(before, details), actor=actor, now=now)
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


async def write_cancelled(
    event: Event, *, organisation: str, reason: str, now: datetime, actor: Actor | None = None
) -> None:
    """Mark the event as called off."""
    await note(event, "cancelled", text=reason, actor=actor, now=now)
    event.status, event.state = "CANCELLED", "cancelled"
    event.sequence += 1
    event.changed_at = event.cancelled_at = max(now, event.changed_at)
    await _save_with_overrides(
        event, span_of(stored.details_of(event)), organisation=organisation, reason=reason
    )


async def write_state(event: Event) -> None:
    """The row in its new state; the entry bears the time of it, as what feeds get is new to them."""
    organisation = await Organisation.objects().where(Organisation.id == event.organisation).first()
    name = organisation.name if organisation is not None else ""
    await _save_with_overrides(event, span_of(stored.details_of(event)), organisation=name)


async def note(
    event: Event,
    kind: str,
    before: str = "",
    after: str = "",
    *,
    text: str = "",
    actor: Actor | None,
    now: datetime,
) -> None:
    """An entry of the event's history, in the transaction of what it tells of."""
    person = actor.person_id if actor is not None else None
    entry = EventChange(
        event=event.id, person=person, kind=kind, before=before, after=after, note=text, created_at=now
    )
    await EventChange.insert(entry)
    if actor is not None:
        verb = f"event.{kind}" if f"event.{kind}" in VERBS else "event.changed"
        await journal.note(verb, actor, event.slug, event.summary, now=now)


async def _hosting(organisation: str, hosts: tuple[str, ...]) -> str:
    return in_a_row([organisation, *(await names_of_hosts(hosts)).values()])


def in_a_row(names: list[str]) -> str:
    """`A, B and C`: who holds the event."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


async def _save_with_overrides(event: Event, span: Span, *, organisation: str, reason: str = "") -> None:
    """The row with its index and entry, as the moved and cancelled dates of the series make them."""
    kept = (await overrides_of([event.id]))[event.id] if event.recurrence else []
    earliest, span = overrides.reach(stored.details_of(event), span, kept)
    event.earliest_instant, event.last_instant = earliest, span.last
    names = await _hosting(organisation, stored.split(event.hosts))
    event.search = entries.search_text(stored.details_of(event), names, kept)
    event.vevent = entries.render(event, span=span, organisation=names, reason=reason, overrides=kept)
    event.noted_in = 0
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
