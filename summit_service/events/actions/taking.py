"""Taking entries of a calendar file over, those that were chosen, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict
from summit_service.events import history, rules, stored
from summit_service.events.actions import noting, writing
from summit_service.events.actions.noting import Told, told
from summit_service.events.actions.planning import Plan
from summit_service.events.actions.writing import Drawn
from summit_service.events.changes import note_change
from summit_service.events.details import Details
from summit_service.events.incoming import CHANGED, NEW, Incoming
from summit_service.events.occurrences import Span, span_of
from summit_service.events.tables import Cancellation, Event, EventOverride, EventSource
from summit_service.members.tables import Organisation

Pair = tuple[Event, Incoming]
CALLED_OFF = "It was cancelled in the calendar that it comes from."


@dataclass(frozen=True, slots=True)
class Done:
    """What was taken: keys of entries that became events, changed one, and those that differ from what was shown."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    overtaken: tuple[str, ...] = ()


async def take(
    plan: Plan,
    chosen: Mapping[str, str] | None,
    *,
    actor: Actor,
    now: datetime,
    hold: Callable[[], Awaitable[object]] | None = None,
) -> Done:
    """Store the chosen entries (keys with the fingerprint that was shown; None: every one that says something new).

    What has changed here since it was judged is left alone and told as overtaken. `hold` is awaited first, in the
    same transaction: what it raises leaves everything as it was.
    """
    able = {one.key: one for one in plan.items if one.state in {NEW, CHANGED}}
    wanted = [one for key, one in able.items() if chosen is None or chosen.get(key) == one.fingerprint]
    found = {one.key for one in wanted}
    missed = [key for key in chosen or {} if key not in found]
    try:
        async with db.transaction():
            if hold is not None:
                await hold()
            return await _store(plan.organisation, wanted, missed, actor=actor, now=now)
    except db.UniqueViolation as taken:
        raise Conflict("Somebody took one of these entries over at the same moment. Look again.") from taken


async def _store(
    host: Organisation, wanted: Sequence[Incoming], missed: Sequence[str], *, actor: Actor, now: datetime
) -> Done:
    """Whatever the number of entries: rows of a kind are written together."""
    locked = await _locked([one.known.id for one in wanted if one.known is not None])
    new = [one for one in wanted if one.known is None]
    changed, overtaken = _changed([one for one in wanted if one.known is not None], locked)
    added = await _insert(host, new, actor=actor, now=now)
    await _write(host, [*added, *changed], actor=actor, now=now)
    await _remember([*added, *changed], now=now)
    if {event.state for event, _ in (*added, *changed)} & {"published", "cancelled"}:
        await note_change(now)
    return Done(
        tuple(one.key for _, one in added), tuple(one.key for _, one in changed), (*missed, *overtaken)
    )


async def _locked(event_ids: list[int]) -> dict[int, Event]:
    if not event_ids:
        return {}
    query = Event.objects().where(Event.id.is_in(event_ids)).order_by(Event.id)
    return {row.id: row for row in await db.for_update(query)}


def _changed(known: Sequence[Incoming], locked: Mapping[int, Event]) -> tuple[list[Pair], list[str]]:
    """The rows that are still as they were when their entries were judged; the keys of the others."""
    left, found, overtaken = dict(locked), list[Pair](), list[str]()
    for one in known:
        assert one.known is not None  # noqa: S101 - the caller has chosen those
        row = left.pop(one.known.id, None)
        if row is None or (row.sequence, row.changed_at) != (one.known.sequence, one.known.changed_at):
            overtaken.append(one.key)
        else:
            found.append((row, one))
    return found, overtaken


async def _insert(host: Organisation, new: Sequence[Incoming], *, actor: Actor, now: datetime) -> list[Pair]:
    state = rules.first_state(is_draft=False, is_new=host.is_new, is_trusted=actor.is_secretariat)
    rows = [writing.New(*_said(one), uid=one.uid, state=state) for one in new]
    events = await writing.insert_all(rows, organisation=host, actor=actor, now=now)
    return list(zip(events, new, strict=True))


def _said(one: Incoming) -> tuple[Details, Span]:
    assert one.details is not None  # noqa: S101 - only what was checked is new or changes something
    assert one.span is not None  # noqa: S101
    return one.details, one.span


async def _write(host: Organisation, pairs: Sequence[Pair], *, actor: Actor, now: datetime) -> None:
    """What else becomes of rows: their history and single dates, then each with its index and entry."""
    lines = [_put(event, one, now=now) for event, one in pairs]
    touched = [pair for pair, some in zip(pairs, lines, strict=True) if some]
    await noting.note_all([line for some in lines for line in some], actor=actor, now=now)
    await db.insert_rows(
        [
            Cancellation(event=event.id, person=actor.person_id, reason=CALLED_OFF, created_at=now)
            for event, one in touched
            if one.is_cancelled
        ]
    )
    await _write_dates(touched, actor=actor, now=now)
    await writing.save_all([_drawn(event, one) for event, one in touched], organisation=host.name)


def _put(event: Event, one: Incoming, *, now: datetime) -> list[Told]:
    """Put the entry into its row, which is still to be saved; what the history tells of it, nothing for no change."""
    if one.known is not None:
        rules.check_is_free(event.uid, event.url)
    if one.is_cancelled:
        return [writing.put_cancelled(event, CALLED_OFF, now=now)]
    lines = _dates_told(event, one)
    difference = writing.put_details(event, *_said(one), now=now) if one.known is not None else None
    if one.dates or one.put_back:
        writing.put_dates(event, now=now)
    return lines if difference is None else [*lines, difference]


def _drawn(event: Event, one: Incoming) -> Drawn:
    if one.is_cancelled:
        return Drawn(event, span_of(stored.details_of(event)), CALLED_OFF)
    return Drawn(event, _said(one)[1])


def _dates_told(event: Event, one: Incoming) -> list[Told]:
    here = {kept.day.isoformat(): kept for kept in one.known.overrides} if one.known is not None else {}
    differences = [
        history.date_difference(date.fromisoformat(day), here.get(day), one.dates.get(day))
        for day in (*one.dates, *one.put_back)
    ]
    return [told(event, "date", *difference) for difference in differences]


async def _write_dates(pairs: Sequence[Pair], *, actor: Actor, now: datetime) -> None:
    """The rows of dates that are moved, cancelled or put back: what was there of them goes."""
    days = {event.id: {*one.dates, *one.put_back} for event, one in pairs if one.dates or one.put_back}
    if not days:
        return
    kept = EventOverride.select(EventOverride.id, EventOverride.event, EventOverride.day)
    rows = await kept.where(EventOverride.event.is_in(list(days)))
    gone = [row["id"] for row in rows if row["day"].isoformat() in days[row["event"]]]
    if gone:
        await EventOverride.delete().where(EventOverride.id.is_in(gone))
    await db.insert_rows(
        [
            EventOverride(event=event.id, person=actor.person_id, changed_at=now, **_columns(wanted))
            for event, one in pairs
            for wanted in one.dates.values()
        ]
    )


def _columns(wanted: Any) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in ("day", *stored.OVERRIDE)}


async def _remember(pairs: Sequence[Pair], *, now: datetime) -> None:
    """What the calendar said, by event."""
    known = [event.id for event, one in pairs if one.known is not None]
    if known:
        await EventSource.delete().where(EventSource.event.is_in(known))
    await db.insert_rows(
        [
            EventSource(event=event.id, taken=msgspec.json.encode(one.taken).decode(), taken_at=now)
            for event, one in pairs
        ]
    )
