"""A calendar as the bytes that are sent: plain and compressed, each with its own ETag."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

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
IDENTITY = "identity"


@dataclass(slots=True)
class StoredCalendar:
    """One calendar and its encodings, each made when it is first asked for and then kept."""

    body: bytes
    changed_at: datetime
    digest: str = ""
    encodings: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256(self.body).hexdigest()[:24]
        self.encodings[IDENTITY] = self.body

    def etag(self, coding: str) -> str:
        """A strong validator: other bytes, other tag."""
        return f'"{self.digest}"' if coding == IDENTITY else f'"{self.digest}-{coding}"'

    def encoded(self, coding: str) -> bytes:
        """The body in that content coding."""
        if coding not in self.encodings:
            self.encodings[coding] = COMPRESSORS[coding](self.body)
        return self.encodings[coding]


def coding_for(accepted: str) -> str:
    """The content coding for an Accept-Encoding header (RFC 9110, 12.5.3): by weight, then by our liking."""
    weights = _weights(accepted)
    everything = weights.get("*", 0.0)
    best = max(COMPRESSORS, key=lambda coding: weights.get(coding, everything))
    weight = weights.get(best, everything)
    return best if weight > 0 and weight >= weights.get(IDENTITY, 0.0) else IDENTITY


def _weights(accepted: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        coding, _, parameter = part.partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weights[coding.strip()] = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            weights[coding.strip()] = 0.0
    weights.pop("", None)
    return weights
