"""What a calendar file would do for an organisation: every entry judged, in bounded time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from summit_service import ical_reading
from summit_service.accounts.actor import Actor, check_acts_for, check_signed_in
from summit_service.errors import Invalid
from summit_service.events import judging, stored
from summit_service.events.incoming import FAULTY, NEW, Incoming, Known, Taken, key_of
from summit_service.events.queries import overrides_of
from summit_service.events.tables import Event, EventSource
from summit_service.members import queries as members
from summit_service.members.tables import Organisation

SECONDS_OF_THOUGHT = 5.0
"""How long a file may be judged; a decent one takes a tenth of it."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What a calendar file would do for an organisation."""

    organisation: Organisation
    items: tuple[Incoming, ...] = ()
    faults: tuple[str, ...] = ()
    """What is wrong with the file as a whole; then it has no items."""
    refresh: timedelta | None = None
    """How often the calendar wants to be fetched."""


async def plan_calendar(data: bytes, *, organisation: str, actor: Actor, now: datetime) -> Plan:
    """Every entry of the file, judged. Raises NotSignedIn, NotAllowed, Invalid for the organisation."""
    check_signed_in(actor)
    named = organisation.strip()
    host = await members.organisation_by_slug(named) or await members.organisation_by_name(named)
    if host is None:
        raise Invalid.one("organisation", f"There is no organisation “{named[:80]}”.")
    check_acts_for(actor, host.id)
    return await plan_for(host, data, now=now)


async def plan_for(host: Organisation, data: bytes, *, now: datetime) -> Plan:
    """As `plan_calendar`, for who has checked already whether it may be asked."""
    reading = await asyncio.to_thread(ical_reading.read, data)
    known, elsewhere = await _known(host, reading.entries)
    return await asyncio.to_thread(plan_of, host, reading, known, elsewhere, now=now)


def plan_of(
    host: Organisation,
    reading: ical_reading.Reading,
    known: Mapping[str, Known],
    elsewhere: Collection[str],
    *,
    now: datetime,
) -> Plan:
    """What was read, judged beside the events that are known here, by key; `elsewhere` has the UIDs of others."""
    whole = tuple(fault.sentence for fault in reading.faults if not fault.field)
    if whole:
        return Plan(host, faults=whole)
    judged = _judged(reading.entries, known, elsewhere, host.timezone, now)
    items = sorted([*judged, *_unreadable(reading)], key=lambda one: one.number)
    return Plan(host, tuple(items), refresh=reading.refresh)


def without_over(plan: Plan) -> Plan:
    """The plan without events that are over: nobody subscribes to the past."""
    kept = tuple(one for one in plan.items if not (one.state == NEW and one.is_over))
    return replace(plan, items=kept)


def _judged(
    entries: Sequence[ical_reading.Entry],
    known: Mapping[str, Known],
    elsewhere: Collection[str],
    timezone: str,
    now: datetime,
) -> list[Incoming]:
    began, found = time.monotonic(), list[Incoming]()
    for entry in entries:
        key = key_of(entry)
        if time.monotonic() - began > SECONDS_OF_THOUGHT:
            found.append(
                _refused(entry, key, "The file takes too long to read; this entry was not looked at.")
            )
        elif entry.uid in elsewhere:
            found.append(_refused(entry, key, "This uid belongs to an event of another organisation."))
        else:
            found.append(judging.judge(entry, known.get(key), timezone=timezone, now=now))
    return found


def _refused(entry: ical_reading.Entry, key: str, sentence: str) -> Incoming:
    title = str(entry.fields["summary"])[:200]
    return Incoming(
        number=entry.number, key=key, uid=entry.uid, state=FAULTY, title=title, reasons=(sentence,)
    )


def _unreadable(reading: ical_reading.Reading) -> list[Incoming]:
    """The entries that could not be read, each with all that is wrong with it."""
    reasons: dict[int, list[str]] = {}
    for fault in reading.faults:
        reasons.setdefault(int(fault.field.partition("/")[0]), []).append(fault.sentence)
    titles = reading.titles or {}
    return [
        Incoming(
            number=number,
            key=f"#{number}",
            state=FAULTY,
            title=titles.get(number, "")[:200],
            reasons=tuple(told),
        )
        for number, told in reasons.items()
    ]


async def _known(
    host: Organisation, entries: Sequence[ical_reading.Entry]
) -> tuple[dict[str, Known], set[str]]:
    """The events that entries are about, by key; and the UIDs that belong to others."""
    rows = await _rows(Event.uid, [entry.uid for entry in entries if entry.uid])
    elsewhere = {row.uid for row in rows if row.organisation != host.id}
    by_key = {row.uid: row for row in rows if row.organisation == host.id}
    nameless = {
        (entry.fields["summary"], entry.fields["starts_at"]): entry for entry in entries if not entry.uid
    }
    for row in await _rows(Event.starts_at, list({starts for _, starts in nameless}), host.id):
        entry = nameless.get((row.summary, row.starts_at))
        if entry is not None:
            by_key.setdefault(key_of(entry), row)
    ids = [row.id for row in by_key.values()]
    taken = await _taken(ids)
    dates = await overrides_of(ids)
    return {
        key: Known(
            id=row.id,
            slug=row.slug,
            sequence=row.sequence,
            changed_at=row.changed_at,
            is_cancelled=row.status == "CANCELLED",
            details=stored.details_of(row),
            overrides=tuple(dates.get(row.id, ())),
            taken=taken.get(row.id),
        )
        for key, row in by_key.items()
    }, elsewhere


async def _rows(column: Any, values: Sequence[str], organisation_id: int | None = None) -> list[Event]:
    found: list[Event] = []
    for start in range(0, len(values), AT_ONCE):
        where = column.is_in(list(values[start : start + AT_ONCE]))
        if organisation_id is not None:
            where = where & (Event.organisation == organisation_id)
        found += await Event.objects().where(where).order_by(Event.id)
    return found


async def _taken(event_ids: Sequence[int]) -> dict[int, Taken]:
    found: dict[int, Taken] = {}
    for start in range(0, len(event_ids), AT_ONCE):
        where = EventSource.event.is_in(list(event_ids[start : start + AT_ONCE]))
        for row in await EventSource.objects().where(where):
            found[row.event] = msgspec.json.decode(row.taken, type=Taken)
    return found
