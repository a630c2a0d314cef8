"""How many mails a second leave: the outbox with all its promises, beside a bare loop over one connection.

Run `python -m benchmarks.mail [MAILS] [CONNECTIONS]`; with SUMMIT_DATABASE_URL the mailer is measured on that
(empty) database, else on a new SQLite file. The server is a process of its own that throws everything away.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiosmtplib
from aiosmtpd.smtp import SMTP

from summit_service import db, logs, settings
from summit_service.mail import outbox, render
from summit_service.mail.delivery import Courier
from summit_service.mail.domains import Domains
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.mail.smtp import Server, Smtp
from summit_service.mail.tables import OutboxMessage

CONTEXT = {"minutes": 15, "why": "Somebody asked for a link to sign in with this address."}


class Drain:
    """Says yes to everything."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 2.0.0 gone"


def serve(pipe: Connection) -> None:
    """The server's process."""

    async def forever() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Drain(), loop=loop, hostname="sink"), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


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


async def bare(port: int, content: bytes, number: int) -> float:
    """What the library alone does with one connection and bytes that are ready."""
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    async with client:
        started = time.perf_counter()
        for _ in range(number):
            await client.sendmail("a@network.example", ["b@members.example"], content)
        return number / (time.perf_counter() - started)


async def through_the_outbox(port: int, number: int, connections: int) -> float:
    """Claim, mint, render, send and write down, with so many couriers."""
    async with db.transaction():
        for position in range(number):
            await outbox.add(mail(position), now=datetime.now(UTC))
    server = replace(Server.from_url("smtp://127.0.0.1"), port=port)
    couriers = [
        Courier(Smtp(server, hello="benchmark"), lambda: datetime.now(UTC), domains=Domains())
        for _ in range(connections)
    ]
    started = time.perf_counter()
    await asyncio.gather(*map(until_empty, couriers))
    seconds = time.perf_counter() - started
    accepted = await OutboxMessage.count().where(OutboxMessage.state == "accepted")
    assert accepted == number, f"{accepted} of {number} were accepted"
    await asyncio.gather(*(courier.sink.close() for courier in couriers))
    return number / seconds


async def until_empty(courier: Courier) -> None:
    """Rounds until nothing is left."""
    while await courier.round():
        pass


async def sample() -> tuple[bytes, float]:
    """The bytes of one mail as a reader would get it, and how many a second can be rendered."""
    row = OutboxMessage(
        id=1,
        kind="sign_in",
        recipient_email="anna@members.example",
        context=json.dumps(CONTEXT),
        message_id="x",
    )
    links = {"url": f"{settings.current().base_url}/sign-in/{'x' * 43}"}
    started, now = time.perf_counter(), datetime.now(UTC)
    for _ in range(100):
        made = render.envelope(row, links=links, settings=settings.current(), now=now)
    return made.content, 100 / (time.perf_counter() - started)


async def measure(port: int, number: int, connections: int) -> None:
    """Print the table."""
    content, rendered = await sample()
    await db.migrate()
    kind = db.engine().engine_type
    print(f"{number} mails of {len(content) / 1000:.1f} kB, {kind}, {connections} connections")
    print(f"  rendered alone           {rendered:7.0f} a second")
    print(f"  bare loop, 1 connection  {await bare(port, content, number):7.0f} a second")
    print(f"  through the outbox       {await through_the_outbox(port, number, connections):7.0f} a second")


def main() -> None:
    """Start the server, bind the database, measure."""
    number, connections = (int(value) for value in (sys.argv[1:] + ["500", "4"][len(sys.argv) - 1 :]))
    logs.configure("json")
    logging.getLogger().setLevel(logging.ERROR)
    mine, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("SUMMIT_VAR_DIR", folder)
        os.environ.setdefault("SUMMIT_DATABASE_URL", f"sqlite:///{Path(folder) / 'mail.sqlite'}")
        db.bind(db.connect(os.environ["SUMMIT_DATABASE_URL"]))
        try:
            asyncio.run(measure(mine.recv(), number, connections))
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
