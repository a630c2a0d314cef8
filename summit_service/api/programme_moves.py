"""JSON: moving one session of the draft to other hours or another room, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor
from summit_service.api.summit_answers import WarningAnswer
from summit_service.errors import Fault, Invalid
from summit_service.summits.actions import drafts
from summit_service.summits.rules.board import Slot, slot_of


class SlotItem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where a session stands: wall times in the zone of the summit (`2026-09-14T09:15`), and a room or none."""

    starts_at: str
    ends_at: str
    room: str = ""


class MoveBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which session (its id) goes where; `seen` is where it stood when you looked."""

    session: str
    to: SlotItem
    seen: SlotItem


class MoveOut(msgspec.Struct, kw_only=True):
    """Where it stands now, the body that takes the move back, and what to look at of this session."""

    session: str
    title: str
    at: SlotItem
    undo: MoveBody
    warnings: list[WarningAnswer]


@post(
    "/summits/{year:int}/programme/moves",
    status_code=200,
    tags=["Programme"],
    summary="Move a session of the draft",
)
async def move(
    year: FromPath[int],
    data: JSONBody[MoveBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> MoveOut:
    """Put one session elsewhere; the rest of the draft stays. Send `undo` of the answer to take it back.

    Secretariat. 422 with a pointer for hours or a room that cannot be; 409 with where it stands now, and nothing
    changed, where somebody else has moved it since it was `seen`.
    """
    slot, seen = _slot(data.to), _slot(data.seen).text()
    try:
        before, draft = await drafts.move_session(year, data.session, slot, seen=seen, actor=actor, now=now)
    except Invalid as refusal:
        raise Invalid([_told(fault) for fault in refusal.faults]) from refusal
    at = next(one for one in draft.programme.sessions if one.id == before.id)
    return MoveOut(
        session=before.id,
        title=before.title,
        at=_item(slot_of(at)),
        undo=MoveBody(session=before.id, to=_item(slot_of(before)), seen=_item(slot_of(at))),
        warnings=[
            WarningAnswer(one.kind, one.sentence, list(one.sessions))
            for one in draft.warnings
            if before.id in one.sessions
        ],
    )


def _told(fault: Fault) -> Fault:
    """A fault of `sessions/3/starts_at` is one of what was asked for: `to/starts_at`."""
    parts = fault.field.split("/")
    is_of_a_session = parts[0] == "sessions" and len(parts) > 2
    return Fault(f"to/{parts[2]}", fault.sentence) if is_of_a_session else fault


def _slot(item: SlotItem) -> Slot:
    return Slot(item.starts_at.strip(), item.ends_at.strip(), item.room.strip())


def _item(slot: Slot) -> SlotItem:
    return SlotItem(starts_at=slot.starts_at, ends_at=slot.ends_at, room=slot.room)


ROUTES: list[Any] = [move]
