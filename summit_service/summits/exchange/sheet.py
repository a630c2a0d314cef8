"""A programme as a sheet: one line a session, in CSV that spreadsheets open as it is meant and write back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from summit_service import spreadsheets
from summit_service.errors import Fault, Invalid
from summit_service.summits.rules.intake import MOST_SESSIONS
from summit_service.summits.rules.programme import Programme, SessionPlan

COLUMNS = (
    "id", "title", "kind", "starts_at", "ends_at", "room", "track", "speakers", "chairs", "abstract",
    "objectives", "capacity", "cancelled", "starts_fold", "ends_fold",
)  # fmt: skip
NEEDED = ("title", "starts_at", "ends_at")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBERS = ("capacity", "starts_fold", "ends_fold")
_LISTS = {"speakers": ";", "chairs": ";", "objectives": "\n"}


def as_csv(programme: Programme) -> bytes:
    """UTF-8 with a byte order mark, for Excel; names are parted by semicolons, objectives stand on lines of their own.

    A cell that a spreadsheet could take for a formula begins with an apostrophe, which reading takes off again.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_safe(cell) for cell in _row(session)] for session in programme.sessions)
    return out.getvalue().encode("utf-8-sig")


def _row(session: SessionPlan) -> Iterable[str]:
    return (
        session.id,
        session.title,
        session.kind,
        session.starts_at,
        session.ends_at,
        session.room,
        session.track,
        "; ".join(session.speakers),
        "; ".join(session.chairs),
        session.abstract,
        "\n".join(session.objectives),
        str(session.capacity or ""),
        "yes" if session.is_cancelled else "",
        *("" if fold is None else str(fold) for fold in (session.starts_fold, session.ends_fold)),
    )


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith((*_FORMULA_STARTS, "'")) else cell


@dataclass(frozen=True, slots=True)
class Sheet:
    """The plain values that a draft is read from, and the sheet's row (from 1) of each session."""

    values: dict[str, object]
    rows: tuple[int, ...]


def values_of_csv(data: bytes) -> Sheet:
    """Read the sheet; rooms, tracks and speakers follow from its sessions.

    Raises Invalid that names line and column where the sheet cannot be read.
    """
    try:
        reader = spreadsheets.understood(data, COLUMNS).reader(strict=False)
    except spreadsheets.Unreadable as fault:
        place = f"Line {fault.line}: " if fault.line else ""
        raise Invalid.one("", f"{place}{fault.sentence}") from fault
    try:
        rows = [row for row, _ in zip(reader, range(MOST_SESSIONS + 2), strict=False)]
    except csv.Error as fault:
        raise Invalid.one("", f"Line {reader.line_num} of the sheet cannot be read: {fault}.") from fault
    heads = [cell.strip().lower() for cell in rows[0]] if rows else []
    _check_heads(heads)
    filled = [(number, row) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    sessions = [_session(heads, row) for _, row in filled]
    return Sheet({"sessions": sessions}, tuple(number for number, _ in filled))


def _check_heads(heads: list[str]) -> None:
    faults = [Fault("", f"The sheet has no column “{name}”.") for name in NEEDED if name not in heads] + [
        Fault("", f"There is no column “{head[:80]}” here.") for head in heads if head and head not in COLUMNS
    ]
    faults += [Fault("", f"The column “{head}” is there twice.") for head in COLUMNS if heads.count(head) > 1]
    if faults:
        raise Invalid(faults[:100])


def _session(heads: list[str], row: list[str]) -> dict[str, object]:
    cells = {head: cell.strip().removeprefix("'") for head, cell in zip(heads, row, strict=False) if head}
    values: dict[str, object] = {name: cell for name, cell in cells.items() if cell}
    for name, mark in _LISTS.items():
        if cells.get(name):
            values[name] = [part.strip() for part in cells[name].split(mark) if part.strip()]
    for name in _NUMBERS:
        if cells.get(name, "").isdecimal():
            values[name] = int(cells[name][:9])
    if "cancelled" in values:
        values["cancelled"] = {"yes": True, "no": False}.get(cells["cancelled"].lower(), cells["cancelled"])
    return values
