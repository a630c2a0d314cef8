"""What a device tells, line by line: whom it saw, or why a line cannot be taken. None of them holds up another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from summit_service.doors import rules


@dataclass(frozen=True, slots=True)
class Scan:
    """What a device tells: somebody was let in (or that this was a mistake), by their ticket or their number.

    `identifier` is the mark that the device gave it, `at` the moment by the device's clock (aware).
    """

    identifier: str
    at: datetime
    ticket: str = ""
    number: int | None = None
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that cannot be taken: its mark, empty where it has none that can be read, and why."""

    identifier: str
    reason: str


NO_MARK = "It has no mark of 8 to 64 letters, digits or hyphens."
SAME_MARK = "Its mark stands for another check-in already."


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    at: Any = None
    ticket: str | None = None
    number: int | None = None
    undo: bool = False


def read(lines: Sequence[object], *, sent_at: datetime) -> list[Scan | Refused]:
    """The lines of an upload (decoded JSON), in their order. What says no time counts as `sent_at`."""
    first: dict[str, Scan] = {}
    found = []
    for line in lines:
        told = _read(line, sent_at=sent_at)
        if isinstance(told, Scan) and _act(first.setdefault(told.identifier, told)) != _act(told):
            told = Refused(told.identifier, SAME_MARK)
        found.append(told)
    return found


def _read(line: object, *, sent_at: datetime) -> Scan | Refused:
    try:
        told = msgspec.convert(line, _Line)
    except msgspec.ValidationError as fault:
        return Refused(_mark_of(line), f"What the device told of it cannot be read: {fault}.")
    if not rules.IDENTIFIER.fullmatch(told.id):
        return Refused("", NO_MARK)
    at = rules.read_moment(told.at, otherwise=sent_at) if isinstance(told.at, str) else sent_at
    return Scan(told.id, at, told.ticket or "", told.number, is_undo=told.undo)


def _mark_of(line: object) -> str:
    mark = line.get("id") if isinstance(line, dict) else None
    return mark if isinstance(mark, str) and rules.IDENTIFIER.fullmatch(mark) else ""


def _act(scan: Scan) -> tuple[str, int | None, bool]:
    """What the mark stands for; a line that is told twice may tell another time."""
    return scan.ticket, scan.number, scan.is_undo
