"""What a spreadsheet wrote: its letters told by the file's mark, what parts the columns by the heading alone."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

PARTED_BY = {",": "commas", ";": "semicolons", "\t": "tabs"}
HOW_TO_SAVE = (
    "In Excel, save it as “CSV UTF-8” (commas or semicolons, whichever your Excel writes) or as “Unicode Text”;"
    " in other programs as CSV in UTF-8."
)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_FOR_EXCEL_ALONE = re.compile(r'\A"?sep=[,;\t]"?[,;\t]*(?=\r?\n)', re.IGNORECASE)


class Unreadable(Exception):
    """A file that cannot be read from `line` on (from 1; 0: the whole of it), and a sentence that helps."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Written:
    """A file's text, and in what form it came."""

    text: str
    letters: str
    delimiter: str

    @property
    def form(self) -> str:
        """Words for people: what was understood."""
        return f"{self.letters}, the columns parted by {PARTED_BY[self.delimiter]}"

    def reader(self, *, strict: bool) -> Any:
        """A reader of `csv` over all of it."""
        return csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, strict=strict)


def understood(data: bytes, columns: Collection[str]) -> Written:
    """The text of a file whose first line names some of `columns`; nothing is guessed from what stands below it.

    UTF-8 with or without its mark, UTF-16 with it (Excel's “Unicode Text”); commas, semicolons or tabs. Raises
    Unreadable, also where the file does not say which of several readings is meant.
    """
    text, letters = _text(data)
    nul = text.find("\x00")
    if nul >= 0:
        raise Unreadable(text.count("\n", 0, nul) + 1, "There is a NUL character. Take it out.")
    text = _FOR_EXCEL_ALONE.sub("", text)
    return Written(text, letters, _delimiter(text, columns))


def _text(data: bytes) -> tuple[str, str]:
    if data.startswith(_WORKBOOKS):
        raise Unreadable(0, f"It is a workbook, not a table as text. {HOW_TO_SAVE}")
    is_wide = data.startswith(_UTF_16)
    try:
        return (data.decode("utf-16"), "UTF-16") if is_wide else (data.decode("utf-8-sig"), "UTF-8")
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("utf-16" if is_wide else "utf-8-sig", "ignore")
        sentence = (
            "The file is UTF-16 and broken here."
            if is_wide
            else "From here on it is not UTF-8, and such a file does not say which letters are meant."
        )
        raise Unreadable(before.count("\n") + 1, f"{sentence} {HOW_TO_SAVE}") from fault


def _delimiter(text: str, columns: Collection[str]) -> str:
    line, heading = _heading(text)
    known = {mark: _known(heading, mark, columns) for mark in PARTED_BY}
    best = max(known.values())
    found = [mark for mark, count in known.items() if count == best]
    if heading and not best:
        named = ", ".join(columns)
        raise Unreadable(
            line, f"The first line does not name the columns ({named}), parted by commas, semicolons or tabs."
        )
    if len(found) > 1 and any(mark in heading for mark in PARTED_BY):
        raise Unreadable(
            line,
            "It cannot be told what parts the columns. Use commas, semicolons or tabs alone in the first line.",
        )
    return found[0]


def _heading(text: str) -> tuple[int, str]:
    """The first line that is not blank, and its number from 1."""
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if line.strip(' \t,;"\n'):
            return number, line.rstrip("\n")
    return 1, ""


def _known(heading: str, mark: str, columns: Collection[str]) -> int:
    try:
        cells = next(csv.reader([heading], delimiter=mark, strict=True), [])
    except csv.Error:
        return 0
    return len({cell.strip().lower() for cell in cells}.intersection(columns))
