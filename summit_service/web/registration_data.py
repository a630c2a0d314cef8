"""Pages: a copy of one's own data by the link of the registration, and erasing it at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.doors import queries as doors
from summit_service.errors import NotFound
from summit_service.registrations import actions, queries, retention
from summit_service.registrations.own_data import own_data
from summit_service.registrations.queries import Standing
from summit_service.web import kept, rates
from summit_service.web.layout import page

Page = Request[Any, Any, Any]


async def _own(standing: Standing) -> dict[str, Any]:
    """All of it, with when and where they were let in."""
    seen = (await doors.entries_of([standing.registration.id]))[standing.registration.id]
    arrivals = [{"at": entry.at.isoformat(), "door": entry.door} for entry in seen]
    return {**await own_data(standing), "arrivals": arrivals}


@get("/registrations/{token:str}/data")
async def data_page(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """What we keep, to be read."""
    try:
        standing = await _standing(token, now=now)
    except NotFound:
        return _unknown(request)
    return page(
        request,
        "registrations/data.html",
        token=token,
        edition=standing.edition,
        kept=await _own(standing),
        erasures=kept.rows(retention.FIELDS, standing.edition),
        noindex=True,
    )


@get("/registrations/{token:str}/data.json")
async def data_file(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """The same, for a program."""
    try:
        standing = await _standing(token, now=now)
    except NotFound:
        return _unknown(request)
    name = f"registration-{standing.edition.year}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(await _own(standing), media_type="application/json", headers=headers)


@get("/registrations/{token:str}/erasure")
async def confirm_erasure(
    request: Page, token: FromPath[str], now: NamedDependency[datetime]
) -> Response[Any]:
    """Ask once more before erasing."""
    try:
        standing = await _standing(token, now=now)
    except NotFound:
        return _unknown(request)
    edition = standing.edition
    return page(
        request, "registrations/erase.html", token=token, edition=edition, is_done=False, noindex=True
    )


@post("/registrations/{token:str}/erasure", status_code=200)
async def erase(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Erase it all now; from then on the link opens nothing."""
    try:
        edition = (await _standing(token, now=now)).edition
        await actions.erase_at_once(token, now=now)
    except NotFound:
        return _unknown(request)
    return page(request, "registrations/erase.html", token="", edition=edition, is_done=True, noindex=True)


async def _standing(token: str, *, now: datetime) -> Standing:
    return await queries.standing(await queries.registration_id_of(token, now=now), now=now)


def _unknown(request: Page) -> Response[Any]:
    rates.check(request, "wrong_link")
    return page(
        request, "registrations/unknown.html", status=404, sentence=queries.UNKNOWN_LINK, noindex=True
    )


ROUTES: list[Any] = [data_page, data_file, confirm_erasure, erase]
