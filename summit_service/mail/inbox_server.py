"""The door at which a mail server hands over what came back: LMTP or SMTP on a port of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from summit_service import settings
from summit_service.errors import Unavailable
from summit_service.logs import logger
from summit_service.mail import answers, inbox

LARGEST = answers.LONGEST
MOST_CONNECTIONS = 20
PATIENCE = 60
AGAIN = 10.0
"""Seconds until a port that another mailer has is tried again."""
log = logger("mailer")


class Door:
    """aiosmtpd's hooks: only addresses that we made are opened to."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.connections = 0

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Accept the return paths of our mails, and the mailbox itself."""
        if not inbox.is_for_us(address):
            return "550 5.1.1 No mail of ours has this return path"
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep it before we say so; a database that is away is a reason to come again."""
        content = bytes(envelope.original_content or envelope.content or b"")
        try:
            kind = await inbox.receive(
                content, recipient=envelope.rcpt_tos[0], now=self.clock(), can_refuse=True
            )
        except inbox.TooMany:
            return "554 5.7.1 Enough has come back about this mail"
        except inbox.NotRead:
            return f"550 5.7.1 People read {settings.current().mail_reply_to}, and nobody reads this mailbox"
        except Unavailable:
            return "451 4.3.0 Please try again later"
        return f"250 2.0.0 Taken in ({kind})"


def _protocol(door: Door, kind: type[SMTP]) -> SMTP:
    class Visit(kind):  # type: ignore[misc,valid-type]
        """One connection, counted."""

        def connection_made(self, transport: Any) -> None:
            door.connections += 1
            self.is_counted = True
            super().connection_made(transport)
            if door.connections > MOST_CONNECTIONS:
                transport.write(b"421 4.3.2 Too many connections\r\n")
                transport.close()

        def connection_lost(self, error: Exception | None) -> None:
            door.connections -= 1
            super().connection_lost(error)

    return Visit(
        door,
        hostname="localhost",
        ident="summit",
        data_size_limit=LARGEST,
        timeout=PATIENCE,
        enable_SMTPUTF8=True,
    )


@asynccontextmanager
async def listening(
    url: str | None, *, clock: Callable[[], datetime] | None = None
) -> AsyncIterator[asyncio.Future[int]]:
    """Listen at `lmtp://HOST:PORT` or `smtp://HOST:PORT` while the block runs; the future has the port.

    Several mailers may be told the same address: one has it, the others wait until it is free.
    """
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    if url is None:
        yield port
        return
    task = asyncio.create_task(_listen(url, Door(clock or (lambda: datetime.now(UTC))), port))
    try:
        yield port
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(url: str, door: Door, port: asyncio.Future[int]) -> None:
    parts = urlsplit(url)
    kind = LMTP if parts.scheme == "lmtp" else SMTP
    loop, is_told = asyncio.get_running_loop(), False
    while True:
        try:
            server = await loop.create_server(lambda: _protocol(door, kind), parts.hostname, parts.port or 0)
        except OSError as fault:
            if not is_told:
                log.warning("cannot listen for mails that come back; will try again", fault=str(fault))
            is_told = True
            await asyncio.sleep(AGAIN)
            continue
        async with server:
            port.set_result(server.sockets[0].getsockname()[1])
            await server.serve_forever()
