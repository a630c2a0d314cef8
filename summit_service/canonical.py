"""Records that anybody can check again: RFC 8785 JSON, SHA-256 over it, links of a chain, commitments.

Values are strings (NFC), booleans, null, integers, lists and objects; times are RFC 3339 strings in UTC.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import rfc8785

GENESIS = "0" * 64


def jcs(value: Any) -> str:
    """The RFC 8785 form; raises ValueError for floats and for strings that are not NFC."""
    _check(value)
    return rfc8785.dumps(value).decode("utf-8")


def nfc(text: str) -> str:
    """The one composed form, in which every string of a record is."""
    return unicodedata.normalize("NFC", text)


def digest(value: Any) -> str:
    """Hex SHA-256 of the RFC 8785 form."""
    return hashlib.sha256(jcs(value).encode("utf-8")).hexdigest()


def moment(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2027-03-04T09:00:00.000Z`."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"


def link_hash(whole: Mapping[str, Any]) -> str:
    """The hash of an entry: its body goes in as a hash, so that it can be kept back and the chain still checked."""
    linked = {key: part for key, part in whole.items() if key != "body"}
    return digest({**linked, "body_sha256": digest(whole["body"])})


def commitment(salt: str, private: Mapping[str, Any]) -> str:
    """What binds a public record to its private part without telling it."""
    return digest({"salt": salt, "private": dict(private)})


def _check(value: Any) -> None:
    if isinstance(value, str):
        if not unicodedata.is_normalized("NFC", value):
            raise ValueError("a string that is not NFC")
    elif isinstance(value, Mapping):
        for key, part in value.items():
            _check(key)
            _check(part)
    elif isinstance(value, list):
        for part in value:
            _check(part)
    elif value is not None and not isinstance(value, int):
        raise ValueError(f"{type(value).__name__} has no place in a record")
