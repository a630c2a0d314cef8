"""Pages: the draft of a programme as a grid of days, rooms and hours, on which sessions are moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service import zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.agendas import queries as agendas
from summit_service.errors import Conflict, Invalid
from summit_service.registrations import sign_ups
from summit_service.summits import queries
from summit_service.summits.actions import drafts
from summit_service.summits.queries import Draft
from summit_service.summits.rules import board
from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.warnings import DraftWarning
from summit_service.web import summit_forms
from summit_service.web.layout import page, see_other
from summit_service.web.summit_forms import Fields

Asked = Request[Any, Any, Any]
MOST_WARNINGS = 20
FIELDS = ("day", "start", "minutes", "room")


@get("/desk/summits/{year:int}/grid")
async def grid(
    request: Asked,
    year: FromPath[int],
    actor: NamedDependency[Actor],
    *,
    day: FromQuery[str] = "",
    move: FromQuery[str] = "",
    moved: FromQuery[str] = "",
    was: FromQuery[str] = "",
) -> Response[Any]:
    """A day of the draft; with `move` the form of that session, after a move the way back (`was`)."""
    check_secretariat(actor)
    found = await sign_ups.draft_of(await queries.found_edition(year))
    return await _page(request, actor, found, day=day, move=move, moved=moved, was=was)


@post("/desk/summits/{year:int}/grid", status_code=200)
async def move_session(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Move one session, typed or dropped; what was typed stays where that cannot be."""
    form = await summit_forms.fields_of(request)
    check_secretariat(actor)
    try:
        slot = board.read_slot(**{name: form[name] for name in FIELDS})
        before, _ = await drafts.move_session(year, form["id"], slot, seen=form["seen"], actor=actor, now=now)
    except (Invalid, Conflict) as refusal:
        faults = _faults(refusal) if isinstance(refusal, Invalid) else {}
        found = await sign_ups.draft_of(await queries.found_edition(year))
        status = 422 if isinstance(refusal, Invalid) else 409
        said = "" if faults else refusal.sentence
        return await _page(
            request, actor, found, day=form["day"], move=form["id"], typed=form, faults=faults, refusal=said,
            status=status,
        )  # fmt: skip
    then = {"day": slot.starts_at[:10], "moved": before.id}
    if form["do"] != "undo":
        then["was"] = board.slot_of(before).text()
    return see_other(f"/desk/summits/{year}/grid?{urlencode(then)}")


def _faults(refusal: Invalid) -> dict[str, str]:
    """By the form's fields: a fault of the start or the end is told beside the start."""
    fields = {"starts_at": "start", "ends_at": "minutes"}
    return {fields.get(name, name): said for name, said in summit_forms.session_faults(refusal).items()}


async def _page(
    request: Asked,
    actor: Actor,
    found: Draft,
    *,
    day: str,
    move: str = "",
    moved: str = "",
    was: str = "",
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> Response[Any]:
    edition, sessions = found.edition, found.programme.sessions
    days = board.days_between(edition.starts_on, edition.ends_on, sessions)
    by_id = {session.id: session for session in sessions}
    picked = by_id.get(move)
    wished = picked.starts_at[:10] if picked and not day else day
    shown = {one.isoformat(): one for one in days}.get(wished, days[0])
    warnings = [one for one in found.warnings if _is_on(one, by_id, shown)]
    base = f"/desk/summits/{edition.year}/grid"
    return page(
        request,
        "summits/desk_grid.html",
        actor=actor,
        status=status,
        edition=edition,
        base=base,
        tabs=[(zones.long_day(one).rsplit(" ", 1)[0], f"{base}?day={one}", one == shown) for one in days],
        days=[(one.isoformat(), zones.long_day(one)) for one in days],
        grid=board.board_of(sessions, day=shown, rooms=found.programme.rooms),
        rooms=[
            ("", "No room yet"),
            *((room.name, _seats(room.name, room.capacity)) for room in found.programme.rooms),
        ],
        picked=picked,
        stars=await agendas.counts_of(edition.id),
        form=Fields(typed or (_form_of(picked) if picked else {})),
        faults=Fields(faults or {}),
        refusal=refusal,
        moved=by_id.get(moved),
        undo=_undo(by_id.get(moved), was),
        slot_of=board.slot_of,
        warned={session for one in warnings for session in one.sessions},
        warnings=warnings[:MOST_WARNINGS],
        more=max(0, len(warnings) - MOST_WARNINGS),
        noindex=True,
    )


def _seats(name: str, capacity: int | None) -> str:
    return name if capacity is None else f"{name} ({capacity:,} seats)"


def _is_on(warning: DraftWarning, by_id: Mapping[str, SessionPlan], day: date) -> bool:
    return any(by_id[one].starts_at.startswith(day.isoformat()) for one in warning.sessions)


def _form_of(session: SessionPlan) -> dict[str, str]:
    slot = board.slot_of(session)
    hours = {"day": slot.starts_at[:10], "start": slot.starts_at[11:], "minutes": str(board.length_of(slot))}
    return {**hours, "room": slot.room, "id": session.id}


def _undo(moved: SessionPlan | None, was: str) -> dict[str, str] | None:
    """The fields of a move back to where the session was."""
    parts = was.split("/", 2)
    if moved is None or len(parts) != 3:
        return None
    try:
        slot = board.Slot(*parts)
        minutes = str(board.length_of(slot))
    except ValueError:
        return None
    hours = {"day": slot.starts_at[:10], "start": slot.starts_at[11:], "minutes": minutes}
    return {"id": moved.id, **hours, "room": slot.room, "seen": board.slot_of(moved).text()}


ROUTES: list[Any] = [grid, move_session]
