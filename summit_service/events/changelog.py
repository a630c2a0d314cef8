"""Reads of an event's history."""

from __future__ import annotations

from summit_service.events.conditions import Condition
from summit_service.events.history import Change, read
from summit_service.events.tables import EventChange


async def changes_of(event_id: int, *, limit: int = 200) -> list[Change]:
    """The history of an event, the newest first."""
    return await _changes(EventChange.event == event_id, limit=limit)


async def change_by_id(event_id: int, change_id: int) -> Change | None:
    """One entry of that event's history."""
    if not 0 < change_id < 2**31:
        return None
    where = (EventChange.event == event_id) & (EventChange.id == change_id)
    return next(iter(await _changes(where, limit=1)), None)


async def _changes(where: Condition, *, limit: int) -> list[Change]:
    rows = (
        await EventChange.select(*EventChange.all_columns(), EventChange.person.name.as_alias("who"))
        .where(where)
        .order_by(EventChange.id, ascending=False)
        .limit(limit)
    )
    return [
        Change(
            id=row["id"],
            kind=row["kind"],
            who=row["who"] or "",
            at=row["created_at"],
            before=read(row["before"]),
            after=read(row["after"]),
            note=row["note"],
        )
        for row in rows
    ]
