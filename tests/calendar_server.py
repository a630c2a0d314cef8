"""A calendar server of the tests: answers what it is told to, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CALENDAR = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1@there\r\nDTSTART:20270304T090000Z\r\nSUMMARY:There\r\nEND:VEVENT\r\n"
    b"END:VCALENDAR\r\n"
)


@dataclass
class Asked:
    """One request: its first line and its headers, names in lower case."""

    line: str
    headers: dict[str, str]


@dataclass
class Server:
    """What is answered: raw bytes, by path; what was asked."""

    port: int = 0
    answers: dict[str, bytes | Callable[[Asked], bytes]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    delay: float = 0

    def url(self, path: str = "/calendar.ics", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in lines[1:] if line)
            asked = Asked(lines[0], {name.lower(): value.strip() for name, _, value in pairs})
            self.asked.append(asked)
            found = self.answers.get(asked.line.split()[1], answer(b"", status="404 Not Found"))
            writer.write(found(asked) if callable(found) else found)
            await writer.drain()
            if self.delay:
                await asyncio.sleep(self.delay)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def answer(body: bytes, *, status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer."""
    named = {"Content-Length": str(len(body)), "Connection": "close", "Content-Type": "text/calendar"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


@asynccontextmanager
async def serving(*, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """A server on a free port of this machine."""
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    made.port = listening.sockets[0].getsockname()[1]
    made.answers["/calendar.ics"] = answer(CALENDAR, ETag='"1"')
    try:
        yield made
    finally:
        listening.close()
        await listening.wait_closed()
