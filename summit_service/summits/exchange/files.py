"""Any file that a programme may come in, told apart by what is in it."""

from __future__ import annotations

from dataclasses import dataclass

from summit_service.errors import Fault, Invalid
from summit_service.summits.exchange import reading, schedule_xml, sheet
from summit_service.summits.exchange.own_json import read_json

MOST_BYTES = 2_000_000
SHEETS = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class ProgrammeFile:
    """What a draft is read from, and how a place in it is called for who has the file before them.

    `is_bare`: its form has no place for seats and affiliations, so that their absence says nothing.
    """

    values: object
    rows: tuple[int, ...] = ()
    is_bare: bool = False

    def told(self, refusal: Invalid) -> Invalid:
        """The refusal with the sheet's own row and column in place of a pointer."""
        return Invalid([Fault(self._place(fault.field), fault.sentence) for fault in refusal.faults])

    def _place(self, pointer: str) -> str:
        part, _, rest = pointer.partition("/")
        index, _, column = rest.partition("/")
        if not self.rows or part != "sessions" or not index.isdecimal() or int(index) >= len(self.rows):
            return pointer
        return (
            f"row {self.rows[int(index)]}, {column.partition('/')[0]}"
            if column
            else f"row {self.rows[int(index)]}"
        )


def read(data: bytes, *, name: str, timezone: str) -> ProgrammeFile:
    """Our own JSON, `schedule.json`, `schedule.xml`, or a sheet (by its name); times in the edition's `timezone`.

    Raises Invalid that says where the file cannot be read.
    """
    if len(data) > MOST_BYTES:
        raise Invalid.one("", "The file is larger than we take (2 MB).")
    if name.lower().endswith(SHEETS):
        found = sheet.values_of_csv(data)
        return ProgrammeFile(found.values, found.rows, is_bare=True)
    is_xml = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    value: object = schedule_xml.schedule_from(data) if is_xml else read_json(data)
    return ProgrammeFile(
        reading.values_of_schedule(value, timezone=timezone) if reading.is_schedule(value) else value,
        is_bare=is_xml,
    )
