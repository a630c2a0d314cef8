"""How many mails a second leave: the outbox with all its promises, beside a bare loop of aiosmtplib.

Run `python -m benchmarks.mail [MAILS] [CONNECTIONS]` (10000 and 8); with SUMMIT_DATABASE_URL the mailer is measured
on that (empty) database, else on a new SQLite file. The server that takes the mails is a process of its own and
throws them away. The web pages are served by the process that sends, as `summit serve` does it, and asked for by a
third process all the time; the event loop is uvloop, as there. Both ways take turns in portions, so that other work
on the machine meets both alike.
"""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx
import uvloop
from aiosmtpd.smtp import SMTP
from granian.constants import Interfaces
from granian.server.embed import Server as Web

from summit_service import db, edge, logs, settings
from summit_service.app import create_app
from summit_service.mail import outbox, render
from summit_service.mail.delivery import Courier
from summit_service.mail.domains import Domains
from summit_service.mail.ledger import Ledger
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.mail.smtp import Server, Smtp
from summit_service.mail.tables import OutboxMessage

CONTEXT = {"minutes": 15, "why": "Somebody asked for a link to sign in with this address."}
PORTIONS = 5
PAGE = "/organisations"


class Drain:
    """Says yes to everything."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 2.0.0 gone"


def serve(pipe: Connection) -> None:
    """The mail server's process."""

    async def forever() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Drain(), loop=loop, hostname="sink"), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


def read(pipe: Connection, url: str) -> None:
    """The reader's process: a page every 50 ms; sends the milliseconds that each took whenever it is asked."""
    took: list[float] = []
    with httpx.Client() as client:
        while True:
            started = time.perf_counter()
            with suppress(httpx.TransportError):
                client.get(url).raise_for_status()
                took.append((time.perf_counter() - started) * 1000)
            if pipe.poll(0.05):
                pipe.recv()
                pipe.send(took)
                took = []


@contextmanager
def beside(target: Any, *arguments: Any) -> Iterator[Connection]:
    """A process that ends with us, and the pipe to it."""
    mine, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=target, args=(theirs, *arguments), daemon=True)
    process.start()
    try:
        yield mine
    finally:
        process.terminate()
        process.join()


def mail(number: int) -> Mail:
    """A mail with a link, in the frame of all mails."""
    return Mail(
        kind="sign_in",
        to_name="Anna Berg",
        to_email=f"anna{number}@members.example",
        about=f"benchmark:{number}",
        dedupe_key=f"benchmark:{number}",
        context=CONTEXT,
        links={"url": LinkSpec(purpose="benchmark", subject=str(number), path="/sign-in/{token}")},
    )


def sample() -> bytes:
    """The bytes of one mail as a reader would get it."""
    row = OutboxMessage(
        id=1,
        kind="sign_in",
        recipient_name="Anna Berg",
        recipient_email="anna@members.example",
        context='{"minutes": 15, "why": "Somebody asked for a link to sign in with this address."}',
        message_id="0123456789abcdef0123456789abcdef",
    )
    links = {"url": f"{settings.current().base_url}/sign-in/{'x' * 43}"}
    return render.envelope(row, links=links, settings=settings.current(), now=datetime.now(UTC)).content


async def bare(clients: list[aiosmtplib.SMTP], content: bytes, number: int) -> None:
    """What the library alone does with bytes that are ready."""
    left = iter(range(number))

    async def loop(client: aiosmtplib.SMTP) -> None:
        for _ in left:
            await client.sendmail("a@network.example", ["b@members.example"], content)

    await asyncio.gather(*map(loop, clients))


@dataclass
class Spent:
    """Seconds by the clock, by this process on all of its threads, and by its event loop."""

    clock: float = 0
    process: float = 0
    loop: float = 0

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Add what is done inside."""
        before = time.perf_counter(), time.process_time(), time.thread_time()
        yield
        self.clock += time.perf_counter() - before[0]
        self.process += time.process_time() - before[1]
        self.loop += time.thread_time() - before[2]

    def told(self, number: int) -> str:
        """Mails a second, and milliseconds of work for each."""
        each = f"{self.process / number * 1e3:.2f} ms of CPU each, {self.loop / number * 1e3:.2f} in the event loop"
        return f"{number / self.clock:6.0f} a second, {each}"


async def queue(first: int, number: int) -> None:
    """Put so many mails into the outbox."""
    async with db.transaction():
        for position in range(first, first + number):
            await outbox.add(mail(position), now=datetime.now(UTC))


async def until_empty(courier: Courier) -> None:
    """Take, mint, render, send and write down until nothing is left."""
    while await courier.round():
        pass


def memory() -> float:
    """What this process holds at this moment, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def told(took: list[float]) -> str:
    """The median and the 99th percentile."""
    cuts = statistics.quantiles(took, n=100)
    return f"p50 {cuts[49]:4.0f} ms, p99 {cuts[98]:4.0f} ms, {len(took)} times"


