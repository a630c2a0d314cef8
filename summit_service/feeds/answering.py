"""What is answered for a calendar: content coding, validators, and the empty 304 (RFC 9110, 12.5.3 and 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from summit_service.feeds import packing
from summit_service.feeds.conditional import coding_for, known_coding
from summit_service.feeds.stored import IDENTITY, StoredCalendar

PUBLIC = "public, max-age=300"
PRIVATE = "private, max-age=300"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status (200 or 304), the headers that belong to the calendar, the coding of the body, and the body."""

    status: int
    headers: dict[str, str]
    coding: str
    body: bytes


async def answer_of(
    calendar: StoredCalendar,
    *,
    now: datetime,
    accepted: str = "",
    tags: str | None = None,
    since: str | None = None,
    cache: str = PUBLIC,
) -> Answer:
    """The calendar, or an empty 304 where the client has it.

    `accepted` is Accept-Encoding, `tags` If-None-Match, `since` If-Modified-Since; None for a header that was not sent.
    """
    coding = coding_for(accepted, calendar.ready)
    known = known_coding(calendar, coding, tags=tags, since=since, now=now)
    coding = known or coding
    headers = {"ETag": calendar.etag(coding), "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if calendar.changed_at <= now:
        headers["Last-Modified"] = format_datetime(calendar.changed_at.astimezone(UTC), usegmt=True)
    if known:
        return Answer(304, headers, coding, b"")
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    return Answer(200, headers, coding, await packing.encoded(calendar, coding))
