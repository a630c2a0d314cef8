"""A calendar as the bytes that are sent: plain and compressed, each with its own ETag."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import brotli
import zstandard

LARGE = 200_000
"""Bytes above which compressing would hold up other requests."""
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""RFC 1952: deflate, no name, no time, no system (the same bytes wherever they are made)."""
END_OF_DEFLATE = b"\x03\x00"
FOR_EVER = float("inf")


@dataclass(slots=True)
class Part:
    """A piece of a calendar that is compressed by itself, so that a change elsewhere leaves it as it is."""

    body: bytes
    zones: frozenset[str] = frozenset()
    digest: bytes = b""
    _deflated: bytes = b""

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256(self.body).digest()

    @property
    def deflated(self) -> bytes:
        """Deflate (RFC 1951) up to the border of a byte, with nothing in it that points to what stands before."""
        if not self._deflated:
            packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
            self._deflated = packer.compress(self.body) + packer.flush(zlib.Z_FULL_FLUSH)
        return self._deflated

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.body) + len(self._deflated)


def _gzip(calendar: StoredCalendar) -> bytes:
    """One member of the parts that are compressed already: some readers stop after the first member."""
    checksum = 0
    for part in calendar.parts:
        checksum = zlib.crc32(part.body, checksum)
    tail = checksum.to_bytes(4, "little") + (calendar.length & 0xFFFFFFFF).to_bytes(4, "little")
    return b"".join((GZIP_HEAD, *(part.deflated for part in calendar.parts), END_OF_DEFLATE, tail))


def _brotli(calendar: StoredCalendar) -> bytes:
    packed: bytes = brotli.compress(calendar.plain(), mode=brotli.MODE_TEXT, quality=5)
    return packed


def _zstd(calendar: StoredCalendar) -> bytes:
    return zstandard.ZstdCompressor(level=9).compress(calendar.plain())


IDENTITY, GZIP = "identity", "gzip"
COMPRESSORS: dict[str, Callable[[StoredCalendar], bytes]] = {"br": _brotli, "zstd": _zstd, GZIP: _gzip}
CODINGS = tuple(COMPRESSORS)
"""Content codings in the order in which we like them."""


@dataclass(slots=True)
class StoredCalendar:
    """One calendar and its encodings, each made when it is first asked for and then kept.

    It holds from `since` until `until`, in seconds as `time.time` has them. `answers` are messages that were
    sent, by status and coding; `place` is where a shelf keeps it. Made of a `body`, or of `parts`.
    """

    body: bytes
    changed_at: datetime
    until: float = FOR_EVER
    parts: tuple[Part, ...] = ()
    since: float = 0.0
    length: int = 0
    digest: str = ""
    tags: dict[str, bytes] = field(default_factory=dict)
    encodings: dict[str, bytes] = field(default_factory=dict)
    ready: tuple[str, ...] = CODINGS
    made_at: float = field(default_factory=time.monotonic)
    answers: dict[tuple[int, str], Any] = field(default_factory=dict)
    place: Any = None

    def __post_init__(self) -> None:
        self.parts = self.parts or (Part(self.body),)
        self.body = b""
        self.length = sum(len(part.body) for part in self.parts)
        digests = b"".join(part.digest for part in self.parts)
        self.digest = (digests if len(self.parts) == 1 else hashlib.sha256(digests).digest()).hex()[:24]
        self.since = self.changed_at.timestamp()
        self.tags = {coding: self.etag(coding).encode() for coding in (IDENTITY, *CODINGS)}
        if self.is_large:
            self.ready = (GZIP,)

    @property
    def is_large(self) -> bool:
        """Whether making an encoding takes so long that it is done beside other requests."""
        return self.length > LARGE

    @property
    def size(self) -> int:
        """Bytes that it takes, all its encodings together."""
        return sum(part.size for part in self.parts) + sum(map(len, self.encodings.values()))

    def plain(self) -> bytes:
        """All of it."""
        return self.encodings.get(IDENTITY) or b"".join(part.body for part in self.parts)

    def etag(self, coding: str) -> str:
        """A strong validator: other bytes, other tag."""
        return f'"{self.digest}"' if coding == IDENTITY else f'"{self.digest}-{coding}"'

    def encoded(self, coding: str) -> bytes:
        """The body in that content coding."""
        if coding not in self.encodings:
            made = self.plain() if coding == IDENTITY else COMPRESSORS[coding](self)
            self.encodings[coding] = made
            if self.is_large:
                self.ready = tuple(one for one in CODINGS if one == GZIP or one in self.encodings)
        return self.encodings[coding]
