"""Signing a finished message for its domain (RFC 6376: rsa-sha256, relaxed/relaxed)."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SIGNED = (
    "from", "reply-to", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version",
    "content-type", "content-language", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
"""Headers that are signed where they are there; RFC 8058 asks for the last two."""
OVERSIGNED = ("from", "subject", "to", "date")
"""Signed once more than they are there, so that nobody can add another one."""
LEAST_BITS = 1024
SPACES = re.compile(rb"[ \t]+")
FOLD = re.compile(rb"\r\n(?=[ \t])")
LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Signer:
    """The key of a domain, and the name under which DNS has its public half."""

    domain: str
    selector: str
    key: RSAPrivateKey = field(repr=False)

    @property
    def public(self) -> str:
        """The public key as DNS has it in `p=`."""
        der = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(der).decode()


def load(path: Path, *, domain: str, selector: str) -> Signer:
    """The signer with the RSA key in this PEM file; raises ValueError with a sentence."""
    try:
        found = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as fault:
        raise ValueError(f"{path} cannot be read ({fault.strerror}).") from fault
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise ValueError(f"{path} is not a private key in PEM without a password.") from fault
    if not isinstance(found, RSAPrivateKey):
        raise ValueError(f"{path} has no RSA key; make one with `openssl genrsa 2048`.")
    if found.key_size < LEAST_BITS:
        raise ValueError(
            f"{path} has a key of {found.key_size} bits; receivers ask for {LEAST_BITS} or more."
        )
    return Signer(domain, selector, found)


def sign(content: bytes, signer: Signer, *, now: datetime) -> bytes:
    """The message, with CRLF line ends, below its DKIM-Signature header."""
    head, _, body = content.partition(b"\r\n\r\n")
    fields = FOLD.sub(b"", head).split(b"\r\n")
    chosen = [(name, value) for name in SIGNED for value in _named(fields, name)]
    names = [*(name for name, _ in chosen), *OVERSIGNED]
    digest = base64.b64encode(hashlib.sha256(_body(body)).digest()).decode()
    unsigned = (
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={signer.domain};\r\n"
        f"\ts={signer.selector}; t={int(now.timestamp())};\r\n"
        f"\th={_folded_names(names)};\r\n"
        f"\tbh={digest};\r\n"
        "\tb="
    ).encode()
    signed = b"".join(value + b"\r\n" for _, value in chosen) + _header(FOLD.sub(b"", unsigned))
    signature = base64.b64encode(signer.key.sign(signed, padding.PKCS1v15(), hashes.SHA256()))
    lines = [signature[at : at + 72] for at in range(0, len(signature), 72)]
    return unsigned + b"\r\n\t ".join(lines) + b"\r\n" + content


def _named(fields: list[bytes], name: str) -> list[bytes]:
    """The fields of that name as they are signed, the last one first (section 5.4.2)."""
    mark = name.encode() + b":"
    found = [_header(one) for one in fields]
    return [one for one in reversed(found) if one.startswith(mark)]


def _header(field: bytes) -> bytes:
    """Section 3.4.2: the name in lower case, each run of white space one space, none at the ends."""
    name, _, value = field.partition(b":")
    return name.strip().lower() + b":" + SPACES.sub(b" ", value).strip(b" ")


def _body(body: bytes) -> bytes:
    """Section 3.4.4: the same for each line; empty lines at the end do not count."""
    lines = [SPACES.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _folded_names(names: list[str]) -> str:
    rows = [names[at : at + 5] for at in range(0, len(names), 5)]
    return ":\r\n\t ".join(":".join(row) for row in rows)
