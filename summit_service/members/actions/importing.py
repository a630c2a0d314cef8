"""Taking in a whole file of organisations: all of it, or with the reasons nothing."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.members import queries, rules, sheet
from summit_service.members.actions import organisations, people
from summit_service.members.rules import Details
from summit_service.members.sheet import Row, Sheet, SheetFault
from summit_service.members.tables import Organisation

OVERTAKEN = "What this file would do has changed since you looked. Nothing was changed; look again."


@dataclass(frozen=True, slots=True)
class Change:
    """An organisation that is there, and each field that the file gives anew: (field, before, after)."""

    name: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What a file would do or has done, and what form it was read in; with faults, nothing was written.

    `seen` is the mark of what it does: who takes the file in says by it what they have looked at.
    """

    new: tuple[str, ...] = ()
    changed: tuple[Change, ...] = ()
    unchanged: tuple[str, ...] = ()
    faults: tuple[SheetFault, ...] = ()
    read_as: str = ""
    seen: str = ""
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    """One row of the file beside what was there: nothing, or the organisation of that name."""

    organisation: Organisation | None
    before: Details | None
    after: Details

    @property
    def change(self) -> Change:
        pairs = [(name, getattr(self.before, name, ""), getattr(self.after, name)) for name in rules.FIELDS]
        return Change(self.after.name, tuple(pair for pair in pairs if pair[1] != pair[2]))


async def import_organisations(
    data: bytes, *, actor: Actor, now: datetime, dry_run: bool = False, seen: str = ""
) -> ImportReport:
    """Add the organisations of a CSV file; change those that are there under the same name.

    A blank cell leaves what is known. Where the contact's address is new, its person becomes representative
    and signatory. Taking the same file twice changes nothing the second time. With `seen`, what was told of it before,
    raises Conflict where it would do something else by now.
    """
    check_secretariat(actor)
    read = await asyncio.to_thread(sheet.read, data)
    if dry_run and not read.faults:
        return _report(_compare(read.rows, await Organisation.objects()), read, is_dry_run=True)
    async with db.transaction():
        report = await take_rows(read, seen=seen, actor=actor, now=now)
    if report.is_dry_run and not dry_run and not report.faults:
        raise Conflict(OVERTAKEN)
    return replace(report, is_dry_run=dry_run)


async def take_rows(read: Sheet, *, seen: str, actor: Actor, now: datetime) -> ImportReport:
    """Write what was read, in the caller's transaction; a dry run with faults, or where `seen` is something else."""
    if read.faults:
        return ImportReport(faults=tuple(read.faults), read_as=read.form, is_dry_run=True)
    steps = _compare(read.rows, await db.for_update(Organisation.objects()))
    report = _report(steps, read, is_dry_run=False)
    if seen and seen != report.seen:
        return replace(report, is_dry_run=True)
    await _write(steps, actor=actor, now=now)
    await journal.note("organisation.imported", actor, "", now=now, detail=f"{len(steps)} rows")
    return report


def _compare(rows: list[Row], found: list[Organisation]) -> list[_Step]:
    known = {organisation.name_key: organisation for organisation in found}
    return [_step(row, known.get(rules.name_key(row.details.name))) for row in rows]


def _step(row: Row, organisation: Organisation | None) -> _Step:
    if organisation is None:
        return _Step(None, None, rules.with_contact_name(row.details))
    before = queries.details_of(organisation)
    merged = rules.with_changes(before, {name: getattr(row.details, name) for name in row.given})
    return _Step(organisation, before, rules.with_contact_name(merged))


async def _write(steps: list[_Step], *, actor: Actor, now: datetime) -> None:
    try:
        for step in steps:
            await _write_one(step, actor=actor, now=now)
    except Invalid as fault:
        raise Conflict("Somebody added one of these organisations at the same time. Try again.") from fault


async def _write_one(step: _Step, *, actor: Actor, now: datetime) -> None:
    organisation = step.organisation
    if organisation is None:
        organisation = await organisations.insert(step.after, now=now)
    else:
        await organisations.update(organisation, step.after, now=now)
    email = step.after.contact_email
    if email and (step.before is None or email != step.before.contact_email):
        person = await people.find_or_make(step.after.contact_name, email, now=now)
        kinds = ("representative", "signatory")
        confirmed = await people.confirmation_by(actor, organisation, now=now)
        await people.give_roles(
            person.id, kinds, organisation_id=organisation.id, confirmed=confirmed, now=now
        )


def _report(steps: list[_Step], read: Sheet, *, is_dry_run: bool) -> ImportReport:
    changes = [step.change for step in steps if step.before is not None]
    return ImportReport(
        new=tuple(step.after.name for step in steps if step.before is None),
        changed=tuple(change for change in changes if change.fields),
        unchanged=tuple(change.name for change in changes if not change.fields),
        read_as=read.form,
        seen=_mark(steps),
        is_dry_run=is_dry_run,
    )


def _mark(steps: list[_Step]) -> str:
    """A digest of all that would be written, and over what: it differs as soon as anything else would be done."""
    told = [
        [step.organisation.id if step.organisation else 0, step.change.name, *map(list, step.change.fields)]
        for step in steps
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
