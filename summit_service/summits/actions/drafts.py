"""Changing the working draft of a programme: its rooms and people, or one session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, NotFound
from summit_service.summits import queries
from summit_service.summits.actions.storing import store_draft
from summit_service.summits.queries import Draft
from summit_service.summits.rules.board import Slot, slot_of
from summit_service.summits.rules.intake import read_programme
from summit_service.summits.rules.programme import SessionPlan, lists_mark, session_mark, values_of
from summit_service.summits.rules.warnings import span
from summit_service.summits.tables import Edition

Values = dict[str, Any]


async def rewrite(edition: Edition, programme: object, *, now: datetime) -> Draft:
    """Make this the whole draft, within a transaction that holds the edition's lock; raises Invalid."""
    read = read_programme(programme, year=edition.year, timezone=edition.timezone)
    await store_draft(edition, read, now=now)
    return await queries.draft_of(edition)


async def change_lists(
    year: int, lists: Mapping[str, object], *, seen: str | None = None, actor: Actor, now: datetime
) -> Draft:
    """Replace the rooms, the tracks or the speakers of the draft, whichever are given.

    `seen` is the mark (`lists_mark`) of the lists that the person had before their eyes; raises Conflict where they
    are others by now.
    """

    def edit(values: Values) -> None:
        wished = {**values, **lists}
        _check_seen(seen, lists_mark(values), lists_mark(wished), "these lists")
        values.update(lists)

    return await _edit(year, edit, actor=actor, now=now)


async def put_session(
    year: int,
    session: Mapping[str, object],
    *,
    session_id: str = "",
    seen: str | None = None,
    actor: Actor,
    now: datetime,
) -> Draft:
    """Change the session of that id, or add one where no id is given. New speakers are added to the list.

    `seen` is the mark (`session_mark`) of the session that the person had before their eyes; raises Conflict where
    it is another by now.
    """

    def edit(values: Values) -> None:
        if session_id:
            index = _index(values, session_id)
            before = values["sessions"][index]
            wished = {**before, **session, "id": session_id}
            _check_seen(seen, session_mark(before), session_mark(wished), "this session")
            values["sessions"][index] = wished
            _add_people(values, session)
        else:
            _append(values, session)

    return await _edit(year, edit, actor=actor, now=now)


async def move_session(
    year: int, session_id: str, slot: Slot, *, seen: str, actor: Actor, now: datetime
) -> tuple[SessionPlan, Draft]:
    """Put a session on other hours or in another room; what it was before, and the draft.

    Raises Invalid for hours or a room that cannot be, NotFound, and Conflict where the session does not stand where
    it was `seen` (`Slot.text`): then somebody else has moved it, and nothing changes.
    """
    check_secretariat(actor)
    async with db.transaction():
        edition = await queries.locked_edition(year)
        programme = (await queries.draft_of(edition)).programme
        values: Values = values_of(programme)
        index = _index(values, session_id)
        before = programme.sessions[index]
        if slot_of(before).text() != seen:
            raise Conflict(
                f"Somebody else has moved “{before.title}” meanwhile: it is on {span(before)}"
                f"{f', {before.room}' if before.room else ''} now. Nothing was changed."
            )
        hours = {"starts_at": slot.starts_at, "ends_at": slot.ends_at, "starts_fold": None, "ends_fold": None}
        values["sessions"][index] |= {**hours, "room": slot.room}
        told = f"moved “{before.title}”"
        await journal.note("summit.draft_changed", actor, year, edition.title, now=now, detail=told)
        return before, await rewrite(edition, values, now=now)


async def append_session(edition: Edition, session: Mapping[str, object], *, now: datetime) -> Draft:
    """Add one, with its new speakers, within a transaction that holds the edition's lock."""
    values: Values = values_of((await queries.draft_of(edition)).programme)
    _append(values, session)
    return await rewrite(edition, values, now=now)


def _append(values: Values, session: Mapping[str, object]) -> None:
    values["sessions"].append(dict(session))
    _add_people(values, session)


async def remove_session(year: int, session_id: str, *, actor: Actor, now: datetime) -> Draft:
    """Take a session out of the draft. Once released it stays in calendars as cancelled."""
    return await _edit(year, lambda v: v["sessions"].pop(_index(v, session_id)), actor=actor, now=now)


async def _edit(year: int, edit: Callable[[Values], object], *, actor: Actor, now: datetime) -> Draft:
    check_secretariat(actor)
    async with db.transaction():
        edition = await queries.locked_edition(year)
        values: Values = values_of((await queries.draft_of(edition)).programme)
        edit(values)
        await journal.note("summit.draft_changed", actor, year, edition.title, now=now)
        return await rewrite(edition, values, now=now)


def _check_seen(seen: str | None, stands: str, wished: str, name: str) -> None:
    """No mark asks nothing; what stands there already is no conflict, so that a form sent twice is kept once."""
    if seen is not None and stands not in {seen, wished}:
        raise Conflict(
            f"Somebody else has changed {name} since you opened the form. Both are below: yours in the form.",
            code="changed_meanwhile",
        )


def _index(values: Values, session_id: str) -> int:
    for index, session in enumerate(values["sessions"]):
        if session["id"] == session_id:
            return index
    raise NotFound("This session is not in the draft. Somebody may have taken it out meanwhile.")


def _add_people(values: Values, session: Mapping[str, object]) -> None:
    known = {speaker["name"] for speaker in values["speakers"]}
    for part in ("speakers", "chairs"):
        names = session.get(part)
        for name in names if isinstance(names, list) else []:
            if isinstance(name, str) and name.strip() and name.strip() not in known:
                values["speakers"].append({"name": name.strip(), "affiliation": ""})
                known.add(name.strip())
