"""Events from a JSON file: all of them or none, with a dry run that lists every fault."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from summit_service import db
from summit_service.accounts.actor import Actor, check_acts_for, check_signed_in
from summit_service.errors import Fault, Invalid, NotAllowed
from summit_service.events import rules, stored
from summit_service.events.actions import writing
from summit_service.events.actions.managing import with_hosts
from summit_service.events.changes import note_change
from summit_service.events.details import FIELDS, Details
from summit_service.events.occurrences import Span
from summit_service.events.tables import Event
from summit_service.members import queries as members
from summit_service.members.tables import Organisation

MOST = 5_000
UID = re.compile(r"[A-Za-z0-9._@+-]{1,120}")


class Imported(msgspec.Struct, forbid_unknown_fields=True):
    """One event of the file; `note` is for those who read the file."""

    organisation: str
    summary: str
    starts_at: str
    ends_at: str = ""
    timezone: str = ""
    all_day: bool = False
    repeated_hour: str = ""
    description: str = ""
    recurrence: str = ""
    excluded: tuple[str, ...] = ()
    location: str = ""
    mode: str = "in_person"
    online_url: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()
    language: str = "en"
    visibility: str = "public"
    hosts: tuple[str, ...] = ()
    uid: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do: numbers of events, and faults whose field begins with the index."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: tuple[Fault, ...] = ()
    is_dry_run: bool = False

    def lines(self) -> list[str]:
        """The report for people, a line for each fault."""
        if self.faults:
            told = [f"{fault.field or 'file'}: {fault.sentence}" for fault in self.faults]
            return [*told, "Nothing was imported."]
        verb = "would be" if self.is_dry_run else "were"
        return [
            f"{self.added} events {verb} added, {self.changed} changed, {self.unchanged} are there already."
        ]


@dataclass(frozen=True, slots=True)
class _Ready:
    item: Imported
    details: Details
    span: Span
    host: Organisation


async def import_events(data: bytes, *, actor: Actor, now: datetime, dry_run: bool = False) -> ImportReport:
    """Add the events of a JSON list, or change those that are here: found by uid, or host, title and start.

    With any fault nothing is stored. The same file twice changes nothing.
    """
    check_signed_in(actor)
    items, faults = _read(data)
    hosts: dict[str, Organisation | None] = {}
    ready: list[_Ready] = []
    for index, item in items:
        try:
            ready.append(await _checked(item, hosts, actor))
        except Invalid as fault:
            faults += [Fault(f"{index}/{one.field}", one.sentence) for one in fault.faults]
        except NotAllowed as refusal:
            faults.append(Fault(f"{index}/organisation", refusal.sentence))
    faults += _named_twice(items)
    if faults:
        return ImportReport(faults=tuple(faults), is_dry_run=dry_run)
    return await _store(ready, actor=actor, now=now, dry_run=dry_run)


def _read(data: bytes) -> tuple[list[tuple[int, Imported]], list[Fault]]:
    try:
        raw = msgspec.json.decode(data, type=list[Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [], [Fault("", "The file is not a JSON list of events in UTF-8.")]
    if len(raw) > MOST:
        return [], [
            Fault("", f"The file has {len(raw):,} events; {MOST:,} is the most that can be taken at once.")
        ]
    items: list[tuple[int, Imported]] = []
    faults: list[Fault] = []
    for index, value in enumerate(raw):
        try:
            items.append((index, msgspec.convert(value, Imported)))
        except msgspec.ValidationError as fault:
            faults.append(Fault(str(index), f"{fault}."))
    return items, faults


def _named_twice(items: list[tuple[int, Imported]]) -> list[Fault]:
    """Two events of one uid would change each other for ever."""
    first: dict[str, int] = {}
    return [
        Fault(f"{index}/uid", f"Event {first[item.uid]} of this file has the same uid.")
        for index, item in items
        if item.uid and first.setdefault(item.uid, index) != index
    ]


async def _checked(item: Imported, hosts: dict[str, Organisation | None], actor: Actor) -> _Ready:
    if item.organisation not in hosts:
        named = item.organisation
        hosts[named] = await members.organisation_by_slug(named) or await members.organisation_by_name(named)
    host = hosts[item.organisation]
    if host is None:
        raise Invalid.one("organisation", f"There is no organisation “{item.organisation[:80]}”.")
    check_acts_for(actor, host.id)
    await _check_uid(item.uid, host)
    values = {name: getattr(item, name) for name in FIELDS}
    details, span = rules.check_details(Details(**(values | {"timezone": item.timezone or host.timezone})))
    return _Ready(item, await with_hosts(details, host), span, host)


async def _check_uid(uid: str, host: Organisation) -> None:
    """A UID may come along from elsewhere, so that subscribers keep their entries; nobody takes another's."""
    if uid and not UID.fullmatch(uid):
        raise Invalid.one("uid", "A uid has up to 120 letters, digits and the marks . _ @ + -.")
    if uid and await Event.exists().where((Event.uid == uid) & (Event.organisation != host.id)):
        raise Invalid.one("uid", "This uid belongs to an event of another organisation.")


async def _store(ready: list[_Ready], *, actor: Actor, now: datetime, dry_run: bool) -> ImportReport:
    done = Counter[str]()
    async with db.transaction():
        for one in ready:
            done[await _store_one(one, actor=actor, now=now, dry_run=dry_run)] += 1
        if done["added"] + done["changed"] and not dry_run:
            await note_change(now)
    return ImportReport(done["added"], done["changed"], done["unchanged"], is_dry_run=dry_run)


async def _store_one(one: _Ready, *, actor: Actor, now: datetime, dry_run: bool) -> str:
    event = await _known(one)
    if event is None:
        if not dry_run:
            state = rules.first_state(is_draft=False, is_new=one.host.is_new, is_trusted=actor.is_secretariat)
            await writing.insert(
                one.details,
                one.span,
                organisation=one.host,
                actor=actor,
                now=now,
                uid=one.item.uid,
                state=state,
            )
        return "added"
    if event.status == "CANCELLED" or event.uid.startswith(rules.DEADLINE_UID):
        return "unchanged"
    if dry_run:
        return "changed" if rules.changed_fields(stored.details_of(event), one.details) else "unchanged"
    was_changed = await writing.update(
        event, one.details, one.span, organisation=one.host.name, now=now, actor=actor
    )
    return "changed" if was_changed else "unchanged"


async def _known(one: _Ready) -> Event | None:
    mine = Event.organisation == one.host.id
    same = mine & (Event.summary == one.details.summary) & (Event.starts_at == one.details.starts_at)
    if one.item.uid:
        same = mine & (Event.uid == one.item.uid)
    return await db.for_update(Event.objects().where(same)).first()
