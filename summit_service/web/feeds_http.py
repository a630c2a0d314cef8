"""A calendar over HTTP: the headers of a request in, the answer of `feeds.answering` out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response

from summit_service.feeds.answering import PRIVATE, PUBLIC, answer_of
from summit_service.feeds.stored import StoredCalendar

__all__ = ["PRIVATE", "PUBLIC", "calendar_response"]


async def calendar_response(
    request: Request[Any, Any, Any],
    calendar: StoredCalendar,
    *,
    now: datetime,
    cache: str = PUBLIC,
    name: str = "",
    media_type: str = "text/calendar",
) -> Response[bytes]:
    """The calendar, or an empty 304 where the client has it; `name` is what a file of it would be called."""
    found = await answer_of(
        calendar,
        now=now,
        accepted=_header(request, "Accept-Encoding") or "",
        tags=_header(request, "If-None-Match"),
        since=_header(request, "If-Modified-Since"),
        cache=cache,
    )
    if calendar.place is not None and cache == PUBLIC:
        request.scope["state"]["calendar"] = (calendar, found.coding)
    if name and found.status != 304:
        found.headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return Response(found.body, status_code=found.status, headers=found.headers, media_type=media_type)


def _header(request: Request[Any, Any, Any], name: str) -> str | None:
    """All lines of that name as one; None where there is none."""
    lines = request.headers.getall(name, [])
    return ",".join(lines) if lines else None
