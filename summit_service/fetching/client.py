"""One GET of a calendar or a link: the connection goes to the address that was checked, and ends in time."""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import urljoin

import httpcore

from summit_service import __version__, settings
from summit_service.errors import Invalid
from summit_service.fetching.addresses import (
    Limits,
    Unfetched,
    checked_address,
    is_allowed,
    shown,
    unreachable,
)

LARGEST = 2_000_000
MOST_REDIRECTS = 5
SECONDS = 30.0
CONNECT_SECONDS = 10.0
LOOK_UP_SECONDS = 5.0
_LOOK_UPS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="look-up")
LONGEST_WAIT = 7 * 86_400
REDIRECTS = {301, 302, 303, 307, 308}
Resolver = Callable[[str, int], Awaitable[list[str]]]
Taken = Callable[[httpcore.Response, Mapping[str, str], int, str], Awaitable["Fetched"]]
"""What is taken of the answer at the end of all redirects."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: 200 with its body, or 304 and none. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    packed: int = 0
    """Bytes on the wire."""
    redirects: int = 0


async def resolved(host: str, port: int) -> list[str]:
    """The IP addresses of a name, by the system's resolver; raises TimeoutError (an OSError) in time.

    A name server that hangs holds threads of this alone, and no more than there are: the next names wait, or fail.
    """
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    async with asyncio.timeout(LOOK_UP_SECONDS):
        found = await asyncio.get_running_loop().run_in_executor(_LOOK_UPS, look_up)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


async def fetch(
    address: str,
    *,
    allowed: Limits,
    etag: str = "",
    last_modified: str = "",
    resolve: Resolver = resolved,
    trust: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> Fetched:
    """The calendar, unless it is as it was (304). Every redirect is checked as the address was.

    Raises Unfetched with a sentence. No proxy, no cookies, no credentials; at most LARGEST bytes, unpacked too.
    """
    pairs = [
        ("Accept", "text/calendar, */*;q=0.1"),
        ("Accept-Encoding", "gzip"),
        ("If-None-Match", etag),
        ("If-Modified-Since", last_modified),
    ]
    return await _asked(address, pairs, _answer, allowed, resolve, trust, seconds, what="calendar")


async def probe(
    address: str,
    *,
    allowed: Limits,
    resolve: Resolver = resolved,
    trust: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> int:
    """The status with which a page answers at the end of its redirects; nothing but its headers is read.

    Raises Unfetched where there is no answer, or where it sends on to where we do not go.
    """
    pairs = [("Accept", "*/*")]
    return (await _asked(address, pairs, _status, allowed, resolve, trust, seconds, what="links")).status


async def _asked(
    address: str,
    pairs: Iterable[tuple[str, str]],
    taken: Taken,
    allowed: Limits,
    resolve: Resolver,
    trust: ssl.SSLContext | None,
    seconds: float,
    *,
    what: str,
) -> Fetched:
    headers = _headers(pairs, what)
    where = shown(address)
    try:
        async with asyncio.timeout(seconds):
            async with httpcore.AsyncConnectionPool(
                ssl_context=trust, network_backend=_Checked(allowed, resolve), max_connections=1
            ) as pool:
                return await _followed(pool, address, headers, allowed, taken)
    except TimeoutError:
        raise Unfetched(f"{where} did not answer within {seconds:.0f} seconds.") from None
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as fault:
        raise unreachable(where, f"{type(fault).__name__}: {fault}") from fault
    except httpcore.TimeoutException:
        raise Unfetched(f"{where} did not answer in time.") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as fault:
        raise Unfetched(f"The connection to {where} broke, or it does not speak HTTP.") from fault


def _headers(pairs: Iterable[tuple[str, str]], what: str) -> list[tuple[bytes, bytes]]:
    current = settings.current()
    agent = f"summit-service/{__version__} ({what} of {current.host}; +{current.base_url}; {current.mail_reply_to})"
    named = [("User-Agent", agent), *pairs]
    return [(name.encode(), value.encode("latin-1", "replace")) for name, value in named if value]


async def _followed(
    pool: httpcore.AsyncConnectionPool,
    address: str,
    headers: list[tuple[bytes, bytes]],
    allowed: Limits,
    taken: Taken,
) -> Fetched:
    for redirects in range(MOST_REDIRECTS + 1):
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), CONNECT_SECONDS)
        async with pool.stream("GET", address, headers=headers, extensions={"timeout": timeout}) as answer:
            found = _names(answer.headers)
            if answer.status not in REDIRECTS:
                return await taken(answer, found, redirects, shown(address))
        try:
            address = checked_address(urljoin(address, found.get("location", "")), allowed=allowed)
        except Invalid as fault:
            told = f"{shown(address)} sends us on to where we do not go."
            raise Unfetched(told, detail=fault.sentence) from None
        except ValueError:
            raise Unfetched(f"{shown(address)} sends us on to what is no address.") from None
    raise Unfetched(f"{shown(address)} sends us on and on, more than {MOST_REDIRECTS} times.")


async def _answer(answer: httpcore.Response, found: Mapping[str, str], redirects: int, where: str) -> Fetched:
    if answer.status == 304:
        return Fetched(304, found, redirects=redirects)
    if answer.status != 200:
        wait = seconds_of(found.get("retry-after", ""))
        raise Unfetched(f"{where} answered {answer.status}{_meaning(answer.status)}.", retry_after=wait)
    body, packed = await _body(
        answer.aiter_stream(), found.get("content-encoding", "").strip().lower(), where
    )
    return Fetched(200, found, body, packed, redirects)


async def _status(
    answer: httpcore.Response, found: Mapping[str, str], redirects: int, _where: str
) -> Fetched:
    return Fetched(answer.status, found, redirects=redirects)


def _meaning(status: int) -> str:
    known = {
        401: ": it wants a name and a password",
        403: ": we may not read it",
        404: ": there is no calendar at this address",
        410: ": the calendar is gone for good",
        429: ": we came too often",
    }
    return known.get(status, ": it has trouble of its own" if status >= 500 else "")


async def _body(stream: AsyncIterator[bytes], coding: str, where: str) -> tuple[bytes, int]:
    """The bytes, unpacked as they come: never more of them in memory than LARGEST."""
    if coding not in {"", "identity", "gzip", "x-gzip"}:
        raise Unfetched(f"{where} packs the calendar in a way that we did not ask for ({coding[:20]}).")
    unpacker: Any = zlib.decompressobj(wbits=31) if "gzip" in coding else None
    parts, size, packed = list[bytes](), 0, 0
    async for chunk in stream:
        packed += len(chunk)
        try:
            part = unpacker.decompress(chunk, LARGEST + 1 - size) if unpacker else chunk
        except zlib.error:
            raise Unfetched(f"What {where} sent cannot be unpacked.") from None
        size += len(part)
        if size > LARGEST or packed > LARGEST or (unpacker and unpacker.unconsumed_tail):
            raise Unfetched(f"{where} sends more than {LARGEST // 1_000_000} MB; that is the most we take.")
        parts.append(part)
    if unpacker and not unpacker.eof:
        raise Unfetched(f"What {where} sent ends in the middle.")
    return b"".join(parts), packed


def unpacked(status: int, headers: Mapping[str, str], body: bytes) -> Fetched:
    """An answer that is here whole already (of our own), as if it had been fetched."""
    plain = zlib.decompress(body, wbits=31) if headers.get("content-encoding") == "gzip" else body
    return Fetched(status, headers, plain, len(body))


def seconds_of(retry_after: str, *, now: datetime | None = None) -> int | None:
    """Retry-After (RFC 9110, 10.2.3): seconds, or a date; nothing where it cannot be read."""
    text = retry_after.strip()
    if text.isdecimal() and len(text) < 10:
        return min(int(text), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0, int((at - (now or datetime.now(UTC))).total_seconds())), LONGEST_WAIT)


def _names(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1")[:2_000] for name, value in pairs}


class _Checked(httpcore.AsyncNetworkBackend):
    """Looks the name up, checks each address it stands for, and connects to one of those and to nothing else.

    There is one look-up a connection, so no second answer of a name server can lead elsewhere. TLS checks the
    certificate against the name all the same.
    """

    def __init__(self, allowed: Limits, resolve: Resolver) -> None:
        self.allowed, self.resolve = allowed, resolve
        self.inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            found = await self.resolve(host, port)
        except (OSError, UnicodeError) as fault:
            raise unreachable(
                f"{host[:100]}/…", f"The name was not found ({type(fault).__name__})."
            ) from None
        if not found or not all(is_allowed(one, self.allowed) for one in found):
            raise unreachable(f"{host[:100]}/…", f"Not on the public internet: {', '.join(found[:4])}.")
        for number, one in enumerate(found[:4]):
            try:
                return await self.inner.connect_tcp(one, port, timeout, local_address, socket_options)
            except httpcore.ConnectError:
                if number == len(found[:4]) - 1:
                    raise
        raise unreachable(f"{host[:100]}/…", "No address of it could be connected to.")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Any = None
    ) -> Any:
        raise Unfetched("This is not an address on the internet.")

    async def sleep(self, seconds: float) -> None:
        await self.inner.sleep(seconds)
