"""Reading the folder that stands in for a mail server: the list of mails, and one of them taken apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

SHOWN_HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "Auto-Submitted",
    "List-Unsubscribe",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of the list."""

    id: int
    to_name: str
    to_email: str
    subject: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as its reader gets it. `calendar` is the iCalendar object as sent; None without one."""

    kept: Kept
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    calendar: bytes | None


def letters(folder: Path, *, search: str = "", before: int | None = None, limit: int = 50) -> list[Kept]:
    """The newest mails first, of readers who match `search`; `before` is the last id of the page above."""
    wanted, found = search.strip().casefold(), []
    for identifier in sorted(_ids(folder), reverse=True):
        if before is not None and identifier >= before:
            continue
        kept = _kept(folder, identifier)
        if kept is not None and wanted in f"{kept.to_name} {kept.to_email}".casefold():
            found.append(kept)
        if len(found) == limit:
            break
    return found


def letter(folder: Path, identifier: int) -> Letter | None:
    """One mail, or None when there is none with this id."""
    kept = _kept(folder, identifier)
    if kept is None:
        return None
    return opened(kept, _path(folder, identifier).read_bytes())


def forget(folder: Path, identifiers: Iterable[int]) -> None:
    """Take the files of these mails away, where there are any."""
    for identifier in identifiers:
        _path(folder, identifier).unlink(missing_ok=True)


def opened(kept: Kept, content: bytes) -> Letter:
    """A message of ours taken apart into what a reader looks at."""
    message = message_from_bytes(content, policy=default)
    calendars = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    entry = calendars[0].get_payload(decode=True) if calendars else None
    return Letter(
        kept,
        tuple((name, str(message[name])) for name in SHOWN_HEADERS if message[name]),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        calendar=entry if isinstance(entry, bytes) else None,
    )


def _ids(folder: Path) -> list[int]:
    return [int(path.stem) for path in (folder / "new").glob("*.eml") if path.stem.isdecimal()]


def _path(folder: Path, identifier: int) -> Path:
    return folder / "new" / f"{identifier}.eml"


def _kept(folder: Path, identifier: int) -> Kept | None:
    path = _path(folder, identifier)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=5000)
def _read(path: Path, _changed: int) -> Kept:
    with path.open("rb") as file:
        message = BytesHeaderParser(policy=default).parse(file)
    address = message["To"].addresses[0]
    sent_at = parsedate_to_datetime(str(message["Date"])).astimezone(UTC)
    return Kept(int(path.stem), address.display_name, address.addr_spec, str(message["Subject"]), sent_at)


def _body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return str(part.get_content()) if part is not None else ""
