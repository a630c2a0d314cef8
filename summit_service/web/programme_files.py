"""A summit's programme for other programs: `schedule.json` and `schedule.xml`, of the last release or an older one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service.feeds import schedule
from summit_service.summits import queries
from summit_service.web import feeds_http

Asked = Request[Any, Any, Any]


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


async def _answer(
    request: Asked, year: int, number: int | None, media_type: str, now: datetime
) -> Response[bytes]:
    edition = await queries.found_edition(year, is_announced_only=True)
    release = await queries.shown_release(edition.id, number)
    stored = schedule.schedule(release, media_type)
    return await feeds_http.calendar_response(request, stored, now=now, media_type=media_type)


ROUTES: list[Any] = [schedule_json, schedule_xml]
