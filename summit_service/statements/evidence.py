"""Hashes over RFC 8785 JSON: the text set, the ledger's chain, the commitment to what is personal.

Values are strings (NFC), booleans, null, integers, lists and objects; times are RFC 3339 strings in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from summit_service.canonical import GENESIS, commitment, digest, jcs, link_hash, moment, nfc

__all__ = [
    "GENESIS",
    "Entry",
    "commitment",
    "digest",
    "entry",
    "first_broken",
    "jcs",
    "link_hash",
    "moment",
    "nfc",
    "text_set_content",
]

LEDGER_DOMAIN = "summit-statement-ledger/1"


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the chain: its RFC 8785 form, and the hash over what it links, with its body as a hash."""

    seq: int
    prev: str
    content: str
    entry_sha256: str


def text_set_content(versions: Iterable[tuple[str, str, str]]) -> str:
    """The RFC 8785 form of a text set from (language, role, sha256), in a fixed order."""
    return jcs([{"lang": lang, "role": role, "sha256": sha256} for lang, role, sha256 in sorted(versions)])


def entry(slug: str, body: Mapping[str, Any], *, seq: int, prev: str) -> Entry:
    """The entry that follows `prev`; `seq` counts from 1."""
    whole = {"domain": f"{LEDGER_DOMAIN}:{slug}", "seq": seq, "prev": prev, "body": dict(body)}
    return Entry(seq, prev, jcs(whole), link_hash(whole))


def first_broken(entries: Sequence[Entry]) -> int | None:
    """The seq of the first entry that does not follow from the one before; None when the chain holds."""
    prev = GENESIS
    for expected, found in enumerate(entries, start=1):
        whole = json.loads(found.content)
        if (
            (found.seq, found.prev) != (expected, prev)
            or (whole["seq"], whole["prev"]) != (expected, prev)
            or link_hash(whole) != found.entry_sha256
        ):
            return expected
        prev = found.entry_sha256
    return None
