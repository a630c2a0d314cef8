"""Calendars that are put together anew for each fetch: the same bytes are compressed once."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from hashlib import sha256

from summit_service.feeds.stored import StoredCalendar

MOST_KEPT = 64
_kept: OrderedDict[tuple[bytes, datetime], StoredCalendar] = OrderedDict()


def kept_calendar(body: bytes, changed_at: datetime) -> StoredCalendar:
    """The calendar with the encodings that it has already; the one that was asked for longest ago goes first."""
    key = (sha256(body).digest(), changed_at)
    calendar = _kept.pop(key, None) or StoredCalendar(body, changed_at)
    _kept[key] = calendar
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return calendar
