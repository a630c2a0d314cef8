"""The list of delegates as tables that open right in a spreadsheet: nothing runs, days are days, numbers numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from xlsxwriter import Workbook

from summit_service import zones
from summit_service.registrations import answers, rules, stored
from summit_service.registrations.answers import Asked
from summit_service.registrations.needs import NeedList
from summit_service.registrations.queries import Standing
from summit_service.registrations.sign_ups import Person

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
HEADS = (
    "name", "email", "organisation", "state", "attendance", "waits_for", "position", "listed",
    "timezone", "registered_at", "cancelled_at",
)  # fmt: skip
PEOPLE_HEADS = (
    "session", "starts_at", "room", "name", "email", "organisation", "attendance", "state", "position", "signed_up_at",
)  # fmt: skip
NEED_HEADS = (
    "kind", "need", "name", "number", "email", "organisation", "attendance", "state", "what_for", "erased_on",
)  # fmt: skip
WIDTH = 22
FIRST_DAY = date(1900, 3, 1)
"""Excel knows no day before 1900, and has one too many in February of that year."""

Cell = str | int | float | date | datetime | None


def as_csv(found: Iterable[Standing], questions: Sequence[Asked]) -> str:
    """Lines for a spreadsheet; a cell that a program could take for a formula begins with an apostrophe."""
    return _csv(_rows(found, questions))


def people_csv(people: Sequence[Person], zone: str) -> str:
    """Who has signed up for sessions, in the same manner; `zone` is the summit's."""
    return _csv(_people_rows(people, zone))


def people_xlsx(people: Sequence[Person], zone: str) -> bytes:
    """Who has signed up for sessions, as a workbook."""
    return _xlsx(_people_rows(people, zone), "Sign-up", columns=len(PEOPLE_HEADS))


def needs_csv(found: Sequence[NeedList]) -> str:
    """Who needs what, a line for each need of each person, with what we may use it for and until when."""
    return _csv(_need_rows(found))


def needs_xlsx(found: Sequence[NeedList]) -> bytes:
    """Who needs what, as a workbook."""
    return _xlsx(_need_rows(found), "Needs", columns=len(NEED_HEADS))


def _csv(rows: Iterable[Sequence[Cell]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_csv_cell(cell) for cell in row])
    return out.getvalue()


def as_xlsx(found: Iterable[Standing], questions: Sequence[Asked]) -> bytes:
    """A workbook with one sheet: text is text whatever it begins with, moments are wall times of the summit."""
    return _xlsx(_rows(found, questions), "Registrations", columns=len(HEADS) + len(questions))


def _xlsx(rows: Iterable[Sequence[Cell]], name: str, *, columns: int) -> bytes:
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(out, options)
    sheet = book.add_worksheet(name)
    moment, day = (
        book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
    )
    bold = book.add_format({"bold": True})
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if line == 0:
                sheet.write_string(line, column, str(cell), bold)
            elif isinstance(cell, datetime):
                sheet.write_datetime(line, column, cell, moment)
            elif isinstance(cell, date) and cell >= FIRST_DAY:
                sheet.write_datetime(line, column, cell, day)
            elif isinstance(cell, date):
                sheet.write_string(line, column, cell.isoformat())
            elif isinstance(cell, int | float):
                sheet.write_number(line, column, cell)
            elif cell:
                sheet.write_string(line, column, cell)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, columns, WIDTH)
    book.close()
    return out.getvalue()


def _rows(found: Iterable[Standing], questions: Sequence[Asked]) -> Iterator[list[Cell]]:
    yield [*HEADS, *(question.label for question in questions)]
    for standing in found:
        yield _row(standing, questions)


def _row(standing: Standing, questions: Sequence[Asked]) -> list[Cell]:
    row, given = standing.registration, stored.values(standing.registration.answers)
    waits = standing.awaited is not None and standing.confirmed is not None
    return [
        row.name,
        row.email,
        row.organisation,
        standing.state,
        standing.attendance,
        standing.awaited.attendance if standing.awaited is not None and waits else "",
        standing.position,
        "yes" if row.is_listed else "no",
        row.timezone or "",
        _wall(row.created_at, standing.edition.timezone),
        _wall(row.cancelled_at, standing.edition.timezone),
        *(_answer(given.get(question.key), question) for question in questions),
    ]


def _people_rows(people: Sequence[Person], zone: str) -> Iterator[list[Cell]]:
    yield list(PEOPLE_HEADS)
    for one in people:
        yield [
            one.session.title,
            _wall(one.session.starts, zone),
            one.session.room,
            one.name,
            one.email,
            one.organisation,
            one.attendance,
            "seat" if one.state == rules.CONFIRMED else "waits",
            one.position,
            _wall(one.since, zone),
        ]


def _need_rows(found: Sequence[NeedList]) -> Iterator[list[Cell]]:
    yield list(NEED_HEADS)
    for listed in found:
        for need in listed.needs:
            for one in need.people:
                row = one.registration
                yield [
                    listed.field.words,
                    need.words,
                    row.name,
                    row.id,
                    row.email,
                    row.organisation,
                    one.attendance,
                    one.state,
                    listed.field.purpose,
                    listed.erased_on,
                ]


def _wall(moment: datetime | None, zone: str) -> datetime | None:
    """Wall time in the summit's zone; spreadsheets know no zones."""
    return zones.at_wall(moment, zone).replace(tzinfo=None, second=0, microsecond=0) if moment else None


def _answer(value: object, question: Asked) -> Cell:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = answers.said(value)
    try:
        return date.fromisoformat(text) if question.kind == answers.DATE and text else text
    except ValueError:  # an answer from when the question was of another kind
        return text


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, str):
        return safe_cell(cell)
    return "" if cell is None else str(cell)


def safe_cell(text: str) -> str:
    """The text so that no spreadsheet runs it (CWE-1236); numbers stay numbers."""
    if text.startswith(FORMULA_STARTS) and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()
