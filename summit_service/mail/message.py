"""A message as bytes (RFC 5322, 2045 to 2047): what is plain is written straight, the rest encoded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from email.header import Header
from functools import lru_cache
from typing import NamedTuple


class Mailbox(NamedTuple):
    """Somebody's name, which may be empty, and address."""

    name: str
    address: str


Field = tuple[str, str | Mailbox]

# Quoted-printable never has `=_`, base64 never an underscore, 7bit no `--=_`, so no boundary can stand in a part.
ALTERNATIVE, MIXED = "=_alternative", "=_mixed"
WIDTH = 76
PLAIN_TEXT = re.compile(r"[!-~]+(?: [!-~]+)*")
PLAIN_NAME = re.compile(r"(?=.{1,60}\Z)[A-Za-z0-9'-]+(?: [A-Za-z0-9'-]+)*")
IN_BRACKETS = re.compile(r"<[^ <>]+>(?:, <[^ <>]+>)*")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LINE_END = re.compile(r"\r\n?")
LONGEST_LINE = 998
UNSAFE_IN_7BIT = ("\x00", "\r", "\nFrom ", "\n--=_")


def compose(
    headers: Sequence[Field],
    *,
    text: str,
    html: str,
    calendar: str | None = None,
    method: str = "",
) -> bytes:
    """Plain text first, then HTML, then the calendar entry, and that again as a file; CRLF at each line's end."""
    lines = "".join(header(name, value) for name, value in headers)
    parts = [_words("plain", text), _words("html", html)]
    if calendar is None:
        body = _multipart("alternative", ALTERNATIVE, parts)
    else:
        parts.append(_inside(calendar, method))
        alternative = _multipart("alternative", ALTERNATIVE, parts)
        body = _multipart("mixed", MIXED, [alternative, _file(calendar)])
    return lines.encode() + b"MIME-Version: 1.0\r\n" + body


@lru_cache(maxsize=256)
def header(name: str, value: str | Mailbox) -> str:
    """One header with its line end; nothing in `value` can begin another. Raises ValueError for control characters."""
    if isinstance(value, Mailbox):
        return _with_address(name, value)
    _check(name, value)
    if IN_BRACKETS.fullmatch(value):  # ids and links: each stands whole, however long it is
        return f"{name}: {value}\r\n".replace(", ", ",\r\n ")
    if PLAIN_TEXT.fullmatch(value) and "=?" not in value and len(name) + 2 + len(value) <= WIDTH:
        return f"{name}: {value}\r\n"
    return f"{name}: {_encoded(name, value)}\r\n"


def _with_address(name: str, mailbox: Mailbox) -> str:
    _check(name, mailbox.name + mailbox.address)
    if not mailbox.name:
        return f"{name}: {mailbox.address}\r\n"
    phrase = _phrase(name, mailbox.name)
    last = len(f"{name}: {phrase}".rpartition("\r\n")[2])
    gap = " " if last + len(mailbox.address) + 3 <= WIDTH else "\r\n "
    return f"{name}: {phrase}{gap}<{mailbox.address}>\r\n"


def _phrase(name: str, text: str) -> str:
    """A display name: as it is, in quotes, or as encoded words (RFC 5322 3.2.5, RFC 2047 section 5)."""
    if PLAIN_NAME.fullmatch(text):
        return text
    if PLAIN_TEXT.fullmatch(text) and "=?" not in text and len(text) <= WIDTH // 2:
        return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
    return _encoded(name, text)


def _encoded(name: str, text: str) -> str:
    """All of it as encoded words: where some words are encoded and others are not, `email` loses or doubles spaces."""
    return Header(text, "utf-8", maxlinelen=WIDTH, header_name=name).encode(linesep="\r\n")


def _check(name: str, text: str) -> None:
    if CONTROLS.search(text):
        raise ValueError(f"The header {name} may not have line breaks or control characters.")


def quoted_printable(text: str) -> bytes:
    """In lines of at most 76 characters with CRLF, the last one too; any kind of line break is one."""
    normal = LINE_END.sub("\n", text) if "\r" in text else text
    if not normal.endswith("\n"):
        normal += "\n"
    octets = normal.replace("\n", "\r\n").encode("utf-8", "replace")
    return binascii.b2a_qp(octets, quotetabs=False, istext=True)


def _words(subtype: str, text: str) -> bytes:
    """Text that any server takes as it is goes as it is; the rest is quoted-printable."""
    is_plain = is_seven_bit(text)
    encoding = "7bit" if is_plain else "quoted-printable"
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    body = text.replace("\n", "\r\n").encode() if is_plain else quoted_printable(text)
    return head.encode() + body


def is_seven_bit(text: str) -> bool:
    """Whether the text may travel as 7bit: ASCII in whole lines that are short enough (RFC 5322 2.1.1, RFC 2045 2.7).

    Not where a line begins with `From `, which mailboxes change, or with what could be a boundary of ours.
    """
    if not text.isascii() or not text.endswith("\n") or any(map(f"\n{text}".__contains__, UNSAFE_IN_7BIT)):
        return False
    return max(map(len, text.split("\n"))) <= LONGEST_LINE


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
