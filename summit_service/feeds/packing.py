"""Codings of large calendars that take long to make: made beside other requests, once a calendar has come to rest."""

from __future__ import annotations

import asyncio
import time

from summit_service.feeds.stored import StoredCalendar

AT_REST_AFTER = 10.0
"""Seconds without a change; before them, a change a second would keep a processor busy with work for nobody."""
_running: set[asyncio.Task[bytes]] = set()


async def encoded(calendar: StoredCalendar, coding: str) -> bytes:
    """The body in that coding, made beside other requests where that takes long."""
    if calendar.is_large and coding not in calendar.encodings:
        return await asyncio.to_thread(calendar.encoded, coding)
    return calendar.encoded(coding)


def wish_for(calendar: StoredCalendar, coding: str) -> None:
    """Somebody would rather have had this coding: have it ready for the next, one at a time in a process."""
    rests = time.monotonic() - calendar.made_at > AT_REST_AFTER
    if not rests or coding in calendar.encodings or _running:
        return
    task = asyncio.get_running_loop().create_task(asyncio.to_thread(calendar.encoded, coding))
    _running.add(task)
    task.add_done_callback(_running.discard)
