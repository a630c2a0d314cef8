"""Asking a timestamp authority (RFC 3161) over HTTP; blocking, and never inside a transaction."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

from summit_service import verify
from summit_service.settings import Settings

PATIENCE = 20
LARGEST = 1_000_000


class NoStamp(Exception):
    """The authority did not give a timestamp that holds; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Where it listens, and its certificates as PEM: the root that readers trust, and what comes after it."""

    url: str
    certificates: bytes


def configured(settings: Settings) -> Authority | None:
    """The authority of the settings; None where none is named. Raises NoStamp without its certificates."""
    if settings.tsa_url is None or settings.tsa_certificates is None:
        return None
    return Authority(settings.tsa_url, _read(settings.tsa_certificates))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise NoStamp(f"The authority's certificates cannot be read: {fault.strerror}.") from fault


def stamp(authority: Authority, message: bytes) -> bytes:
    """A token for these bytes that has been checked against the authority's own certificates; raises NoStamp."""
    asked = (
        TimestampRequestBuilder(data=message, hash_algorithm=HashAlgorithm.SHA256)
        .cert_request(cert_request=True)
        .nonce(nonce=True)
        .build()
    )
    answer = _post(authority.url, asked.as_bytes())
    try:
        if decode_timestamp_response(answer).tst_info.nonce != asked.nonce:
            raise NoStamp("The authority answered another question.")
        verify.read_stamp(answer, message, [authority.certificates])
    except (verify.Invalid, ValueError) as fault:
        raise NoStamp(f"The authority's answer does not hold: {fault}") from fault
    return answer


def _post(url: str, question: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    request = urllib.request.Request(url, data=question, headers=headers, method="POST")  # noqa: S310 - checked
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - http or https
            return bytes(answer.read(LARGEST))
    except (OSError, urllib.error.URLError, ValueError) as fault:
        raise NoStamp(f"The authority cannot be reached: {fault}.") from fault
