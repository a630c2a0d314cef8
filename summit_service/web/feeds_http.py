"""A calendar over HTTP: content coding, validators, and the empty 304 (RFC 9110, 12.5.3 and 13)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from litestar import Request, Response

from summit_service.feeds.stored import IDENTITY, StoredCalendar, coding_for

PUBLIC = "public, max-age=300"
PRIVATE = "private, max-age=300"
LARGE = 200_000
"""Bytes above which compressing would hold up other requests."""


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
    coding = coding_for(request.headers.get("Accept-Encoding", ""))
    headers = {"ETag": calendar.etag(coding), "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if calendar.changed_at <= now:
        headers["Last-Modified"] = format_datetime(calendar.changed_at.astimezone(UTC), usegmt=True)
    if _has_it(request, calendar, coding, now):
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    if name:
        headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    body = await _encoded(calendar, coding)
    return Response(body, headers=headers, media_type=media_type)


def _has_it(request: Request[Any, Any, Any], calendar: StoredCalendar, coding: str, now: datetime) -> bool:
    given = request.headers.get("If-None-Match")
    if given is not None:
        tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
        return "*" in tags or calendar.etag(coding) in tags
    since = _date(request.headers.get("If-Modified-Since", ""))
    # What we sent as Last-Modified has whole seconds.
    changed_at = calendar.changed_at.replace(microsecond=0)
    return since is not None and changed_at <= since and calendar.changed_at <= now


def _date(text: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


async def _encoded(calendar: StoredCalendar, coding: str) -> bytes:
    if len(calendar.body) > LARGE and coding not in calendar.encodings:
        return await asyncio.to_thread(calendar.encoded, coding)
    return calendar.encoded(coding)
