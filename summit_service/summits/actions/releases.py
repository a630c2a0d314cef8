"""Freezing the draft into a release that the public sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import rfc8785

from summit_service import db, journal, markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict
from summit_service.summits import queries, versions
from summit_service.summits.rules import snapshot
from summit_service.summits.rules.changes import Change, changes_between
from summit_service.summits.rules.warnings import DraftWarning
from summit_service.summits.tables import Edition, Release


@dataclass(frozen=True, slots=True)
class Released:
    """What became of a release: its row, what is worth a look, and what changed for the readers."""

    edition: Edition
    release: Release
    warnings: tuple[DraftWarning, ...]
    changes: tuple[Change, ...]
    before: snapshot.Snapshot | None
    after: snapshot.Snapshot


async def release_programme(
    year: int, *, note: str, actor: Actor, now: datetime, after: int | None = None
) -> Released:
    """`freeze`, in a transaction of its own."""
    async with db.transaction():
        return await freeze(year, note=note, actor=actor, now=now, after=after)


async def freeze(year: int, *, note: str, actor: Actor, now: datetime, after: int | None = None) -> Released:
    """Freeze the draft with a note, and announce the edition where it is not yet; in the caller's transaction.

    Raises Conflict for a draft without sessions, and where `after` is not the number of the last release.
    """
    check_secretariat(actor)
    text = markup.many_lines(note, field="note", longest=2_000, name="The note")
    edition = await queries.locked_edition(year)
    draft = await queries.draft_of(edition)
    last = await queries.last_release(edition.id)
    _check(draft, last, after)
    released_at = _own_second(last, now)
    before = queries.snapshot_of(last) if last else None
    taken = snapshot.take(queries.header_of(edition), draft.programme, before=before, now=released_at)
    release = Release(
        edition=edition.id,
        number=last.number + 1 if last else 1,
        note=text,
        snapshot=rfc8785.dumps(snapshot.to_values(taken)).decode(),
        released_at=released_at,
        released_by=actor.person_id,
        released_by_name=actor.name,
    )
    await release.save()
    db.current_transaction().after_commit(versions.tell_this_process)
    told = f"number {release.number}"
    await journal.note("summit.released", actor, year, edition.title, now=now, detail=told)
    if edition.announced_at is None:
        await Edition.update({Edition.announced_at: now}).where(Edition.id == edition.id)
    return Released(edition, release, draft.warnings, changes_between(before, taken), before, taken)


def _own_second(last: Release | None, now: datetime) -> datetime:
    """Each release has a second of its own, so that a client's If-Modified-Since never hides one."""
    return max(now, last.released_at.replace(microsecond=0) + timedelta(seconds=1)) if last else now


def _check(draft: queries.Draft, last: Release | None, after: int | None) -> None:
    number = last.number if last else 0
    if after is not None and after != number:
        raise Conflict(f"Release {number} was made since you opened this page. Look at it first.")
    if not draft.programme.sessions:
        raise Conflict("The draft has no sessions yet, so there is nothing to release.")
