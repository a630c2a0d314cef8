"""Making an edition, changing and announcing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.summits import queries
from summit_service.summits.actions.storing import as_update, store_draft
from summit_service.summits.rules import editions
from summit_service.summits.rules.editions import EditionPlan
from summit_service.summits.rules.intake import PARTS, read_programme
from summit_service.summits.rules.programme import values_of
from summit_service.summits.rules.reading import Reader, object_of
from summit_service.summits.tables import Edition

SWITCHES = ("off_cycle", "announced")


async def create_edition(value: object, *, actor: Actor, now: datetime) -> Edition:
    """A new edition from plain values, with its draft programme where that comes along.

    It is announced at once unless `announced` is false. Raises Invalid with a pointer for each fault, and
    Conflict where the year has its summit already.
    """
    check_secretariat(actor)
    async with db.transaction():
        edition = await insert_edition(value, now=now)
        await journal.note("summit.created", actor, edition.year, edition.title, now=now)
        return edition


async def insert_edition(value: object, *, now: datetime) -> Edition:
    """As `create_edition`, within the caller's transaction."""
    values = object_of(value, "An edition")
    plan = editions.read_edition(values, also=(*SWITCHES, *PARTS))
    switches = _switches(values)
    others = [edition.year for edition in await queries.editions(is_announced_only=False)]
    if plan.year in others:
        raise Conflict(f"There is a summit of {plan.year} already.")
    edition = Edition(
        **columns_of(plan),
        is_off_cycle=editions.check_cycle(plan.year, others=others, is_off_cycle=switches["off_cycle"]),
        announced_at=now if switches["announced"] else None,
        created_at=now,
        updated_at=now,
    )
    await _insert(edition)
    if any(part in values for part in PARTS):
        await store_draft(edition, read_programme(values, year=plan.year, timezone=plan.timezone), now=now)
    return edition


def _switches(values: Mapping[str, object]) -> dict[str, bool]:
    reader = Reader(values)
    found = {
        "off_cycle": reader.flag("off_cycle", "The mark for a summit off the cycle"),
        "announced": reader.flag("announced", "The mark for an announced summit", default=True),
    }
    reader.check()
    return found


async def _insert(edition: Edition) -> None:
    """Somebody else may have made the same year a moment ago."""
    try:
        with db.unique_violations():
            await edition.save()
    except db.UniqueViolation as taken:
        raise Conflict(f"There is a summit of {edition.year} already.") from taken


async def change_edition(year: int, value: object, *, actor: Actor, now: datetime) -> Edition:
    """Change the fields that are given. Raises Invalid where a limit falls below the places taken."""
    check_secretariat(actor)
    async with db.transaction():
        edition = await update_edition(year, value, now=now)
        await journal.note("summit.changed", actor, year, edition.title, now=now)
        return edition


async def update_edition(year: int, value: object, *, now: datetime) -> Edition:
    """As `change_edition`, within the caller's transaction."""
    edition = await queries.locked_edition(year)
    values = {**values_of_edition(edition), **object_of(value, "An edition")}
    plan = editions.read_edition(values)
    if plan.year != year:
        raise Invalid.one("year", "The year of a summit stays as it is; its address is made of it.")
    editions.check_places(plan, in_person_taken=edition.in_person_taken, online_taken=edition.online_taken)
    if columns_of(plan) == {name: getattr(edition, name) for name in columns_of(plan)}:
        return edition
    if plan.timezone != edition.timezone:
        await _move_draft(edition, plan.timezone, now=now)
    await Edition.update(as_update({**columns_of(plan), "updated_at": now})).where(Edition.id == edition.id)
    return await queries.found_edition(year)


async def _move_draft(edition: Edition, timezone: str, *, now: datetime) -> None:
    """The wall times of the draft stay, their instants follow the new zone."""
    draft = await queries.draft_of(edition)
    try:
        moved = read_programme(values_of(draft.programme), year=edition.year, timezone=timezone)
    except Invalid as refusal:
        raise Invalid.one(
            "timezone", f"In this zone the programme does not work: {refusal.sentence}"
        ) from refusal
    await store_draft(edition, moved, now=now)


async def announce_edition(year: int, *, actor: Actor, now: datetime) -> Edition:
    """Show the edition to the public, from now on; where it is shown already, nothing happens."""
    check_secretariat(actor)
    async with db.transaction():
        edition = await queries.locked_edition(year)
        if edition.announced_at is None:
            await Edition.update({Edition.announced_at: now, Edition.updated_at: now}).where(
                Edition.id == edition.id
            )
            await journal.note("summit.announced", actor, year, edition.title, now=now)
        return await queries.found_edition(year)


def columns_of(plan: EditionPlan) -> dict[str, Any]:
    """The plan as columns of the table."""
    return {name: getattr(plan, name) for name in plan.__slots__}


def values_of_edition(edition: Edition) -> dict[str, object]:
    """The edition as plain values, in the form in which it is read."""
    dates = {"starts_on": edition.starts_on.isoformat(), "ends_on": edition.ends_on.isoformat()}
    return {**{name: getattr(edition, name) for name in editions.FIELDS}, **dates}
