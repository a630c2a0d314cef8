"""Changing a summit that people have registered for: their calendars and the queue follow it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.registrations import mails, queries, rules
from summit_service.registrations.actions import manage, places, seats
from summit_service.registrations.tables import Place, Registration
from summit_service.summits import queries as summits
from summit_service.summits.actions.editions import update_edition
from summit_service.summits.actions.imports import Imported, known_edition, take_in
from summit_service.summits.actions.releases import Released, freeze
from summit_service.summits.exchange.own_json import read_json
from summit_service.summits.tables import Edition


async def change_edition(year: int, value: object, *, actor: Actor, now: datetime) -> Edition:
    """Change the fields of the edition that are given; one transaction with all that follows from it.

    Who holds a place whose calendar entry differs now gets the new one by mail, and who waits is offered what a
    higher limit frees. Raises NotFound, and Invalid as the summit's own action does.
    """
    check_secretariat(actor)
    async with db.transaction():
        before = await summits.locked_edition(year)
        edition = await update_edition(year, value, now=now)
        await _follow(before, edition, now=now)
        await journal.note("summit.changed", actor, year, edition.title, now=now)
        return await summits.found_edition(year)


async def release_programme(
    year: int, *, note: str, actor: Actor, now: datetime, after: int | None = None
) -> Released:
    """Freeze the draft, and tell those who signed up for sessions what has become of them; one transaction.

    Raises as `summits.actions.releases.freeze`.
    """
    async with db.transaction():
        done = await freeze(year, note=note, actor=actor, now=now, after=after)
        await seats.follow_release(done.edition, done.before, done.after, number=done.release.number, now=now)
        return done


class _DryRun(Exception):
    """Ends the transaction without a commit."""


async def import_programme(data: bytes, *, actor: Actor, now: datetime, dry_run: bool = False) -> Imported:
    """Make or change the edition that the JSON file names, and replace its draft; all of it or nothing.

    What follows from a changed edition is as in `change_edition`. Raises Invalid with a pointer for each fault. A
    dry run checks everything and keeps nothing.
    """
    check_secretariat(actor)
    value = read_json(data)
    with suppress(_DryRun):
        async with db.transaction():
            before = await known_edition(value)
            imported = await take_in(value, known=before, now=now, is_dry_run=dry_run)
            if before is not None:
                await _follow(before, await summits.found_edition(before.year), now=now)
            if dry_run:
                raise _DryRun
            await journal.note("summit.draft_changed", actor, imported.year, imported.title, now=now)
    return imported


async def _follow(before: Edition, edition: Edition, *, now: datetime) -> None:
    if now < summits.ends_instant(edition):
        for place in await queries.confirmed_places(edition.id):
            if _entry_of(before, place.attendance) != _entry_of(edition, place.attendance):
                await _replace(place, edition, now=now)
    await places.settle(edition, now=now)


def _entry_of(edition: Edition, attendance: str) -> tuple[object, ...]:
    """What the calendar entry of a delegate says of the summit."""
    where = edition.online_url if attendance == rules.ONLINE else edition.venue
    return (edition.title, edition.starts_on, edition.ends_on, edition.timezone, where)


async def _replace(place: Place, edition: Edition, *, now: datetime) -> None:
    registration = await Registration.objects().get(Registration.id == place.registration)
    if registration is not None:
        await manage.replace_entry(registration, reason="The summit has changed.", now=now)
        await mails.changed(registration, edition, place, is_summit_changed=True, now=now)
