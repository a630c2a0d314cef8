"""A calendar over HTTP: content coding, validators, and the empty 304 (RFC 9110, 12.5.3 and 13)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from litestar import Request, Response

from summit_service.feeds import packing
from summit_service.feeds.conditional import coding_for, known_coding
from summit_service.feeds.stored import IDENTITY, StoredCalendar

PUBLIC = "public, max-age=300"
PRIVATE = "private, max-age=300"


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
    coding = coding_for(_header(request, "Accept-Encoding") or "", calendar.ready)
    tags, since = _header(request, "If-None-Match"), _header(request, "If-Modified-Since")
    known = known_coding(calendar, coding, tags=tags, since=since, now=now)
    coding = known or coding
    headers = {"ETag": calendar.etag(coding), "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if calendar.changed_at <= now:
        headers["Last-Modified"] = format_datetime(calendar.changed_at.astimezone(UTC), usegmt=True)
    if calendar.place is not None and cache == PUBLIC:
        request.scope["state"]["calendar"] = (calendar, coding)
    if known:
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    if name:
        headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    body = await packing.encoded(calendar, coding)
    return Response(body, headers=headers, media_type=media_type)


def _header(request: Request[Any, Any, Any], name: str) -> str | None:
    """All lines of that name as one; None where there is none."""
    lines = request.headers.getall(name, [])
    return ",".join(lines) if lines else None
