"""A message as bytes (RFC 5322, 2045 to 2047): what is plain is written straight, the rest by the standard library."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from email.headerregistry import Address
from email.policy import SMTP, SMTPUTF8
from functools import lru_cache
from typing import NamedTuple


class Mailbox(NamedTuple):
    """Somebody's name, which may be empty, and address."""

    name: str
    address: str


Header = tuple[str, str | Mailbox]

# Quoted-printable never has `=_`, base64 never an underscore, so no boundary can stand in a part.
ALTERNATIVE, MIXED = "=_alternative", "=_mixed"
WIDTH = 76
PLAIN_TEXT = re.compile(r"[!-~]+(?: [!-~]+)*")
PLAIN_NAME = re.compile(r"[A-Za-z0-9'-]+(?: [A-Za-z0-9'-]+)*")
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
IN_BRACKETS = re.compile(r"<[^ <>]+>(?:, <[^ <>]+>)*")
LINE_END = re.compile(r"\r\n?")


def compose(
    headers: Sequence[Header],
    *,
    text: str,
    html: str,
    calendar: str | None = None,
    method: str = "",
    needs_utf8: bool = False,
) -> bytes:
    """Plain text first, then HTML, then the calendar entry, and that again as a file; CRLF at each line's end."""
    lines = "".join(header(name, value, needs_utf8=needs_utf8) for name, value in headers)
    parts = [_quoted("plain", text), _quoted("html", html)]
    if calendar is None:
        body = _multipart("alternative", ALTERNATIVE, parts)
    else:
        parts.append(_inside(calendar, method))
        alternative = _multipart("alternative", ALTERNATIVE, parts)
        body = _multipart("mixed", MIXED, [alternative, _file(calendar)])
    return lines.encode() + b"MIME-Version: 1.0\r\n" + body


@lru_cache(maxsize=256)
def header(name: str, value: str | Mailbox, *, needs_utf8: bool = False) -> str:
    """One header with its line end; nothing in `value` can begin another. Raises ValueError for line breaks."""
    straight = _straight(value)
    if straight and len(name) + 2 + len(straight) <= WIDTH:
        return f"{name}: {straight}\r\n"
    if IN_BRACKETS.fullmatch(straight):  # ids and links, which the library would encode where they are long
        return f"{name}: {straight}\r\n".replace(", ", ",\r\n ")
    policy = SMTPUTF8 if needs_utf8 else SMTP
    folded: str = policy.header_factory(name, _parsed(name, value)).fold(policy=policy)
    return folded


def _straight(value: str | Mailbox) -> str:
    """The value as it stands, where every reader sees the same in it; else empty."""
    if isinstance(value, str):
        return value if PLAIN_TEXT.fullmatch(value) and "=?" not in value else ""
    if not PLAIN_ADDRESS.fullmatch(value.address):
        return ""
    if not value.name:
        return value.address
    return f"{value.name} <{value.address}>" if PLAIN_NAME.fullmatch(value.name) else ""


def _parsed(name: str, value: str | Mailbox) -> str | Address:
    """As the library takes it; it looks for line breaks in addresses by itself."""
    if isinstance(value, Mailbox):
        local, _, domain = value.address.rpartition("@")
        return Address(value.name, username=local, domain=domain)
    if len(value.splitlines()) > 1:
        raise ValueError(f"The header {name} may not have line breaks.")
    return value


def quoted_printable(text: str) -> bytes:
    """In lines of at most 76 characters with CRLF, the last one too; any kind of line break is one."""
    normal = LINE_END.sub("\n", text) if "\r" in text else text
    if not normal.endswith("\n"):
        normal += "\n"
    octets = normal.replace("\n", "\r\n").encode("utf-8", "replace")
    return binascii.b2a_qp(octets, quotetabs=False, istext=True)


def _quoted(subtype: str, text: str) -> bytes:
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + quoted_printable(text)


def _inside(calendar: str, method: str) -> bytes:
    """For the programs that offer to answer (RFC 6047, 2.4)."""
    parameter = f"; method={method}" if method else ""
    head = (
        f"Content-Type: text/calendar; charset=utf-8{parameter}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + _base64(calendar)


def _file(calendar: str) -> bytes:
    """For the programs that want to be given a file."""
    head = (
        'Content-Type: application/ics; name="invite.ics"\r\nContent-Transfer-Encoding: base64\r\n'
        'Content-Disposition: attachment; filename="invite.ics"\r\n\r\n'
    )
    return head.encode() + _base64(calendar)


def _base64(text: str) -> bytes:
    return base64.encodebytes(text.encode()).replace(b"\n", b"\r\n")


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    mark = f"--{boundary}".encode()
    return head + b"".join(b"%s\r\n%s\r\n" % (mark, part) for part in parts) + mark + b"--\r\n"
