"""Putting another programme in the place of a draft: what it would do, and doing it to no other draft than was seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict
from summit_service.summits import queries
from summit_service.summits.actions.storing import identified, store_draft
from summit_service.summits.queries import Draft
from summit_service.summits.rules.intake import read_programme
from summit_service.summits.rules.programme import Programme, draft_mark
from summit_service.summits.rules.replacing import Replacement, replacement
from summit_service.summits.rules.warnings import warnings_of
from summit_service.summits.tables import Edition


@dataclass(frozen=True, slots=True)
class Replaced(Draft):
    """The draft as it is then, or would be; what that changes; and `seen`, the mark of the draft as it stands."""

    effect: Replacement
    seen: str
    is_dry_run: bool


async def replace_programme(
    year: int,
    programme: object,
    *,
    seen: str | None = None,
    dry_run: bool = False,
    actor: Actor,
    now: datetime,
) -> Replaced:
    """Make this the whole draft. Raises Invalid with a pointer for each fault, and changes nothing then.

    `seen` is the mark of the draft that this was made for; raises Conflict where it is another by now. What stands
    there already is no conflict. A dry run tells and changes nothing.
    """
    check_secretariat(actor)
    if dry_run:
        edition = await queries.found_edition(year)
        return await look(edition, _read(programme, edition), now=now)
    async with db.transaction():
        edition = await queries.locked_edition(year)
        read = _read(programme, edition)
        would = await look(edition, read, now=now)
        if would.effect.does and seen is not None and seen != would.seen:
            raise Conflict(
                "Somebody else has changed the draft since you looked. Nothing was changed. Its mark (seen) is"
                f" {would.seen} now; look at it before you send that.",
                code="changed_meanwhile",
            )
        return await store(would, read, actor=actor, now=now)


def _read(programme: object, edition: Edition) -> Programme:
    return read_programme(programme, year=edition.year, timezone=edition.timezone)


async def look(edition: Edition, read: Programme, *, now: datetime) -> Replaced:
    """What would be done to the draft as it stands. Sessions that it does not have yet have no UID."""
    rows = await queries.draft_rows(edition.id)
    before = queries.programme_of(rows)
    wanted, pairs = identified(read, rows)
    effect = replacement(queries.header_of(edition), before, wanted, now=now)
    sessions = [one if at in pairs else replace(one, uid="") for at, one in enumerate(wanted.sessions)]
    return Replaced(
        edition,
        replace(wanted, sessions=tuple(sessions)),
        warnings_of(wanted, starts_on=edition.starts_on, ends_on=edition.ends_on),
        effect,
        seen=draft_mark(before, timezone=edition.timezone),
        is_dry_run=True,
    )


async def store(
    would: Replaced, read: Programme, *, detail: str = "", actor: Actor, now: datetime
) -> Replaced:
    """Do what was looked at with what was read, in a transaction that has held the edition's lock since."""
    edition = would.edition
    await journal.note("summit.draft_changed", actor, edition.year, edition.title, now=now, detail=detail)
    stored = await store_draft(edition, read, now=now)
    mark = draft_mark(stored, timezone=edition.timezone)
    return replace(would, programme=stored, seen=mark, is_dry_run=False)
