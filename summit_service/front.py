"""Public feeds that are known in this process, answered in front of everything else, with what was answered before.

The application answers an address the first time. What it sent is kept beside the calendar, and sent again for as
long as the calendar is the one that it would send: nothing was changed here, and the number of the events (or the
release), read at most a second ago, is still the same.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from litestar.types import HTTPScope, Send

from summit_service import db
from summit_service.errors import SummitError
from summit_service.feeds import packing
from summit_service.feeds.cache import Place
from summit_service.feeds.conditional import coding_for, known_coding
from summit_service.feeds.stored import CODINGS, StoredCalendar
from summit_service.tally import KEPT_FEEDS

MOST_ADDRESSES = 4_096
LONGEST_QUERY = 512
EMPTY: Any = {"type": "http.response.body", "body": b"", "more_body": False}
Places = OrderedDict[tuple[str, bytes], Place]
_addresses: WeakKeyDictionary[db.Engine, Places] = WeakKeyDictionary()
_last: list[tuple[Any, Places]] = [(None, OrderedDict())]
"""The database that was asked last and its addresses: of a process it is always the same one."""


async def answer(scope: HTTPScope, send: Send, now: float) -> bool:
    """Whether the request was answered here; `now` is the time in seconds, as `time.time` has it."""
    began = time.perf_counter()
    place = _places().get((scope["path"], scope["query_string"]))
    if place is None:
        return False
    calendar = place.calendar_now() if place.shelf.watch.holds() else await _looked_up(place)
    if calendar is None or not calendar.since <= now < calendar.until:
        return False
    found = _chosen(calendar, scope["headers"], now)
    if found is None:
        return False
    start, body = found
    await send(start)
    await send(body if scope["method"] == "GET" else EMPTY)
    KEPT_FEEDS.note(scope["method"], scope["path"], start["status"], time.perf_counter() - began)
    return True


def _places() -> Places:
    engine = db.engine()
    if _last[0][0] is not engine:
        _last[0] = (engine, _addresses.setdefault(engine, OrderedDict()))
    return _last[0][1]


async def _looked_up(place: Place) -> StoredCalendar | None:
    """After the second is over one request reads the number, for all; a database that is away is told elsewhere."""
    try:
        await place.shelf.watch.current()
    except SummitError:
        return None
    return place.calendar_now()


def _chosen(
    calendar: StoredCalendar, headers: Iterable[tuple[bytes, bytes]], now: float
) -> tuple[Any, Any] | None:
    accepted, tags, since = b"", None, None
    for name, value in headers:
        if name == b"accept-encoding":
            accepted = value if not accepted else accepted + b"," + value
        elif name == b"if-none-match":
            tags = value if tags is None else tags + b"," + value
        elif name == b"if-modified-since":
            since = value
    coding = _coding_for(accepted, calendar.ready)
    if calendar.ready is not CODINGS:
        packing.wish_for(calendar, _coding_for(accepted, CODINGS))
    if tags is None and since is None:
        return calendar.answers.get((200, coding))
    if tags is not None and tags == calendar.tags.get(coding):
        return calendar.answers.get((304, coding))
    known = known_coding(
        calendar, coding, tags=_text(tags), since=_text(since), now=datetime.fromtimestamp(now, UTC)
    )
    return calendar.answers.get((304, known) if known else (200, coding))


@lru_cache(maxsize=512)
def _coding_for(accepted: bytes, among: tuple[str, ...]) -> str:
    return coding_for(accepted.decode("latin-1"), among)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def keep(scope: HTTPScope, start: Any) -> None:
    """What an answer of the application begins with, all headers in it, where it gives a calendar from a shelf."""
    calendar, coding = scope.get("state", {}).get("calendar", (None, ""))
    status, headers = start["status"], start["headers"]
    if calendar is None or status not in {200, 304} or len(scope["query_string"]) > LONGEST_QUERY:
        return
    if any(name.lower() == b"set-cookie" for name, _ in headers):
        return
    kept = {"type": "http.response.start", "status": status, "headers": headers}
    body = EMPTY if status == 304 else {**EMPTY, "body": calendar.encoded(coding)}
    calendar.answers[status, coding] = (kept, body)
    known = _places()
    known[scope["path"], scope["query_string"]] = calendar.place
    known.move_to_end((scope["path"], scope["query_string"]))
    while len(known) > MOST_ADDRESSES:
        known.popitem(last=False)
