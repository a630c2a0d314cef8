"""A summit's programme as files: `schedule.json`, `schedule.xml` and a PDF, of the last release or an older one."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service.errors import NotFound
from summit_service.feeds import printed, schedule
from summit_service.summits import queries
from summit_service.typeset import CannotTypeset
from summit_service.web import feeds_http

Asked = Request[Any, Any, Any]
NO_FONT = (
    "The programme has characters that we have no font for, so there is no PDF of it. Print its page instead."
)


@get("/summits/{year:int}/schedule.json")
async def schedule_json(
    request: Asked,
    year: FromPath[int],
    now: NamedDependency[datetime],
    *,
    release: FromQuery[int | None] = None,
) -> Response[bytes]:
    """In the form that conference apps read (c3voc's schema)."""
    return await _answer(request, year, release, schedule.JSON, now)


@get("/summits/{year:int}/schedule.xml")
async def schedule_xml(
    request: Asked,
    year: FromPath[int],
    now: NamedDependency[datetime],
    *,
    release: FromQuery[int | None] = None,
) -> Response[bytes]:
    """The same in frab's form."""
    return await _answer(request, year, release, schedule.XML, now)


@get("/summits/{year:int}/programme.pdf")
async def programme_pdf(year: FromPath[int], *, release: FromQuery[int | None] = None) -> Response[bytes]:
    """To print: the same bytes for the same release."""
    edition = await queries.found_edition(year, is_announced_only=True)
    shown = await queries.shown_release(edition.id, release)
    try:
        body = await asyncio.to_thread(printed.set_programme, printed.data_of(shown))
    except CannotTypeset as fault:
        raise NotFound(NO_FONT) from fault
    name = f'inline; filename="programme-{year}-release-{shown.number}.pdf"'
    return Response(body, media_type="application/pdf", headers={"Content-Disposition": name})


async def _answer(
    request: Asked, year: int, number: int | None, media_type: str, now: datetime
) -> Response[bytes]:
    edition = await queries.found_edition(year, is_announced_only=True)
    release = await queries.shown_release(edition.id, number)
    stored = schedule.schedule(release, media_type)
    return await feeds_http.calendar_response(request, stored, now=now, media_type=media_type)


ROUTES: list[Any] = [schedule_json, schedule_xml, programme_pdf]
