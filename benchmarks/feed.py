"""What a feed of 200 events costs: the first answer, unchanged data, and the answer after a change."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from summit_service import db
from summit_service.accounts.actor import OPERATOR
from summit_service.events import actions
from summit_service.events.changes import Version
from summit_service.events.details import Details
from summit_service.events.queries import ALL
from summit_service.feeds import cache, calendars
from summit_service.feeds.stored import StoredCalendar
from summit_service.members.tables import Organisation

EVENTS = 200
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def main() -> None:
    """Build the data, then time each kind of answer in this process, without a network."""
    db.bind(db.connect(f"sqlite:///{os.environ['SUMMIT_VAR_DIR']}/bench.sqlite"))
    await db.migrate()
    host = Organisation(
        name="Centre", slug="centre", kind="centre", timezone="Europe/London", created_at=NOW, updated_at=NOW
    )
    await host.save()
    plain = Details(
        starts_at="2026-04-20T09:00", timezone="Europe/London", description="A day of practice. " * 20
    )
    for number in range(EVENTS):
        given = replace(plain, summary=f"Event {number}")
        await actions.post_event(given, organisation="centre", actor=OPERATOR, now=NOW)
    midnight = calendars.start_of_day(NOW)

    async def build(version: Version) -> StoredCalendar:
        return await calendars.events_calendar(ALL, version=version, midnight=midnight, name="All")

    async def answer() -> None:
        found = await cache.shelf().calendar(("all", midnight), build)
        found.encoded("br")

    async def after_a_change() -> None:
        changes = {"location": f"Room {time.perf_counter_ns()}"}
        await actions.change_event("event-7", changes, actor=OPERATOR, now=NOW)
        await answer()

    await report("first answer", answer, 1)
    await report("unchanged (200 or 304)", answer, 10_000)
    await report("change and answer", after_a_change, 20)
    await db.close()


async def report(what: str, act: Callable[[], Awaitable[None]], times: int) -> None:
    """Print the milliseconds of one."""
    began = time.perf_counter()
    for _ in range(times):
        await act()
    print(f"{what}: {(time.perf_counter() - began) / times * 1000:.3f} ms")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SUMMIT_VAR_DIR"] = folder
        asyncio.run(main())
