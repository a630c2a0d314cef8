"""A programme of 500 sessions in 20 rooms: its page, the draft's warnings, a release, and the files for other programs.

    PYTHONPATH=. python benchmarks/programme.py [--postgres]

The aims, by the median: a page under 300 ms on the server, warnings under 200 ms, a release under 1 s. Over one of
them it says so and ends with 1.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from summit_service import db, edge, logs
from summit_service.accounts.actor import OPERATOR
from summit_service.app import create_app
from summit_service.summits import queries
from summit_service.summits.actions import releases, replacing
from summit_service.summits.actions.editions import create_edition
from tests import databases
from tests.clients import sign_in
from tests.factories import secretariat

PAGE = 300.0
LIMITS = {"draft read with its warnings": 200.0, "release": 1_000.0}
"""Milliseconds; what is fetched has `PAGE`."""
YEAR, DAYS, ROOMS, SESSIONS, RUNS = 2028, 3, 20, 500, 7
NOW = datetime(2028, 3, 1, 9, tzinfo=UTC)
EDITION: dict[str, Any] = {
    "year": YEAR,
    "title": "Summit of the benchmark",
    "starts_on": "2028-09-11",
    "ends_on": "2028-09-13",
    "timezone": "Europe/London",
    "in_person_capacity": 1_000,
}


def programme() -> dict[str, Any]:
    """Every room filled hour by hour, each session with two of 300 speakers and an abstract of a hundred words."""
    return {
        "rooms": [{"name": f"Room {room}", "capacity": 50} for room in range(ROOMS)],
        "tracks": [f"Track {track}" for track in range(8)],
        "sessions": [_session(number) for number in range(SESSIONS)],
    }


def _session(number: int) -> dict[str, Any]:
    room, slot = number % ROOMS, number // ROOMS
    day, hour = divmod(slot, 9)
    return {
        "title": f"Session {number} on listening",
        "kind": "workshop" if number % 3 else "plenary",
        "starts_at": f"2028-09-{11 + day}T{9 + hour:02}:00",
        "ends_at": f"2028-09-{11 + day}T{9 + hour:02}:50",
        "room": f"Room {room}",
        "track": f"Track {number % 8}",
        "speakers": [f"Speaker {number % 300}", f"Speaker {(number + 7) % 300}"],
        "abstract": "Words about empathy. " * 30,
        "capacity": 60,
    }


async def timed(name: str, run: Callable[[], Awaitable[object]], *, limit: float | None = None) -> bool:
    """Print the fastest, median and slowest of a few runs, in milliseconds; whether the median is over the limit."""
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        await run()
        taken.append((time.perf_counter() - began) * 1000)
    is_late = limit is not None and statistics.median(taken) > limit
    figures = f"{min(taken):8.1f} {statistics.median(taken):8.1f} {max(taken):8.1f}"
    print(f"{name:34} {figures}{f'  TOO LONG, over {limit:.0f}' if is_late else ''}")
    return is_late


def main(*, postgres: bool) -> bool:
    """All figures on one database; as a table. Whether one is over its limit."""
    logs.configure("text", "error")
    with database(postgres=postgres) as url:
        return asyncio.run(measured(url))


@contextmanager
def database(*, postgres: bool) -> Iterator[str]:
    """The URL of an empty one; on PostgreSQL as the tests find or start it (SUMMIT_TEST_POSTGRES_URL)."""
    if not postgres:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/programme.sqlite"
        return
    with databases.postgres_server("bench") as server, databases.postgres_copy(server, template=None) as url:
        yield url


async def measured(url: str) -> bool:
    """Migrate, make the edition, and measure; whether something is over its limit."""
    db.bind(db.connect(url))
    await db.migrate()
    await db.open()
    await create_edition(EDITION, actor=OPERATOR, now=NOW)
    print(f"{SESSIONS} sessions in {ROOMS} rooms{'':9} fastest   median  slowest  (ms)")
    is_late = await measure()
    await db.close()
    return is_late


async def measure() -> bool:
    """Each figure, with the database and the application in this process; whether one is over its limit."""
    moment = [NOW]

    async def save() -> None:
        await replacing.replace_programme(YEAR, programme(), actor=OPERATOR, now=NOW)

    async def warn() -> None:
        assert (await queries.draft_of(await queries.found_edition(YEAR))).warnings

    async def release() -> None:
        moment[0] += timedelta(minutes=1)
        await releases.release_programme(YEAR, note="", actor=OPERATOR, now=moment[0])

    late = [await timed("draft replaced", save)]
    for name, run in (("draft read with its warnings", warn), ("release", release)):
        late.append(await timed(name, run, limit=LIMITS[name]))
    transport = httpx.ASGITransport(app=edge.wrap(create_app()))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        for path in (
            "programme",
            "programme?day=all",
            "programme/changes",
            "now",
            "schedule.json",
            "schedule.xml",
        ):

            async def fetch(path: str = path) -> None:
                (await client.get(f"/summits/{YEAR}/{path}")).raise_for_status()

            late.append(await timed(f"GET {path}", fetch, limit=PAGE))

        await sign_in(client, await secretariat(), now=datetime.now(UTC))

        async def fetch_grid() -> None:
            (await client.get(f"/desk/summits/{YEAR}/grid")).raise_for_status()

        late.append(await timed("GET the desk's grid", fetch_grid, limit=PAGE))
    return any(late)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--postgres", action="store_true", help="on PostgreSQL, in a database that goes at the end"
    )
    sys.exit(main(postgres=parser.parse_args().postgres))
