"""What pages and desk cost with 500 organisations, 5,000 people and 20,000 events, beside a network of three.

    PYTHONPATH=. python benchmarks/desk.py [--postgres]

Ends with 1 when a page misses an aim: as many queries of the large network as of the small one, under LIMIT
milliseconds, under HEAVY bytes. Of the times the first is the processor's, which others on the same machine hardly add
to; it is the one that counts on SQLite. The second is what passes until the answer, with what the database does on
PostgreSQL, where it counts: there nothing else may run. One event in 41 is a series.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import httpx
from filling import NOW, Size, fill

from summit_service import db, logs, settings
from summit_service.accounts.tables import Person
from summit_service.app import create_app
from summit_service.members.queries import actor_of
from tests import databases
from tests.clients import BASE_URL, sign_in
from tests.counting import count_queries

LIMIT = 150
HEAVY = 100_000
ROUNDS = 5
SMALL = Size(
    organisations=3, people=30, events=120, resources=40, calls=40, statements=2, enquiries=3, deeds=120
)
LARGE = Size(
    organisations=500,
    people=5_000,
    events=20_000,
    resources=2_000,
    calls=500,
    statements=60,
    enquiries=100,
    deeds=20_000,
)
PAGES = {
    "secretariat": (
        "/desk",
        "/desk/ahead",
        "/me",
        "/organisations/centre-1/people",
        "/desk/organisations/centre-1",
        "/unpublished",
        "/desk/log",
        "/desk/log?kind=organisation",
        "/desk/enquiries",
        "/desk/mails",
        "/desk/statements",
        "/desk/statements/time-to-listen",
    ),
    "member": ("/me", "/resources", "/funding", "/funding/call-0", "/resources/guide-0"),
    "public": (
        "/",
        "/events",
        "/events?view=month",
        "/organisations",
        "/organisations?q=centre+2",
        "/organisations/centre-1",
        "/resources",
        "/resources?q=ward",
        "/resources/guide-0",
        "/funding",
        "/statements",
        "/statements/time-to-listen",
    ),
}


class Cost(NamedTuple):
    """Queries, bytes before they are compressed, and median milliseconds of the processor and of the clock."""

    queries: int
    weight: int
    cpu: float
    elapsed: float


def main(*, postgres: bool) -> list[str]:
    """Both networks, the same pages; the figures as a table, and the pages that miss an aim."""
    with databases_of(postgres=postgres) as (first, second):
        small = asyncio.run(measured(first, SMALL))
        large = asyncio.run(measured(second, LARGE))
    print(f"{'page':50} {'queries':>14} {'cpu ms (median)':>18} {'elapsed ms':>12} {'kB':>6}")
    missed = []
    for page, found in large.items():
        before = small[page]
        slow = found.elapsed if postgres else found.cpu
        if found.queries != before.queries or slow >= LIMIT or found.weight >= HEAVY:
            missed.append(page)
        times = f"{before.cpu:>9.1f} {found.cpu:>8.1f} {found.elapsed:>12.1f}"
        figures = f"{before.queries:>6} {found.queries:>7} {times} {found.weight / 1000:>6.0f}"
        print(f"{page:50} {figures}{'  <--' if page in missed else ''}")
    return missed


@contextmanager
def databases_of(*, postgres: bool) -> Iterator[tuple[str, str]]:
    """The URLs of two empty ones; on PostgreSQL as the tests find or start it (SUMMIT_TEST_POSTGRES_URL)."""
    if not postgres:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/small.sqlite", f"sqlite:///{folder}/large.sqlite"
        return
    with (
        databases.postgres_server("bench") as server,
        databases.postgres_copy(server, template=None) as small,
        databases.postgres_copy(server, template=None) as large,
    ):
        yield small, large


async def measured(url: str, size: Size) -> dict[str, Cost]:
    """What each page costs in a network of that size."""
    db.bind(db.connect(url))
    await db.migrate()
    await fill(size)
    await Person.raw("ANALYZE")
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


async def cost(client: httpx.AsyncClient, page: str) -> Cost:
    """The median queries and times of a few requests after the first, which may fill what this process remembers."""
    shown = await client.get(page)
    assert shown.status_code == 200, page
    queries = []
    for _ in range(ROUNDS):
        with count_queries() as count:
            await client.get(page)
        queries.append(count.number)
    cpu, elapsed = [], []
    for _ in range(ROUNDS):
        begun, clock = time.process_time(), time.perf_counter()
        await client.get(page)
        cpu.append((time.process_time() - begun) * 1000)
        elapsed.append((time.perf_counter() - clock) * 1000)
    number = statistics.median_low(queries)
    return Cost(number, len(shown.content), statistics.median(cpu), statistics.median(elapsed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--postgres", action="store_true", help="on PostgreSQL, in databases that go at the end"
    )
    with tempfile.TemporaryDirectory() as var:
        os.environ |= {"SUMMIT_VAR_DIR": var, "SUMMIT_BASE_URL": BASE_URL}
        settings.current.cache_clear()
        logs.configure("text", "ERROR")
        is_missed = bool(main(postgres=parser.parse_args().postgres))
    sys.exit(is_missed)
