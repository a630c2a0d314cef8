"""How a mailer hears at once that there is something to send: from its own process and from others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import asyncpg

from summit_service import db
from summit_service.logs import logger
from summit_service.postgres_engine import SECONDS_TO_CONNECT, SummitPostgresEngine

CHANNEL = "summit_outbox"
_sleepers: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
log = logger("mailer")


def wake() -> None:
    """Wake the mailers of this process."""
    for event, loop in list(_sleepers.items()):
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(event.set)


@contextmanager
def sleeper() -> Iterator[asyncio.Event]:
    """An event that is set whenever there is something to send."""
    event = asyncio.Event()
    _sleepers[event] = asyncio.get_running_loop()
    try:
        yield event
    finally:
        del _sleepers[event]


async def notify() -> None:
    """Wake the mailers of other processes when the caller's transaction commits; SQLite has no such call."""
    if not db.is_sqlite():
        await db.engine().run_ddl(f"NOTIFY {CHANNEL}")


@asynccontextmanager
async def listening() -> AsyncIterator[None]:
    """Wake this process' mailers on what others notify; a lost connection is made again."""
    engine = db.engine()
    if not isinstance(engine, SummitPostgresEngine):
        yield
        return
    task = asyncio.create_task(_listen(engine.config["dsn"]))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(dsn: str) -> None:
    while True:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            await _hear(dsn)
        await asyncio.sleep(5)


async def _hear(dsn: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=SECONDS_TO_CONNECT)
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _connection: ended.set())
    try:
        await connection.add_listener(CHANNEL, lambda *_: wake())
        wake()
        await ended.wait()
    finally:
        connection.terminate()