async def measure(smtp_port: int, reader: Connection, number: int, connections: int) -> None:
    """Print the table."""
    content = sample()
    server = replace(Server.from_url("smtp://127.0.0.1"), port=smtp_port)
    ledger, domains = Ledger(), Domains()
    couriers = [
        Courier(Smtp(server, hello="benchmark"), lambda: datetime.now(UTC), domains=domains, ledger=ledger)
        for _ in range(connections)
    ]
    clients = [
        aiosmtplib.SMTP(hostname="127.0.0.1", port=smtp_port, start_tls=False) for _ in range(connections)
    ]
    await asyncio.gather(*(client.connect() for client in clients))
    await asyncio.gather(bare(clients, content, 200), asyncio.sleep(1))
    await ask(reader)
    portion, plain, ours, pages, held = number // PORTIONS, Spent(), Spent(), [], []
    for turn in range(PORTIONS):
        held.append(memory())
        with plain.noted():
            await bare(clients, content, portion)
        await ask(reader)
        await queue(turn * portion, portion)
        with ours.noted():
            await asyncio.gather(*map(until_empty, couriers))
        pages += await ask(reader)
    held.append(memory())
    await asyncio.sleep(3)
    quiet = await ask(reader)
    accepted = await OutboxMessage.count().where(OutboxMessage.state == "accepted")
    assert accepted == portion * PORTIONS, f"{accepted} of {number} were accepted"
    kind, total = db.engine().engine_type, portion * PORTIONS
    print(f"{total} mails of {len(content) / 1000:.1f} kB each way, {kind}, {connections} connections")
    print(f"  bare loop           {plain.told(total)}")
    print(f"  through the outbox  {ours.told(total)}")
    print(
        f"  of the bare loop    {plain.clock / ours.clock:6.0%} by the clock, {plain.process / ours.process:.0%} by CPU"
    )
    print(f"  load of the machine {os.getloadavg()[0]:6.1f}")
    before, half_way, after = held[0], held[PORTIONS // 2], held[-1]
    print(f"  memory              {before:6.0f} MB before, {half_way:.0f} MB half-way, {after:.0f} MB after")
    print(f"  {PAGE}      {told(pages)} (queueing and sending)")
    print(f"  {PAGE}      {told(quiet)} (when all is sent)")
    await asyncio.gather(*(courier.sink.close() for courier in couriers))


async def ask(reader: Connection) -> list[float]:
    """What the reader has measured since it was last asked."""
    reader.send(None)
    while not reader.poll():  # noqa: ASYNC110 - another process answers
        await asyncio.sleep(0.01)
    took: list[float] = reader.recv()
    return took


async def with_pages(smtp_port: int, number: int, connections: int) -> None:
    """The web beside the mailer, in one event loop."""
    await db.migrate()
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    web: Any = Web(edge.wrap(create_app()), port=port, interface=Interfaces.ASGI, log_enabled=False)
    serving = asyncio.create_task(web.serve())
    with beside(read, f"http://127.0.0.1:{port}{PAGE}") as reader:
        await measure(smtp_port, reader, number, connections)
    web.stop()
    await serving


def main() -> None:
    """Start the mail server, bind the database, measure."""
    given = [int(value) for value in sys.argv[1:]]
    number, connections = (*given, *(10_000, 8)[len(given) :])
    with tempfile.TemporaryDirectory() as folder, beside(serve) as pipe:
        os.environ.setdefault("SUMMIT_VAR_DIR", folder)
        os.environ["SUMMIT_MAILER"] = "off"  # its couriers are made here
        os.environ.setdefault("SUMMIT_DATABASE_URL", f"sqlite:///{Path(folder) / 'mail.sqlite'}")
        with (Path(folder) / "log").open("w", encoding="utf-8") as log:
            sys.stderr = log
            logs.configure("json")
            db.bind(db.connect(os.environ["SUMMIT_DATABASE_URL"]))
            uvloop.run(with_pages(pipe.recv(), number, connections))
            sys.stderr = sys.__stderr__


if __name__ == "__main__":
    main()
