"""A calendar as the bytes that are sent: plain and compressed, each with its own ETag."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import brotli
import zstandard


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=6, mtime=0)


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=5)
    return packed


def _zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=9).compress(body)


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "zstd": _zstd, "gzip": _gzip}
"""Content codings in the order in which we like them."""
CODINGS = tuple(COMPRESSORS)
IDENTITY = "identity"
FOR_EVER = float("inf")


@dataclass(slots=True)
class StoredCalendar:
    """One calendar and its encodings, each made when it is first asked for and then kept.

    It holds from `since` until `until`, in seconds as `time.time` has them. `answers` are messages that were
    sent, by status and coding; `place` is where a shelf keeps it.
    """

    body: bytes
    changed_at: datetime
    until: float = FOR_EVER
    since: float = 0.0
    digest: str = ""
    tags: dict[str, bytes] = field(default_factory=dict)
    encodings: dict[str, bytes] = field(default_factory=dict)
    answers: dict[tuple[int, str], Any] = field(default_factory=dict)
    place: Any = None

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256(self.body).hexdigest()[:24]
        self.since = self.changed_at.timestamp()
        self.encodings[IDENTITY] = self.body
        self.tags = {coding: self.etag(coding).encode() for coding in (IDENTITY, *CODINGS)}

    @property
    def size(self) -> int:
        """Bytes that it takes, all its encodings together."""
        return sum(len(encoding) for encoding in self.encodings.values())

    def etag(self, coding: str) -> str:
        """A strong validator: other bytes, other tag."""
        return f'"{self.digest}"' if coding == IDENTITY else f'"{self.digest}-{coding}"'

    def encoded(self, coding: str) -> bytes:
        """The body in that content coding."""
        if coding not in self.encodings:
            self.encodings[coding] = COMPRESSORS[coding](self.body)
        return self.encodings[coding]
