"""Taking organisations in and changing what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_manages, check_secretariat
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound
from summit_service.members import queries, rules
from summit_service.members.rules import Details
from summit_service.members.tables import Organisation

SLUG_INDEX = "organisation_slug_unique"
NAME_INDEX = "organisation_name_unique"


async def create_organisation(details: Details, *, actor: Actor, now: datetime) -> Organisation:
    """Take an organisation in; raises Invalid for details that cannot be kept or a name that is taken."""
    check_secretariat(actor)
    clean = rules.checked(details)
    async with db.transaction():
        made = await insert(clean, now=now)
        await journal.note("organisation.created", actor, made.slug, made.name, now=now)
        return made


async def insert(details: Details, *, now: datetime, is_new: bool = False) -> Organisation:
    """A new row under a free address, in the caller's transaction; `details` are checked.

    `is_new`: its events wait for the secretariat, until the first is confirmed.
    """
    for _ in range(5):
        slug = rules.slug_for(details.name, await queries.slugs_like(details.name))
        organisation = Organisation(
            queries.columns(details), slug=slug, created_at=now, updated_at=now, is_new=is_new
        )
        try:
            async with db.current_transaction().savepoint():
                with db.unique_violations():
                    await organisation.save()
        except db.UniqueViolation as fault:
            if fault.index == NAME_INDEX:
                raise _name_taken(details.name) from fault
            continue
        return organisation
    raise Conflict("Several organisations of this name were added at once. Try again.")


async def change_organisation(
    slug: str, changes: Mapping[str, str], *, seen: str | None = None, actor: Actor, now: datetime
) -> Organisation:
    """Change the fields named in `changes`; what stays the same is not written.

    `seen` is the mark (`rules.mark_of`) of what the person had before their eyes; Conflict where it is another by now.

    Raises NotFound, NotAllowed (also for a representative who changes the standing) or Invalid (also for the address
    of the key contact, by another than the main contact and the secretariat).
    """
    async with db.transaction():
        organisation = await db.for_update(Organisation.objects().where(Organisation.slug == slug)).first()
        if organisation is None:
            raise NotFound("There is no such organisation.")
        check_manages(actor, organisation.id)
        before = queries.details_of(organisation)
        rules.check_seen(before, seen)
        after = rules.checked(rules.with_changes(before, changes))
        if after.standing != before.standing and not actor.is_secretariat:
            raise NotAllowed("Only the secretariat changes the standing of a member.")
        may_change = actor.is_secretariat or await queries.is_contact(actor, organisation)
        rules.check_contact(before.contact_email, after.contact_email, may_change=may_change)
        await update(organisation, after, now=now)
        changed = [name for name in rules.FIELDS if getattr(before, name) != getattr(after, name)]
        if changed:
            told = ", ".join(changed)
            await journal.note("organisation.changed", actor, slug, before.name, now=now, detail=told)
        return organisation


async def end_newness(organisation_id: int, *, now: datetime) -> None:
    """From now on what the organisation posts is published at once; in the caller's transaction."""
    db.current_transaction()
    values: dict[Any, Any] = {Organisation.is_new: False, Organisation.updated_at: now}
    await Organisation.update(values).where(
        (Organisation.id == organisation_id) & Organisation.is_new.eq(True)
    )


async def update(organisation: Organisation, details: Details, *, now: datetime) -> None:
    """Write what differs, in the caller's transaction; the address stays when the name changes."""
    if details == queries.details_of(organisation):
        return
    try:
        with db.unique_violations():
            await organisation.update_self({**queries.columns(details), Organisation.updated_at: now})
    except db.UniqueViolation as fault:
        raise _name_taken(details.name) from fault


def _name_taken(name: str) -> Invalid:
    return Invalid.one("name", f"There is an organisation called “{name}” already.")
