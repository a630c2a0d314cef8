"""Naming an officer, correcting and ending a term, erasing a name by wish; for the secretariat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from summit_service import db, journal
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Fault, Invalid, NotFound
from summit_service.members import queries as members
from summit_service.officers import queries, rules
from summit_service.officers.queries import Term
from summit_service.officers.rules import Details
from summit_service.officers.tables import Officer


async def name(details: Details, *, actor: Actor, now: datetime) -> Term:
    """Say who holds an office, from when and perhaps until when; raises Invalid with every fault."""
    check_secretariat(actor)
    clean = rules.checked(details)
    async with db.transaction():
        row = Officer(created_at=now, changed_at=now, **await _columns(clean))
        await row.save()
        await _note("officer.named", row, actor, now=now)
    return await queries.term(row.id)


async def change(
    officer_id: int, changes: Mapping[str, str], *, seen: str | None = None, actor: Actor, now: datetime
) -> Term:
    """Correct the fields named in `changes`; a change that changes nothing writes nothing.

    `seen` is the mark (`rules.mark_of`) of the term that the person had before their eyes.

    Raises NotFound, Invalid with every fault, and Conflict for a term whose name is erased or that is another by now.
    """
    check_secretariat(actor)
    async with db.transaction():
        row = await _locked(officer_id)
        rules.check_named(is_erased=row.erased_at is not None)
        before = queries.details_of(await queries.term(officer_id))
        rules.check_seen(before, seen)
        after = rules.checked(rules.with_changes(before, changes))
        changed = [field for field in rules.FIELDS if getattr(before, field) != getattr(after, field)]
        if changed:
            await _write(row, await _columns(after), now=now)
            await _note("officer.changed", row, actor, now=now, detail=", ".join(changed))
    return await queries.term(officer_id)


async def end(officer_id: int, ends_on: str, *, seen: str | None = None, actor: Actor, now: datetime) -> Term:
    """Set the last day of a term, also of one whose name is erased.

    Raises NotFound, Invalid for `ends_on`, and Conflict where the term is another by now (`seen`, as for `change`).
    """
    check_secretariat(actor)
    if not ends_on.strip():
        raise Invalid.one("ends_on", "The last day of the term is missing.")
    async with db.transaction():
        row = await _locked(officer_id)
        before = queries.details_of(await queries.term(officer_id))
        rules.check_seen(before, seen)
        # An erased name is none that could be checked.
        typed = rules.with_changes(before, {"ends_on": ends_on, "name": before.name or "-"})
        day = date.fromisoformat(rules.checked(typed).ends_on)
        if row.ends_on != day:
            await _write(row, {"ends_on": day}, now=now)
            await _note("officer.ended", row, actor, now=now, detail=f"on {day.isoformat()}")
    return await queries.term(officer_id)


async def erase_name(officer_id: int, *, actor: Actor, now: datetime) -> Term:
    """Erase who it was, at their wish; office and days stay. The journal has never had the name."""
    check_secretariat(actor)
    async with db.transaction():
        row = await _locked(officer_id)
        if row.erased_at is None:
            await _erase(row, actor=actor, now=now)
    return await queries.term(officer_id)


async def erase_of(person_id: int, *, actor: Actor, now: datetime) -> None:
    """Erase the name from every term of this person, in the caller's transaction."""
    db.current_transaction()
    theirs = Officer.objects().where(Officer.person == person_id).order_by(Officer.id)
    for row in await db.for_update(theirs):
        await _erase(row, actor=actor, now=now)


async def _erase(row: Officer, *, actor: Actor, now: datetime) -> None:
    gone: dict[str, Any] = {"name": "", "person": None, "organisation": None, "erased_at": now}
    await _write(row, gone, now=now)
    await _note("officer.erased", row, actor, now=now)


async def remove(officer_id: int, *, actor: Actor, now: datetime) -> None:
    """Take out an entry that was a mistake; raises NotFound."""
    check_secretariat(actor)
    async with db.transaction():
        row = await _locked(officer_id)
        await _note("officer.removed", row, actor, now=now)
        await row.remove()


async def _locked(officer_id: int) -> Officer:
    row = await db.for_update(Officer.objects().where(Officer.id == officer_id)).first()
    if row is None:
        raise NotFound("There is no such officer.")
    return row


async def _columns(details: Details) -> dict[str, Any]:
    """Checked details as they are kept; raises Invalid for a person or an organisation that there is not."""
    faults: list[Fault] = []
    person = await accounts.person_by_email(details.person) if details.person else None
    if details.person and person is None:
        sentence = (
            "The network knows nobody of this address. Leave it empty, or add them to their organisation."
        )
        faults.append(Fault("person", sentence))
    organisation = None
    if details.organisation:
        organisation = await members.organisation_by_slug(
            details.organisation
        ) or await members.organisation_by_name(details.organisation)
        if organisation is None:
            sentence = f"There is no organisation “{details.organisation[:80]}” in the directory."
            faults.append(Fault("organisation", sentence))
    if faults:
        raise Invalid(faults)
    return {
        "office": details.office,
        "name": details.name,
        "person": person.id if person else None,
        "organisation": organisation.id if organisation else None,
        "starts_on": date.fromisoformat(details.starts_on),
        "ends_on": date.fromisoformat(details.ends_on) if details.ends_on else None,
    }


async def _write(row: Officer, values: Mapping[str, Any], *, now: datetime) -> None:
    changes: dict[Any, Any] = {**values, Officer.changed_at: now}
    await row.update_self(changes)


async def _note(verb: str, row: Officer, actor: Actor, *, now: datetime, detail: str = "") -> None:
    """Tells of the office, never of the name, so that a name can be erased for good."""
    await journal.note(verb, actor, row.id, row.office, now=now, detail=detail)
