"""Writing a draft: rows that stay keep their ids, sessions keep their UIDs, what is taken out is marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from piccolo.columns import Column
from piccolo.table import Table

from summit_service import markup, settings
from summit_service.summits import queries
from summit_service.summits.queries import DraftRows, SessionRow
from summit_service.summits.rules.matching import Known, match
from summit_service.summits.rules.programme import Programme, SessionPlan
from summit_service.summits.tables import Appearance, Edition, Room, Session, Speaker, Track

Columns = dict[str, Any]


async def store_draft(edition: Edition, programme: Programme, *, now: datetime) -> Programme:
    """Make this the whole draft and return it with ids and UIDs; the caller holds the edition's lock.

    Where nothing differs, nothing is written.
    """
    rows = await queries.draft_rows(edition.id)
    wanted, pairs = identified(programme, rows)
    if wanted == queries.programme_of(rows):
        return wanted
    rooms = await _sync(
        Room, rows.rooms, {room.name: {"capacity": room.capacity} for room in wanted.rooms}, edition
    )
    tracks = await _sync(Track, rows.tracks, {name: {} for name in wanted.tracks}, edition)
    people = {one.name: {"affiliation": one.affiliation} for one in wanted.speakers}
    speakers = await _sync(Speaker, rows.speakers, people, edition)
    columns = [
        {
            **_columns(plan),
            "room": rooms.get(plan.room),
            "track": tracks.get(plan.track),
            "position": position,
        }
        for position, plan in enumerate(wanted.sessions)
    ]
    ids = await _write_sessions(edition, rows.sessions, columns, pairs, now=now)
    await _write_appearances(rows, wanted.sessions, ids, speakers)
    await _delete(Room, _left_over(rows.rooms, rooms))
    await _delete(Track, _left_over(rows.tracks, tracks))
    await _delete(Speaker, _left_over(rows.speakers, speakers))
    await Edition.update({Edition.draft_changed_at: now}).where(Edition.id == edition.id)
    return wanted


def identified(programme: Programme, rows: DraftRows) -> tuple[Programme, dict[int, int]]:
    """The programme with the ids and UIDs of the sessions that are known, and new ones for the others."""
    known = [
        Known(plan, row.removed_at is not None)
        for plan, row in zip(queries.session_plans(rows), rows.sessions, strict=True)
    ]
    pairs = match(programme.sessions, known)
    used = {one.session.id for one in known} | {session.id for session in programme.sessions}
    found: list[SessionPlan] = []
    for index, session in enumerate(programme.sessions):
        if index in pairs:
            same = known[pairs[index]].session
            found.append(replace(session, id=session.id or same.id, uid=same.uid))
        else:
            slug = session.id or _free_slug(session.title, used)
            found.append(replace(session, id=slug, uid=f"{uuid4()}@{settings.current().host}"))
            used.add(slug)
    return replace(programme, sessions=tuple(found)), pairs


def _free_slug(title: str, used: set[str]) -> str:
    base = markup.slug(title)[:52].strip("-")
    slug, number = base, 2
    while slug in used:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _columns(plan: SessionPlan) -> Columns:
    plain = (
        "uid",
        "title",
        "kind",
        "starts_at",
        "ends_at",
        "starts_fold",
        "ends_fold",
        "abstract",
        "capacity",
    )
    return {
        **{name: getattr(plan, name) for name in plain},
        "slug": plan.id,
        "starts_instant": plan.starts,
        "ends_instant": plan.ends,
        "objectives": "\n".join(plan.objectives),
        "is_cancelled": plan.is_cancelled,
        "removed_at": None,
    }


async def _sync(
    table: type[Table], stored: Sequence[Any], wanted: Mapping[str, Mapping[str, Any]], edition: Edition
) -> dict[str, int]:
    """Rows by name: new ones inserted, changed ones updated. Returns the id of each name."""
    ids = {row.name: row.id for row in stored if row.name in wanted}
    columns: dict[str, Columns] = {
        name: {**own, "position": position} for position, (name, own) in enumerate(wanted.items())
    }
    for row in stored:
        if row.name in wanted and _differs(row, columns[row.name]):
            await table.update(as_update(columns[row.name])).where(table._meta.primary_key == row.id)
    new = [name for name in wanted if name not in ids]
    if new:
        rows = [table(edition=edition.id, name=name, **columns[name]) for name in new]
        ids |= {name: one["id"] for name, one in zip(new, await table.insert(*rows), strict=True)}
    return ids


def as_update(columns: Columns) -> dict[Column | str, Any]:
    """Columns by name, in the type that an update takes."""
    return {name: value for name, value in columns.items()}  # noqa: C416 - a copy of a wider type


def _differs(row: Any, columns: Columns) -> bool:
    return any(getattr(row, name) != value for name, value in columns.items())


def _left_over(stored: Sequence[Any], kept: Mapping[str, int]) -> list[int]:
    return [row.id for row in stored if row.id not in kept.values()]


async def _delete(table: type[Table], ids: list[int]) -> None:
    if ids:
        await table.delete().where(table._meta.primary_key.is_in(ids))


async def _write_sessions(
    edition: Edition,
    stored: Sequence[SessionRow],
    wanted: list[Columns],
    pairs: dict[int, int],
    *,
    now: datetime,
) -> list[int]:
    """The ids of the wanted sessions, in their order; those that are wanted no more are marked."""
    ids = {position: stored[index].id for position, index in pairs.items()}
    for position, index in pairs.items():
        if _differs(stored[index], wanted[position]):
            await Session.update(as_update(wanted[position])).where(Session.id == stored[index].id)
    positions = [position for position in range(len(wanted)) if position not in pairs]
    if positions:
        new = [Session(edition=edition.id, created_at=now, **wanted[position]) for position in positions]
        inserted = await Session.insert(*new)
        ids |= {position: one["id"] for position, one in zip(positions, inserted, strict=True)}
    gone = [row.id for row in stored if row.removed_at is None and row.id not in ids.values()]
    if gone:
        await Session.update({Session.removed_at: now}).where(Session.id.is_in(gone))
    return [ids[position] for position in range(len(wanted))]


async def _write_appearances(
    rows: DraftRows, sessions: Sequence[SessionPlan], ids: list[int], speakers: dict[str, int]
) -> None:
    await _delete(Appearance, [one.id for one in rows.appearances])
    new = [
        Appearance(session=session_id, speaker=speakers[name], part=part, position=position)
        for session_id, session in zip(ids, sessions, strict=True)
        for part, names in (("speaker", session.speakers), ("chair", session.chairs))
        for position, name in enumerate(names)
    ]
    if new:
        await Appearance.insert(*new)
