"""Pages: badges at the desk: what is new, earlier prints, and the sheets."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.doors import badges, printing, queries
from summit_service.doors.badges import Face
from summit_service.errors import Conflict, Invalid
from summit_service.web.layout import page, see_other

Page = Request[Any, Any, Any]


@get("/desk/summits/{year:int}/badges")
async def badges_page(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """What is new since the last print, and the prints that there were."""
    return await _page(request, year, actor=actor, now=now)


@post("/desk/summits/{year:int}/badges")
async def print_new(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Note a print of what is new; its sheets are then to be downloaded."""
    try:
        made = await printing.print_new(year, actor=actor, now=now)
    except Conflict as fault:
        return await _page(request, year, actor=actor, now=now, refusal=fault.sentence)
    return see_other(f"/desk/summits/{year}/badges?print={made.id}")


@get("/desk/summits/{year:int}/badges.pdf")
async def sheets(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The sheets: all, those of one print, or the badge with one number; asking notes nothing."""
    check_secretariat(actor)
    edition = await queries.edition_of(year)
    faces = await _chosen(request, await badges.faces_of(edition, now=now))
    if not faces:
        sentence = "There is no such badge. Badges are for people with a place in the hall."
        return await _page(request, year, actor=actor, now=now, refusal=sentence)
    try:
        made = await asyncio.to_thread(badges.set_sheets, edition, faces)
    except Invalid as fault:
        return await _page(request, year, actor=actor, now=now, refusal=fault.faults[0].sentence)
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="badges-{year}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


async def _chosen(request: Page, faces: list[Face]) -> list[Face]:
    number, print_id = (_number(request.query_params.get(name, "")) for name in ("number", "print"))
    if number is not None:
        return [face for face in faces if face.registration_id == number]
    if print_id is not None:
        theirs = await badges.in_print(print_id)
        return [face for face in faces if face.registration_id in theirs]
    return faces


async def _page(request: Page, year: int, *, actor: Actor, now: datetime, refusal: str = "") -> Response[Any]:
    check_secretariat(actor)
    edition = await queries.edition_of(year)
    faces = await badges.faces_of(edition, now=now)
    prints = await badges.prints_of(edition.id)
    just_made = _number(request.query_params.get("print", ""))
    return page(
        request,
        "doors/badges.html",
        actor=actor,
        status=409 if refusal else 200,
        edition=edition,
        total=len(faces),
        fresh=len(badges.new(faces, await badges.printed(edition.id))),
        prints=[(made, len(await badges.in_print(made.id))) for made in prints],
        just_made=next((made for made in prints if made.id == just_made), None),
        refusal=refusal,
    )


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


ROUTES: list[Any] = [badges_page, print_new, sheets]
