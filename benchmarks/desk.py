"""What pages and desk cost with 500 organisations, 5,000 people and 20,000 events, beside a network of three.

Milliseconds are those of the processor, which others on the same machine do not add to; one event in 41 is a series.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from piccolo.table import Table

from summit_service import db, logs, settings
from summit_service.accounts.tables import Person
from summit_service.app import create_app
from summit_service.events.tables import Event
from summit_service.members.queries import actor_of
from summit_service.members.tables import Organisation, Role
from tests.clients import BASE_URL, sign_in
from tests.counting import count_queries

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIMIT = 150
ROUNDS = 5
CHUNK = 400
COUNTRIES = ("GB", "FR", "DE", "US", "AU", "BR", "IN", "JP", "KE", "ES")
PAGES = {
    "secretariat": (
        "/desk",
        "/me",
        "/organisations/centre-1/people",
        "/desk/organisations/centre-1",
        "/unpublished",
    ),
    "member": ("/me",),
    "public": (
        "/",
        "/events",
        "/events?view=month",
        "/organisations",
        "/organisations?q=centre+2",
        "/organisations/centre-1",
    ),
}


async def main() -> None:
    """Both networks, the same pages; the figures as a table."""
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.sqlite"
        db.bind(db.connect(f"sqlite:///{empty}"))
        await db.migrate()
        await db.close()
        small = await measured(empty, organisations=3, people=30, events=120)
        large = await measured(empty, organisations=500, people=5_000, events=20_000)
    print(f"{'page':42} {'queries':>14} {'cpu ms (median)':>18}")
    for page, (queries, milliseconds) in large.items():
        before, quick = small[page]
        note = "" if queries == before and milliseconds < LIMIT else "  <--"
        print(f"{page:42} {before:>6} {queries:>7} {quick:>9.1f} {milliseconds:>8.1f}{note}")


async def measured(
    empty: Path, *, organisations: int, people: int, events: int
) -> dict[str, tuple[int, float]]:
    """Queries and median milliseconds of each page in a network of that size, in a copy of the empty database."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(empty, folder)
        db.bind(db.connect(f"sqlite:///{copy}"))
        await fill(organisations=organisations, people=people, events=events)
        desk = await Person.objects().get(Person.id == 1)
        member = await Person.objects().get(Person.id == 2)
        found = {}
        for who, person in (("secretariat", desk), ("member", member), ("public", None)):
            transport = httpx.ASGITransport(app=create_app(clock=lambda: NOW))  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
                if person is not None:
                    await sign_in(client, await actor_of(person, via="page"), now=NOW)
                for page in PAGES[who]:
                    found[f"{page} ({who})"] = await cost(client, page)
        await db.close()
        return found


async def cost(client: httpx.AsyncClient, page: str) -> tuple[int, float]:
    """Queries of the second request, and the median time of a few."""
    assert (await client.get(page)).status_code == 200, page
    with count_queries() as count:
        await client.get(page)
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        await client.get(page)
        times.append((time.process_time() - begun) * 1000)
    return count.number, statistics.median(times)


async def fill(*, organisations: int, people: int, events: int) -> None:
    """Members with their people, each with a role, and events: nine of ten are over."""
    places = [
        Organisation(
            name=f"Centre {n}",
            name_key=f"centre {n}",
            slug=f"centre-{n}",
            kind="centre",
            city=f"Town {n}",
            country=COUNTRIES[n % len(COUNTRIES)],
            timezone="Europe/London",
            created_at=NOW,
            updated_at=NOW,
        )
        for n in range(1, organisations + 1)
    ]
    everybody = [
        Person(name=f"Person {n}", email=f"p{n}@example.org", created_at=NOW) for n in range(1, people + 1)
    ]
    async with db.transaction():
        await insert(Organisation, places)
        await insert(Person, everybody)
        kinds = ("representative", "signatory", "alternate")
        roles = [
            Role(
                person=n,
                organisation=1 + n % organisations,
                kind=kinds[n // organisations % 3],
                created_at=NOW,
            )
            for n in range(2, people + 1)
        ]
        await insert(Role, [Role(person=1, kind="secretariat", created_at=NOW), *roles])
        await insert(Event, [event(n, organisations) for n in range(events)])


def event(number: int, organisations: int) -> Event:
    """An hour on a day of the last nine years, or of the next; one in 41 is there each month from then on."""
    begins = NOW - timedelta(days=3_285) + timedelta(days=number * 3_650 // 20_000 if number else 0, hours=1)
    ends = begins + timedelta(hours=1)
    return Event(
        slug=f"event-{number}",
        uid=f"event-{number}@bench",
        organisation=1 + number % organisations,
        summary=f"Event {number}",
        description="A day of practice.",
        starts_at=begins.strftime("%Y-%m-%dT%H:%M"),
        ends_at=ends.strftime("%Y-%m-%dT%H:%M"),
        timezone="Etc/UTC",
        starts_instant=begins,
        ends_instant=ends,
        last_instant=None if number % 41 == 7 else ends,
        recurrence="FREQ=MONTHLY" if number % 41 == 7 else "",
        categories=",teaching,",
        created_at=NOW,
        changed_at=NOW,
    )


async def insert(table: type[Table], rows: Sequence[Table]) -> None:
    """In parts that both databases take."""
    for start in range(0, len(rows), CHUNK):
        await table.insert(*rows[start : start + CHUNK])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as var:
        os.environ |= {"SUMMIT_VAR_DIR": var, "SUMMIT_BASE_URL": BASE_URL}
        settings.current.cache_clear()
        logs.configure("text", "ERROR")
        asyncio.run(main())
