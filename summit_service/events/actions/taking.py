"""Taking entries of a calendar file over, those that were chosen, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict
from summit_service.events import history, rules, stored
from summit_service.events.actions import writing
from summit_service.events.actions.planning import Plan
from summit_service.events.changes import note_change
from summit_service.events.incoming import CHANGED, NEW, Incoming, Taken
from summit_service.events.tables import Cancellation, Event, EventOverride, EventSource
from summit_service.members.tables import Organisation


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
    missed = [key for key in chosen or {} if key not in {one.key for one in wanted}]
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
    locked = await _locked([one.known.id for one in wanted if one.known is not None])
    done: dict[str, list[str]] = {"added": [], "changed": [], "overtaken": list(missed)}
    seen, taken = Counter[str](), dict[int, Taken]()
    for one in wanted:
        if one.known is None:
            event = await _insert(host, one, actor=actor, now=now)
            kind = "added"
        else:
            row = locked.get(one.known.id)
            if row is None or (row.sequence, row.changed_at) != (one.known.sequence, one.known.changed_at):
                done["overtaken"].append(one.key)
                continue
            event = await _change(row, host, one, actor=actor, now=now)
            kind = "changed"
        done[kind].append(one.key)
        seen[event.state] += 1
        taken[event.id] = one.taken
    await _remember(taken, now=now)
    if set(seen) & {"published", "cancelled"}:
        await note_change(now)
    return Done(*(tuple(done[name]) for name in ("added", "changed", "overtaken")))


async def _locked(event_ids: list[int]) -> dict[int, Event]:
    if not event_ids:
        return {}
    query = Event.objects().where(Event.id.is_in(event_ids)).order_by(Event.id)
    return {row.id: row for row in await db.for_update(query)}


async def _insert(host: Organisation, one: Incoming, *, actor: Actor, now: datetime) -> Event:
    assert one.details is not None  # noqa: S101 - only what was checked is new
    assert one.span is not None  # noqa: S101
    state = rules.first_state(is_draft=False, is_new=host.is_new, is_trusted=actor.is_secretariat)
    event = await writing.insert(
        one.details, one.span, organisation=host, actor=actor, now=now, uid=one.uid, state=state
    )
    if one.dates:
        await _write_dates(event, one, actor=actor, now=now)
        await writing.update_dates(event, organisation=host.name, now=now)
    return event


async def _change(event: Event, host: Organisation, one: Incoming, *, actor: Actor, now: datetime) -> Event:
    assert one.details is not None  # noqa: S101 - only what was checked changes something
    assert one.span is not None  # noqa: S101
    rules.check_is_free(event.uid, event.url)
    if one.is_cancelled:
        reason = "It was cancelled in the calendar that it comes from."
        await writing.write_cancelled(event, organisation=host.name, reason=reason, now=now, actor=actor)
        await Cancellation.insert(
            Cancellation(event=event.id, person=actor.person_id, reason=reason, created_at=now)
        )
        return event
    await _write_dates(event, one, actor=actor, now=now)
    await writing.update(event, one.details, one.span, organisation=host.name, now=now, actor=actor)
    if one.dates or one.put_back:
        await writing.update_dates(event, organisation=host.name, now=now)
    return event


async def _write_dates(event: Event, one: Incoming, *, actor: Actor, now: datetime) -> None:
    """Rows and history of the dates that are moved, cancelled or put back; the entry is rendered by who calls."""
    here = {kept.day.isoformat(): kept for kept in one.known.overrides} if one.known is not None else {}
    for day in (*one.dates, *one.put_back):
        wanted = one.dates.get(day)
        at = datetime.fromisoformat(day).date()
        told = history.date_difference(at, here.get(day), wanted)
        await writing.note(event, "date", *told, actor=actor, now=now)
        await EventOverride.delete().where((EventOverride.event == event.id) & (EventOverride.day == at))
        if wanted is not None:
            row = EventOverride(event=event.id, person=actor.person_id, changed_at=now, **_columns(wanted))
            await EventOverride.insert(row)


def _columns(wanted: Any) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in ("day", *stored.OVERRIDE)}


async def _remember(taken: Mapping[int, Taken], *, now: datetime) -> None:
    """What the calendar said, by event."""
    if not taken:
        return
    await EventSource.delete().where(EventSource.event.is_in(list(taken)))
    rows = [
        EventSource(event=event, taken=msgspec.json.encode(said).decode(), taken_at=now)
        for event, said in taken.items()
    ]
    await EventSource.insert(*rows)
