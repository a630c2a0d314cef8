"""What the page of events costs with 20,000 events: without filters, by words, by a topic, and far ahead."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta

import httpx

from summit_service import db, settings
from summit_service.app import create_app
from summit_service.events import entries, rules, stored
from summit_service.events.details import Details
from summit_service.events.tables import Event
from summit_service.members.tables import Organisation

EVENTS, SERIES, HOSTS, BATCH = 20_000, 200, 44, 200
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOPICS = ("teaching", "research", "practice", "arts", "policy")


async def main() -> None:
    """Build the data, then time each page in this process, without a network."""
    url = os.environ.get("SUMMIT_DATABASE_URL") or f"sqlite:///{os.environ['SUMMIT_VAR_DIR']}/bench.sqlite"
    db.bind(db.connect(url))
    await db.migrate()
    for number in range(HOSTS):
        await Organisation(
            name=f"Centre {number}",
            name_key=f"centre {number}",
            slug=f"centre-{number}",
            kind="centre",
            country=("GB", "FR", "US", "JP")[number % 4],
            timezone="Europe/London",
            created_at=NOW,
            updated_at=NOW,
        ).save()
    for begin in range(0, EVENTS, BATCH):
        await Event.insert(*(event(number) for number in range(begin, begin + BATCH)))
    app = create_app(clock=lambda: NOW)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=settings.current().base_url) as client:
        for path in (
            "/events",
            "/events?q=listening+19998",
            "/events?q=nothing-like-it",
            "/events?category=arts&country=JP",
            "/events?from=2027-12",
            "/",
        ):
            await report_page(client, path)
    await db.close()


def event(number: int) -> Event:
    """One of the events as the actions keep it; half of them are over, and each hundredth is a series."""
    day = (NOW + timedelta(days=(number * 7) % 1460 - 730)).date()
    is_series = number % (EVENTS // SERIES) == 0 and day.day < 29
    details, span = rules.check_details(
        Details(
            summary=f"Listening {number}",
            starts_at=f"{day}T{8 + number % 10:02}:00",
            timezone="Europe/London",
            categories=(TOPICS[number % 5],),
            description="A day of practice for clinicians and educators. " * 8,
            recurrence="FREQ=MONTHLY" if is_series else "",
        )
    )
    return Event(
        slug=f"listening-{number}",
        uid=f"{number}@bench.example",
        organisation=number % HOSTS + 1,
        created_at=NOW,
        changed_at=NOW,
        search=entries.search_text(details, f"Centre {number % HOSTS}"),
        **stored.columns_of(details, span),
    )


async def report_page(client: httpx.AsyncClient, path: str) -> None:
    """Print the quickest and the middle of ten, and the weight."""
    took = []
    for _ in range(10):
        began = time.perf_counter()
        answer = await client.get(path)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    print(
        f"{path}: {answer.status_code}, {len(answer.content):,} bytes, {took[0]:.0f} ms, middle {took[5]:.0f} ms"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SUMMIT_VAR_DIR"] = folder
        os.environ["SUMMIT_LOG_LEVEL"] = "error"
        asyncio.run(main())
