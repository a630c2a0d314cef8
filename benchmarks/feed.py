"""What feeds cost, beside the same server with constant bytes: 200 and 304, first fetches, memory over many changes.

    PYTHONPATH=. python benchmarks/feed.py
    PYTHONPATH=. python benchmarks/feed.py --events 20000 --postgres --pairs 3 --changes 3600

The first takes 200, 2,000 and 20,000 events on SQLite, in some ten minutes on two cores; 3,600 changes are as many
as an hour has seconds. It ends by itself, and with it all that it started.

Portions alternate between both servers, so that what else runs on the machine hits both alike; a ratio is the
median over pairs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import events_page
import httpx

from summit_service import db
from summit_service.accounts.actor import OPERATOR
from summit_service.events import actions, entries, occurrences, stored
from summit_service.events.tables import Event, FeedVersion
from summit_service.members.tables import Organisation
from tests import databases
from tests.servers import environment, free_port

BESIDE = Path(__file__).parent / "beside"
PORTION = 0.4
CHANGES = 10
CODINGS = {"identity": "", "gzip": "gzip"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for on the command line."""

    events: list[int]
    postgres: bool
    pairs: int
    changes: int


class Client:
    """The process that asks; it ends when nobody can ask it any more."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(BESIDE / "hammer.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, port: int, path: str, *, seconds: float = 0.0, **headers: str) -> dict[str, Any]:
        """One request, or as many as can be answered in those seconds."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = {
            "port": port,
            "path": path,
            "seconds": seconds,
            "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        }
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found


def wanted(arguments: list[str]) -> Wanted:
    """The options, each with its default."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--events",
        type=int,
        nargs="+",
        default=[200, 2_000, 20_000],
        help="how many, one size after the other",
    )
    parser.add_argument(
        "--postgres", action="store_true", help="on PostgreSQL, in databases of its own that go at the end"
    )
    parser.add_argument(
        "--pairs", type=int, default=7, help="portions of each kind of answer; 3 do for a glance"
    )
    parser.add_argument("--changes", type=int, default=600, help="changes over which memory is watched")
    return Wanted(**vars(parser.parse_args(arguments)))


def main() -> None:
    """Each size in a fresh database, and in a process of its own, as migrations bind their tables to one database."""
    asked = wanted(sys.argv[1:])
    if len(asked.events) == 1:
        measure_size(asked.events[0], asked)
        return
    kept = [
        f"--pairs={asked.pairs}",
        f"--changes={asked.changes}",
        *(["--postgres"] if asked.postgres else []),
    ]
    for size in asked.events:
        subprocess.run([sys.executable, __file__, *kept, "--events", str(size)], check=True)


def measure_size(number: int, asked: Wanted) -> None:
    """Fill, serve, measure."""
    with tempfile.TemporaryDirectory() as folder, database(folder, asked) as url:
        os.environ["SUMMIT_VAR_DIR"] = folder
        asyncio.run(fill(url, number))
        own = {"SUMMIT_DATABASE_URL": url, "SUMMIT_MAILER": "off"}
        with served(Path(folder), own) as port:
            measure(number, url, port, Path(folder), asked)


@contextmanager
def database(folder: str, asked: Wanted) -> Iterator[str]:
    """The URL of an empty one; on PostgreSQL as the tests find or start it (SUMMIT_TEST_POSTGRES_URL)."""
    if not asked.postgres:
        yield f"sqlite:///{folder}/bench.sqlite"
        return
    with databases.postgres_server("bench") as server, databases.postgres_copy(server, template=None) as url:
        yield url


async def fill(url: str, number: int) -> None:
    """Events as the actions would have left them."""
    db.bind(db.connect(url))
    await db.migrate()
    now = datetime.now(UTC)
    names: dict[str, Any] = {
        "kind": "centre",
        "timezone": "Europe/London",
        "created_at": now,
        "updated_at": now,
    }
    for host in range(events_page.HOSTS):
        title = f"Centre {host}"
        await Organisation(name=title, name_key=title.lower(), slug=f"centre-{host}", **names).save()
    for begin in range(0, number, 200):
        await db.insert_rows([event(one) for one in range(begin, min(number, begin + 200))])
    await FeedVersion.insert(FeedVersion(id=1, version=1, changed_at=now))
    await db.close()


def event(number: int) -> Event:
    """One that is in the feeds, with its entry."""
    made = events_page.event(number)
    made.noted_in, made.last_instant = 1, None
    span = occurrences.span_of(stored.details_of(made))
    made.vevent = entries.render(made, span=span, organisation=f"Centre {number % events_page.HOSTS}")
    return made


def measure(number: int, url: str, port: int, folder: Path, asked: Wanted) -> None:
    """Print all figures of one size."""
    client = Client()
    print(
        f"\n{number:,} events, {url.partition(':')[0]}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    cold = client.ask(port, "/calendar.ics", Accept_Encoding="gzip")
    print(f"  first fetch, cold: {cold['microseconds'] / 1000:.0f} ms")
    for coding, accepted in CODINGS.items():
        beside_constant(client, port, folder, coding, accepted, pairs=asked.pairs)
    first = asyncio.run(after_changes(url, client, port))
    words = ", ".join(f"{one:.0f}" for one in first)
    print(f"  first fetch after one change: median {statistics.median(first):.0f} ms ({words})")
    asyncio.run(memory(url, client, port, changes=asked.changes))


def beside_constant(
    client: Client, port: int, folder: Path, coding: str, accepted: str, *, pairs: int
) -> None:
    """200 and 304 of the feed, by turns with constant bytes."""
    headers: dict[str, Any] = {"Accept_Encoding": accepted or "identity"}
    with httpx.stream(
        "GET", f"http://127.0.0.1:{port}/calendar.ics", headers={"Accept-Encoding": accepted}
    ) as answer:
        body = b"".join(answer.iter_raw())
    known = {**headers, "If_None_Match": answer.headers["etag"]}
    unchanged = client.ask(port, "/calendar.ics", **known)
    heads = {
        "feed": lines_of(client.ask(port, "/calendar.ics", **headers)["head"]),
        "none": lines_of(unchanged["head"]),
    }
    with constant(folder / coding, body, heads) as other:
        for status, asked, path in (
            (200, headers, "/feed"),
            (200, headers, "/feed/bare"),
            (304, known, "/none"),
            (304, known, "/none/bare"),
        ):
            found = []
            for _ in range(pairs):
                bare = portion(client, other, path, asked)
                ours = portion(client, port, "/calendar.ics", asked)
                found.append((ours[0] / bare[0], bare[1] / ours[1], bare[0], ours[0], bare[1], ours[1]))
            rate, cpu, *figures = (statistics.median(column) for column in zip(*found, strict=True))
            print(
                f"  {status} {coding} {len(body):,} bytes, beside {path}: {rate:.0%} by rate, {cpu:.0%} by",
                end="",
            )
            print(f" processor time ({figures[1]:,.0f} and {figures[0]:,.0f} a second", end="")
            print(f"; {figures[3]:.0f} and {figures[2]:.0f} us each)")


def lines_of(head: str) -> list[list[str]]:
    """The headers of an answer but those that the server itself adds."""
    pairs = [line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line]
    return [pair for pair in pairs if pair[0] not in {"server", "date"}]


def portion(client: Client, port: int, path: str, headers: dict[str, Any]) -> tuple[float, float]:
    """Requests a second, and microseconds of the server's processor time for each."""
    before = cpu_of(port)
    found = client.ask(port, path, seconds=PORTION, **headers)
    return found["rate"], (cpu_of(port) - before) / (found["rate"] * PORTION) * 1_000_000


