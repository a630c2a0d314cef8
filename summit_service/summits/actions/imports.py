"""Taking in a file that holds an edition and its programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from summit_service.summits import queries
from summit_service.summits.actions.drafts import rewrite
from summit_service.summits.actions.editions import SWITCHES, insert_edition, update_edition
from summit_service.summits.queries import Draft
from summit_service.summits.rules import editions
from summit_service.summits.rules.intake import PARTS
from summit_service.summits.rules.reading import object_of
from summit_service.summits.tables import Edition


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or (`is_dry_run`) would do."""

    year: int
    title: str
    is_new_edition: bool
    sessions: int
    warnings: tuple[str, ...]
    is_dry_run: bool


async def known_edition(value: object) -> Edition | None:
    """The edition that the values name, locked, where there is one."""
    year = value.get("year") if isinstance(value, dict) else None
    known = await queries.edition_of(year) if isinstance(year, int) and 0 < year < 9999 else None
    return None if known is None else await queries.locked_edition(known.year)


async def take_in(value: object, *, known: Edition | None, now: datetime, is_dry_run: bool) -> Imported:
    """Make or change the edition that the values name, and replace its draft; within the caller's transaction.

    Raises Invalid with a pointer for each fault.
    """
    values = object_of(value, "The file")
    if known is None:
        edition = await insert_edition(values, now=now)
        draft = await queries.draft_of(edition)
    else:
        fields = {name: values[name] for name in editions.FIELDS if name in values}
        edition = await update_edition(known.year, fields, now=now)
        parts = {name: part for name, part in values.items() if name not in {*editions.FIELDS, *SWITCHES}}
        has_parts = any(part in values for part in PARTS)
        draft = await rewrite(edition, parts, now=now) if has_parts else await queries.draft_of(edition)
    return _imported(draft, is_new_edition=known is None, is_dry_run=is_dry_run)


def _imported(draft: Draft, *, is_new_edition: bool, is_dry_run: bool) -> Imported:
    return Imported(
        year=draft.edition.year,
        title=draft.edition.title,
        is_new_edition=is_new_edition,
        sessions=len(draft.programme.sessions),
        warnings=tuple(warning.sentence for warning in draft.warnings),
        is_dry_run=is_dry_run,
    )
