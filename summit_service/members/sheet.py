"""A CSV file of organisations to rows, with every fault by line and column, and the other way round."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from summit_service import spreadsheets
from summit_service.errors import Invalid
from summit_service.members import rules
from summit_service.members.rules import Details

COLUMNS = (
    "name",
    "kind",
    "parent",
    "city",
    "country",
    "website",
    "timezone",
    "standing",
    "contact_name",
    "contact_email",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
WHOLE_FILE = 0


@dataclass(frozen=True, slots=True)
class SheetFault:
    """One thing that is wrong in a file: line (from 1, the heading; 0: the whole file), column, sentence."""

    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else "the file"
        return f"{place}, {self.column}: {self.sentence}" if self.column else f"{place}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Row:
    """One organisation of the file; `given` names the columns that are not blank."""

    line: int
    details: Details
    given: frozenset[str]


@dataclass(slots=True)
class Sheet:
    """What was read, in which form it came (in words; empty: none that we know), and what was wrong with it."""

    form: str = ""
    rows: list[Row] = field(default_factory=list)
    faults: list[SheetFault] = field(default_factory=list)


def read(data: bytes) -> Sheet:
    """Read what a spreadsheet wrote (`spreadsheets.understood`), the heading in its first line."""
    sheet = Sheet()
    try:
        if len(data) > MOST_BYTES:
            sentence = f"It has {len(data):,} bytes; {MOST_BYTES:,} is the most we take."
            raise spreadsheets.Unreadable(WHOLE_FILE, sentence)
        found = spreadsheets.understood(data, COLUMNS)
        sheet.form = found.form
        _read_lines(found.reader(strict=True), sheet)
    except spreadsheets.Unreadable as fault:
        sheet.faults.append(SheetFault(fault.line, "", fault.sentence))
    sheet.faults.sort(key=lambda found: found.line)
    return sheet


def written(found: Iterable[Details], *, delimiter: str = ",") -> bytes:
    """A file that `read` takes, the mark in front so that a spreadsheet reads the letters right."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(getattr(one, name)) for name in COLUMNS] for one in found)
    return f"\ufeff{out.getvalue()}".encode()


def cell(text: str) -> str:
    """What a spreadsheet could take for a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _bare(text: str) -> str:
    """Without the apostrophe of `cell`."""
    bare = text.strip()
    return bare[1:] if bare.startswith("'") and bare[1:].startswith(FORMULA_STARTS) else bare


def _quoting_sentence(words: str) -> str:
    if "field larger" in words:
        return "One field is far too long; perhaps a closing quotation mark is missing."
    return "The quotation marks do not fit: one is never closed, or text follows a closing one."


def _read_lines(reader: Any, sheet: Sheet) -> None:
    lines = _numbered(reader)
    first_line, heading = next(lines, (1, []))
    columns = _named(heading)
    sheet.faults.extend(_heading_faults(first_line, columns))
    if sheet.faults:
        return
    seen: dict[str, int] = {}
    for line, cells in lines:
        if len(sheet.rows) >= MOST_ROWS:
            sheet.faults.append(
                SheetFault(line, "", f"There are more than {MOST_ROWS:,} rows. Split the file.")
            )
            return
        if _has_its_fields(line, columns, cells, len(heading), sheet):
            _read_row(line, columns, cells, sheet, seen)
    if not sheet.rows and not sheet.faults:
        sheet.faults.append(SheetFault(WHOLE_FILE, "", "There are no organisations in it, only the heading."))


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank with the line on which it starts; a quoted field may go over several."""
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise spreadsheets.Unreadable(start, _quoting_sentence(str(fault))) from fault
        if any(cell.strip() for cell in cells):
            yield start, cells


def _named(heading: Sequence[str]) -> list[str]:
    """The columns' names; columns at the end without one, as spreadsheets write them, are left out."""
    columns = [name.strip().lower() for name in heading]
    while columns and not columns[-1]:
        columns.pop()
    return columns


def _heading_faults(line: int, columns: Sequence[str]) -> list[SheetFault]:
    if not columns:
        return [SheetFault(WHOLE_FILE, "", "The file is empty.")]
    faults = [SheetFault(line, name, "This column is missing.") for name in COLUMNS if name not in columns]
    for number, name in enumerate(columns):
        if not name:
            faults.append(SheetFault(line, "", f"Column {number + 1} has no name."))
        elif name in columns[:number]:
            faults.append(SheetFault(line, name, "This column is there twice."))
        elif name not in COLUMNS:
            faults.append(SheetFault(line, name[:60], f"There is no such column.{_meant(name)}"))
    return faults


def _meant(name: str) -> str:
    near = get_close_matches(name, COLUMNS, n=1)
    return f" Did you mean “{near[0]}”?" if near else f" The columns are {', '.join(COLUMNS)}."


def _has_its_fields(
    line: int, columns: Sequence[str], cells: Sequence[str], width: int, sheet: Sheet
) -> bool:
    """Is each field of the line below its column? A field too few or too many would move the others."""
    sentence = ""
    if len(cells) != width:
        sentence = f"There are {len(cells)} fields; the heading has {width}. Are quotation marks missing?"
        if len(cells) < width:
            sentence += (
                " Spreadsheets leave blank cells at the end of a line out at times; not so where “name” is the"
                " last column."
            )
    elif any(text.strip() for text in cells[len(columns) :]):
        sentence = "There is something in a column that has no name."
    if sentence:
        sheet.faults.append(SheetFault(line, "", sentence))
    return not sentence


def _read_row(
    line: int, columns: Sequence[str], cells: Sequence[str], sheet: Sheet, seen: dict[str, int]
) -> None:
    given = {name: _bare(text) for name, text in zip(columns, cells, strict=False) if text.strip()}
    try:
        details = rules.checked(Details(**{"name": "", "kind": "", **given}))
    except Invalid as fault:
        sheet.faults.extend(SheetFault(line, found.field, found.sentence) for found in fault.faults)
        return
    first = seen.setdefault(rules.name_key(details.name), line)
    if first != line:
        sheet.faults.append(SheetFault(line, "name", f"“{details.name}” is in line {first} already."))
        return
    sheet.rows.append(Row(line, details, frozenset(given)))