def cpu_of(port: int) -> float:
    """Seconds of processor time that the processes whose arguments name the port, and their children, have used."""
    ticks = 0
    for pid in pids_of(port):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def pids_of(port: int) -> list[int]:
    """The server's own process and those that it started."""
    parents: dict[int, int] = {}
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if str(port).encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                found.add(int(entry.name))
        except OSError:
            continue
    return sorted(found | {pid for pid, parent in parents.items() if parent in found})


@contextmanager
def served(folder: Path, own: dict[str, str]) -> Iterator[int]:
    """Our server; yields its port."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    settings = environment({"SUMMIT_BASE_URL": base_url, "SUMMIT_VAR_DIR": str(folder / "var"), **own})
    command = ("-m", "summit_service", "serve", "--port", str(port))
    with running(*command, settings=settings, log=folder / "server.log"):
        wait_for(f"{base_url}/healthz")
        yield port


@contextmanager
def constant(folder: Path, body: bytes, heads: dict[str, list[list[str]]]) -> Iterator[int]:
    """The other server; yields its port."""
    folder.mkdir()
    (folder / "feed").write_bytes(body)
    (folder / "heads.json").write_text(json.dumps(heads))
    port = free_port()
    settings = {**os.environ, "SUMMIT_BENCH_FOLDER": str(folder)}
    with running(
        str(BESIDE / "constant.py"), str(port), settings=settings, log=folder.parent / "constant.log"
    ):
        wait_for(f"http://127.0.0.1:{port}/none")
        yield port


@contextmanager
def running(*arguments: str, settings: dict[str, str], log: Path) -> Iterator[None]:
    """A Python process of its own, ended with the block."""
    with log.open("ab") as output:
        started = subprocess.Popen([sys.executable, *arguments], env=settings, stdout=output, stderr=output)
    try:
        yield
    finally:
        started.terminate()
        started.wait()


def wait_for(url: str) -> None:
    """Until something answers there."""
    while True:
        try:
            httpx.get(url, timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return


async def after_changes(url: str, client: Client, port: int) -> list[float]:
    """Milliseconds of the first fetch after each of a few changes, made in this process."""
    db.bind(db.connect(url))
    found = []
    for number in range(CHANGES):
        await change(number)
        # The server may trust what it knows for a second.
        await asyncio.sleep(1.05)
        found.append(client.ask(port, "/calendar.ics", Accept_Encoding="gzip")["microseconds"] / 1000)
    await db.close()
    return found


async def memory(url: str, client: Client, port: int, *, changes: int) -> None:
    """The server's memory while events change as often as in an hour of a change a second."""
    db.bind(db.connect(url))
    told = []
    for number in range(changes):
        await change(number)
        client.ask(port, "/calendar.ics", Accept_Encoding="gzip")
        if number % max(1, changes // 6) == 0:
            told.append(f"{resident(port):.0f}")
    told.append(f"{resident(port):.0f}")
    print(f"  memory over {changes:,} changes: {', '.join(told)} MB")
    await db.close()


async def change(number: int) -> None:
    """Another place for one event."""
    place = {"location": f"Room {number} {time.time_ns()}"}
    await actions.change_event(f"listening-{number % 150}", place, actor=OPERATOR, now=datetime.now(UTC))


def resident(port: int) -> float:
    """Megabytes of the processes of the server together."""
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids_of(port))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


if __name__ == "__main__":
    main()
