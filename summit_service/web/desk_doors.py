"""Pages: the doors of a summit at the desk, who has come, and the list of arrivals for a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import qr, settings, zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.doors import actions, queries
from summit_service.errors import Invalid
from summit_service.registrations import rules as registration_rules
from summit_service.registrations.sheets import safe_cell
from summit_service.summits import queries as summits
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.question_fields import Blanks

Page = Request[Any, Any, Any]
HEADS = ("number", "name", "organisation", "attendance", "day", "time", "door", "seen_again")


@get("/desk/summits/{year:int}/doors")
async def doors(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Who has come, by day, by way of attending and by door; the doors and their links."""
    return await _page(request, year, actor=actor, now=now)


@post("/desk/summits/{year:int}/doors", status_code=200)
async def make_door(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Make a door and show its link this once."""
    name = text(await request.form(), "name")
    try:
        door, token = await actions.make_door(year, name, actor=actor, now=now)
    except Invalid as fault:
        return await _page(request, year, actor=actor, now=now, name=name, faults=fault.by_field())
    return await _page(request, year, actor=actor, now=now, link=_address(token), linked=door.name)


@post("/desk/summits/{year:int}/doors/{door_id:int}/link", status_code=200)
async def another_link(
    request: Page,
    year: FromPath[int],
    door_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """One more link to a door, shown this once."""
    token = await actions.open_door(year, door_id, actor=actor, now=now)
    names = {door.id: door.name for door in await queries.doors_of((await queries.edition_of(year)).id)}
    return await _page(request, year, actor=actor, now=now, link=_address(token), linked=names[door_id])


@post("/desk/summits/{year:int}/doors/{door_id:int}/opening")
async def open_here(
    year: FromPath[int],
    door_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Look after a door on this device."""
    return see_other(f"/doors/{await actions.open_door(year, door_id, actor=actor, now=now)}")


@post("/desk/summits/{year:int}/doors/{door_id:int}/end")
async def close_door(
    year: FromPath[int],
    door_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """End every link to a door."""
    await actions.close_door(year, door_id, actor=actor, now=now)
    return see_other(f"/desk/summits/{year}/doors?done=closed")


@get("/desk/summits/{year:int}/arrivals.csv")
async def export_arrivals(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Who came, when and where, for a spreadsheet; wall times of the summit."""
    check_secretariat(actor)
    edition = await queries.edition_of(year)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS)
    for comer in await queries.comers(edition, now=now):
        row, wall = comer.standing.registration, zones.at_wall(comer.first.at, edition.timezone)
        words = [row.name, row.organisation, registration_rules.WORDS.get(comer.attendance, "")]
        when = [f"{wall:%Y-%m-%d}", f"{wall:%H:%M}"]
        writer.writerow([row.id, *map(safe_cell, words), *when, safe_cell(comer.first.door), comer.repeats])
    headers = {
        "Content-Disposition": f'attachment; filename="arrivals-{year}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(f"\ufeff{out.getvalue()}".encode(), media_type="text/csv", headers=headers)


def _address(token: str) -> str:
    return f"{settings.current().base_url}/doors/{token}"


async def _page(
    request: Page,
    year: int,
    *,
    actor: Actor,
    now: datetime,
    name: str = "",
    faults: dict[str, str] | None = None,
    link: str = "",
    linked: str = "",
) -> Response[Any]:
    check_secretariat(actor)
    edition = await queries.edition_of(year)
    totals = await queries.totals(edition)
    return page(
        request,
        "doors/desk.html",
        actor=actor,
        status=422 if faults else 200,
        edition=edition,
        doors=await queries.doors_of(edition.id),
        open_doors=[
            door for door in await queries.doors_of(edition.id) if queries.is_open(door, edition, now=now)
        ],
        ends_at=summits.ends_instant(edition),
        came=sum(totals.values()),
        rows=[
            (zones.long_day(day), registration_rules.WORDS.get(way, way).capitalize(), door, count)
            for (day, way, door), count in sorted(totals.items())
        ],
        expected=edition.in_person_taken,
        name=name,
        faults=Blanks(faults or {}),
        link=link,
        linked=linked,
        link_qr=qr.picture(link) if link else "",
        done=request.query_params.get("done", "") == "closed",
    )


ROUTES: list[Any] = [doors, make_door, another_link, open_here, close_door, export_arrivals]
