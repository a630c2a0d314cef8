"""Deciding, telling the authors in one go that can be stopped, and making sessions of what was accepted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from summit_service import db, journal, markup, zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.contributions import conflicts, mails, queries, rules
from summit_service.contributions.tables import Contribution
from summit_service.errors import Conflict, Gone
from summit_service.mail import outbox
from summit_service.summits import queries as summits
from summit_service.summits.actions import drafts
from summit_service.summits.rules.programme import KINDS


async def decide(
    year: int, number: int, *, decision: str, note: str, seen: str, actor: Actor, now: datetime
) -> Contribution:
    """Accept, decline, or (empty) take the decision back; nobody is told yet. `seen` is what the page showed.

    Raises Invalid, NotFound, Gone for what was withdrawn, Conflict once its author knows or somebody was faster, and
    NotAllowed for who has a conflict of interest while somebody else of the secretariat has none.
    """
    check_secretariat(actor)
    text = markup.many_lines(note, field="note", longest=4_000, name="The note")
    async with db.transaction():
        edition = await summits.found_edition(year)
        row = await queries.locked((await queries.numbered(edition.id, number)).id)
        if row.withdrawn_at is not None:
            raise Gone("Its author has withdrawn this contribution.")
        near = await conflicts.checked_decider(actor, row)
        rules.check_decision(decision, seen=seen, before=row.decision, told_at=row.told_at)
        await Contribution.update(
            {
                Contribution.decision: decision,
                Contribution.decision_note: text,
                Contribution.decided_at: now if decision else None,
                Contribution.decided_by: actor.person_id if decision else None,
            }
        ).where(Contribution.id == row.id)
        told = f"number {number}, {decision or 'taken back'}{near}"
        await journal.note("summit.contribution_decided", actor, year, edition.title, now=now, detail=told)
        return await queries.numbered(edition.id, number)


async def tell(year: int, *, expected: int, actor: Actor, now: datetime) -> int:
    """Mail every decision that its author does not know, in ten minutes; until then it can be stopped.

    Raises Conflict where their number is not the `expected` one: then somebody has decided meanwhile.
    """
    check_secretariat(actor)
    async with db.transaction():
        edition = await summits.locked_edition(year)
        rows = await queries.to_be_told(edition.id)
        if len(rows) != expected or not rows:
            raise Conflict(f"There are {len(rows)} decisions to tell now. Look at them first.")
        for row in rows:
            await outbox.add(mails.decided(row, edition, leaves_at=now + rules.TIME_TO_STOP), now=now)
        await Contribution.update({Contribution.told_at: now}).where(
            Contribution.id.is_in([row.id for row in rows])
        )
        await journal.note(
            "summit.decisions_told", actor, year, edition.title, now=now, detail=f"{len(rows)} of them"
        )
    return len(rows)


async def stop_telling(year: int, *, actor: Actor, now: datetime) -> int:
    """Stop the decisions that have not left yet; their contributions can be decided anew. Returns how many."""
    check_secretariat(actor)
    async with db.transaction():
        edition = await summits.locked_edition(year)
        rows = await Contribution.objects().where(
            (Contribution.edition == edition.id) & (Contribution.told_at > now - rules.TIME_TO_STOP)
        )
        for row in rows:
            await outbox.stop(mails.about(row), reason="The secretariat has stopped it.", now=now)
        if rows:
            # Another moment, so that the mail that is sent later is not taken for the one that was stopped.
            await Contribution.update({Contribution.told_at: None, Contribution.decided_at: now}).where(
                Contribution.id.is_in([row.id for row in rows])
            )
            await journal.note("summit.decisions_stopped", actor, year, edition.title, now=now)
    return len(rows)


async def place(
    year: int, number: int, *, starts_at: str, room: str, actor: Actor, now: datetime
) -> Contribution:
    """Make a session of an accepted contribution in the draft, as long as its kind takes; `starts_at` is wall time.

    Raises Invalid, and Conflict for what is not accepted or stands in the draft already.
    """
    check_secretariat(actor)
    async with db.transaction():
        edition = await summits.locked_edition(year)
        row = await queries.locked((await queries.numbered(edition.id, number)).id)
        draft = await summits.draft_of(edition)
        if row.decision != rules.ACCEPTED or row.withdrawn_at is not None:
            raise Conflict("Only what is accepted becomes a session.")
        if any(session.id == row.session for session in draft.programme.sessions):
            raise Conflict("This contribution stands in the draft already.")
        call = await queries.found_call(edition)
        values = _session(row, starts_at, room, minutes=call.minutes_of(row.kind))
        await drafts.append_session(edition, values, now=now)
        await Contribution.update({Contribution.session: values["id"]}).where(Contribution.id == row.id)
        await journal.note(
            "summit.contribution_placed", actor, year, edition.title, now=now, detail=f"number {number}"
        )
        return await queries.numbered(edition.id, number)


def _session(row: Contribution, starts_at: str, room: str, *, minutes: int) -> dict[str, Any]:
    wall = zones.parse_wall(starts_at.strip(), field="starts_at")
    kind = row.kind.lower()
    base = markup.slug(row.title)[:48].strip("-")
    names = dict.fromkeys(author.name for author in queries.authors_of(row))
    return {
        "id": f"{base}-c{row.number}".strip("-"),
        "title": row.title,
        "kind": kind if kind in KINDS else "talk",
        "starts_at": zones.wall_text(wall),
        "ends_at": zones.wall_text(wall + timedelta(minutes=minutes)),
        "room": room,
        "speakers": [name[:120] for name in names],
        "abstract": row.abstract[:10_000],
    }
