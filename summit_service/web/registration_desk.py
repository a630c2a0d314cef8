"""Pages: the secretariat's list of delegates, its export, and the limits of an edition."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import zones
from summit_service.accounts.actor import Actor
from summit_service.errors import Invalid
from summit_service.registrations import actions, delegates, queries, rules, sheets
from summit_service.registrations import questions as asking
from summit_service.registrations.answers import Asked
from summit_service.registrations.queries import Standing
from summit_service.registrations.rooms import Room, rooms_of
from summit_service.web.layout import page, see_other
from summit_service.web.question_fields import Blanks

Page = Request[Any, Any, Any]
ROWS = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATE_WORDS = {
    rules.CONFIRMED: "Confirmed",
    rules.OFFERED: "Offered",
    rules.WAITLISTED: "Waiting list",
    rules.CANCELLED: "Cancelled",
}


@get("/desk/summits/{year:int}/registrations")
async def registrations(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Who registered, in which state, page by page."""
    return await _list(request, year, actor=actor, now=now)


@get("/desk/summits/{year:int}/registrations.csv")
async def export_csv(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The same list, whole, for a spreadsheet; the mark in front lets it read the letters right."""
    found, questions = await _for_sheet(request, year, actor=actor, now=now)
    return download(
        f"\ufeff{sheets.as_csv(found, questions)}".encode(), "text/csv", f"registrations-{year}.csv"
    )


@get("/desk/summits/{year:int}/registrations.xlsx")
async def export_xlsx(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The same list as an Excel workbook."""
    found, questions = await _for_sheet(request, year, actor=actor, now=now)
    return download(sheets.as_xlsx(found, questions), XLSX, f"registrations-{year}.xlsx")


async def _for_sheet(
    request: Page, year: int, *, actor: Actor, now: datetime
) -> tuple[tuple[Standing, ...], tuple[Asked, ...]]:
    search, state = _filters(request)
    listed = await delegates.delegates(year, actor=actor, now=now, search=search, state=state)
    return listed.found, await asking.every_question_of(listed.edition.id)


def download(content: bytes, media_type: str, name: str) -> Response[Any]:
    """A file that is kept nowhere on the way."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


@post("/desk/summits/{year:int}/capacity")
async def change_capacity(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Set the limits; who waits is offered what becomes free."""
    form = await request.form()
    typed = {f"{way}_capacity": str(form.get(f"{way}_capacity", "")) for way in rules.ATTENDANCES}
    try:
        in_person, online = (
            _number(typed[f"{way}_capacity"], f"{way}_capacity") for way in rules.ATTENDANCES
        )
        await actions.change_capacity(year, in_person=in_person, online=online, actor=actor, now=now)
    except Invalid as fault:
        return await _list(request, year, actor=actor, now=now, typed=typed, faults=fault.by_field())
    return see_other(f"/desk/summits/{year}/registrations?done=capacity")


async def _list(
    request: Page,
    year: int,
    *,
    actor: Actor,
    now: datetime,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Response[Any]:
    search, state = _filters(request)
    listed = await delegates.delegates(year, actor=actor, now=now, search=search, state=state)
    edition, rooms = listed.edition, await rooms_of(listed.edition)
    start = _start(request)
    asked = {name: value for name, value in (("q", search), ("state", state)) if value}
    return page(
        request,
        "registrations/desk.html",
        actor=actor,
        status=422 if faults else 200,
        edition=edition,
        rooms=rooms,
        why_no_offers=why_no_offers(rooms, queries.window_of(edition), now=now),
        listed=listed,
        shown=listed.found[start : start + ROWS],
        start=start,
        next_url=_address(year, asked, start + ROWS) if start + ROWS < len(listed.found) else "",
        previous_url=_address(year, asked, max(0, start - ROWS)) if start else "",
        asked=f"?{urlencode(asked)}" if asked else "",
        search=search,
        state=state,
        state_words=STATE_WORDS,
        words=rules.WORDS,
        done=request.query_params.get("done", "") == "capacity",
        typed=typed or {f"{way}_capacity": queries.capacity_of(edition, way) for way in rules.ATTENDANCES},
        faults=Blanks(faults or {}),
    )


def why_no_offers(rooms: tuple[Room, ...], window: rules.Window, *, now: datetime) -> str:
    """Why those who wait have no offer; empty when nobody waits."""
    if not any(room.waiting for room in rooms):
        return ""
    if rules.can_offer(window, now=now):
        return "People wait because every place of that kind is confirmed or offered."
    closed = min(window.closes_at, window.begins_at)
    until = zones.long_deadline(closed, window.timezone)
    return f"Registration was open until {until}; since then no place is offered any more."


def _filters(request: Page) -> tuple[str, str]:
    state = request.query_params.get("state", "")
    return request.query_params.get("q", "")[:200], state if state in STATE_WORDS else ""


def _start(request: Page) -> int:
    given = request.query_params.get("from", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0


def _address(year: int, asked: dict[str, str], start: int) -> str:
    return f"/desk/summits/{year}/registrations?{urlencode(asked | {'from': str(start)})}"


def _number(text: str, field: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Invalid.one(field, "Give a whole number such as 120.")
    return int(text)


ROUTES: list[Any] = [registrations, export_csv, export_xlsx, change_capacity]
