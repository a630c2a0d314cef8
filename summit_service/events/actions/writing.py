"""Rows of events as actions write them: inside a transaction, entry and number raised with them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from summit_service import db, settings
from summit_service.accounts.actor import Actor
from summit_service.events import entries, history, overrides, stored
from summit_service.events.actions import naming, noting
from summit_service.events.actions.noting import Told, told
from summit_service.events.details import Details
from summit_service.events.occurrences import Span, span_of
from summit_service.events.overrides import Override
from summit_service.events.queries import names_of_hosts, overrides_of
from summit_service.events.rules import changed_fields, next_sequence
from summit_service.events.tables import Event
from summit_service.members.tables import Organisation


@dataclass(frozen=True, slots=True)
class New:
    """An event that is not here yet: checked details with their instants."""

    details: Details
    span: Span
    uid: str = ""
    state: str = "published"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row that was changed, with what its index and entry are made of."""

    event: Event
    span: Span
    reason: str = ""


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
    one = New(details, span, uid, state)
    [event] = await insert_all([one], organisation=organisation, actor=actor, now=now)
    return event


async def insert_all(
    new: Sequence[New], *, organisation: Organisation, actor: Actor, now: datetime
) -> list[Event]:
    """New events in their order, as many statements for hundreds as for one."""
    if not new:
        return []
    names = await names_of_hosts({slug for one in new for slug in one.details.hosts})
    while True:
        slugs = await naming.addresses_for([one.details.summary for one in new])
        rows = await asyncio.to_thread(_rows, new, slugs, organisation, names, actor=actor, now=now)
        try:
            with db.unique_violations():
                async with db.current_transaction().savepoint():
                    await db.insert_rows(rows)
            break
        except db.UniqueViolation as taken:
            # Two events of one title at once: the other was faster; its slug is seen on the next look.
            if "slug" not in taken.index:
                raise
    await noting.note_all(
        [told(event, "drafted" if event.state == "draft" else "posted") for event in rows],
        actor=actor,
        now=now,
    )
    return rows


def _rows(
    new: Sequence[New],
    slugs: Sequence[str],
    organisation: Organisation,
    names: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> list[Event]:
    """With their entries: to render hundreds takes a while, in which others are to be answered."""
    return [
        _row(one, slug, organisation, names, actor=actor, now=now)
        for one, slug in zip(new, slugs, strict=True)
    ]


def _row(
    one: New, slug: str, organisation: Organisation, names: Mapping[str, str], *, actor: Actor, now: datetime
) -> Event:
    event = Event(
        slug=slug,
        state=one.state,
        uid=one.uid or f"{uuid4()}@{settings.current().host}",
        organisation=organisation.id,
        created_by=actor.person_id,
        created_at=now,
        changed_at=now,
        **stored.columns_of(one.details, one.span),
    )
    hosting = _hosting(organisation.name, one.details.hosts, names)
    event.search = entries.search_text(one.details, hosting)
    event.vevent = entries.render(event, span=one.span, organisation=hosting)
    return event


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
    difference = put_details(event, details, span, now=now, kind=kind)
    if difference is None:
        return False
    await noting.note_all([difference], actor=actor, now=now)
    await save_all([Drawn(event, span)], organisation=organisation)
    return True


def put_details(
    event: Event, details: Details, span: Span, *, now: datetime, kind: str = "changed"
) -> Told | None:
    """Put what differs into the row, which is still to be saved; None when nothing does."""
    before = stored.details_of(event)
    changed = changed_fields(before, details)
    if not changed:
        return None
    difference = told(event, kind, *history.difference(before, details))
    for name, value in stored.columns_of(details, span).items():
        setattr(event, name, value)
    event.sequence = next_sequence(event.sequence, changed)
    event.changed_at = max(now, event.changed_at)
    return difference


async def update_dates(event: Event, *, organisation: str, now: datetime) -> None:
    """After a date of the series was moved, cancelled or put back: calendars look again."""
    put_dates(event, now=now)
    await save_all([Drawn(event, span_of(stored.details_of(event)))], organisation=organisation)


def put_dates(event: Event, *, now: datetime) -> None:
    """SEQUENCE rises in the row, which is still to be saved."""
    event.sequence += 1
    event.changed_at = max(now, event.changed_at)


async def write_cancelled(
    event: Event, *, organisation: str, reason: str, now: datetime, actor: Actor | None = None
) -> None:
    """Mark the event as called off."""
    await noting.note_all([put_cancelled(event, reason, now=now)], actor=actor, now=now)
    drawn = Drawn(event, span_of(stored.details_of(event)), reason)
    await save_all([drawn], organisation=organisation)


def put_cancelled(event: Event, reason: str, *, now: datetime) -> Told:
    """Call it off in the row, which is still to be saved."""
    event.status, event.state = "CANCELLED", "cancelled"
    event.sequence += 1
    event.changed_at = event.cancelled_at = max(now, event.changed_at)
    return told(event, "cancelled", text=reason)


async def write_state(event: Event) -> None:
    """The row in its new state; the entry bears the time of it, as what feeds get is new to them."""
    organisation = await Organisation.objects().where(Organisation.id == event.organisation).first()
    name = organisation.name if organisation is not None else ""
    await save_all([Drawn(event, span_of(stored.details_of(event)))], organisation=name)


def _hosting(organisation: str, hosts: Sequence[str], names: Mapping[str, str]) -> str:
    return in_a_row([organisation, *(names[slug] for slug in hosts if slug in names)])


def in_a_row(names: list[str]) -> str:
    """`A, B and C`: who holds the event."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


async def save_all(drawn: Sequence[Drawn], *, organisation: str) -> None:
    """Rows with their index and entry, as the moved and cancelled dates of a series make them."""
    kept = await overrides_of([one.event.id for one in drawn if one.event.recurrence])
    hosts = {one.event.id: stored.split(one.event.hosts) for one in drawn}
    names = await names_of_hosts({slug for slugs in hosts.values() for slug in slugs})
    hosting = {number: _hosting(organisation, slugs, names) for number, slugs in hosts.items()}
    await asyncio.to_thread(_draw_all, drawn, kept, hosting)
    await db.update_rows([one.event for one in drawn])


def _draw_all(
    drawn: Sequence[Drawn], kept: Mapping[int, Sequence[Override]], hosting: Mapping[int, str]
) -> None:
    for one in drawn:
        _draw(one, kept.get(one.event.id, ()), hosting=hosting[one.event.id])


def _draw(one: Drawn, dates: Sequence[Override], *, hosting: str) -> None:
    event, details = one.event, stored.details_of(one.event)
    earliest, span = overrides.reach(details, one.span, dates)
    event.earliest_instant, event.last_instant = earliest, span.last
    event.search = entries.search_text(details, hosting, dates)
    event.vevent = entries.render(event, span=span, organisation=hosting, reason=one.reason, overrides=dates)
    event.noted_in = 0
