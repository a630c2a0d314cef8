"""A CSV file of organisations: what is read, and every fault by line and column."""

from __future__ import annotations

from dataclasses import replace

import pytest

from summit_service import spreadsheets
from summit_service.members import sheet
from summit_service.members.rules import Details

HEADING = "name,kind,parent,city,country,website,timezone,standing,contact_name,contact_email"
TORN = "The quotation marks do not fit: one is never closed, or text follows a closing one."
LATIN = "From here on it is not UTF-8, and such a file does not say which letters are meant."
GOOD = "The Empathy Place,centre,,Leeds,GB,,Europe/London,member,,place@members.example"


def lines(*rows: str) -> bytes:
    return "\n".join([HEADING, *rows, ""]).encode()


def faults(data: bytes) -> list[str]:
    return [str(fault) for fault in sheet.read(data).faults]


def test_read_a_row() -> None:
    (row,) = sheet.read(lines(GOOD)).rows

    assert row.line == 2
    assert row.details == Details(
        name="The Empathy Place",
        kind="centre",
        city="Leeds",
        country="GB",
        timezone="Europe/London",
        standing="member",
        contact_email="place@members.example",
    )
    assert row.given == {"name", "kind", "city", "country", "timezone", "standing", "contact_email"}


def test_read_the_same_whatever_marks_line_ends_and_order() -> None:
    expected = [row.details for row in sheet.read(lines(GOOD)).rows]

    with_mark = b"\xef\xbb\xbf" + lines(GOOD)
    with_crlf = lines(GOOD).replace(b"\n", b"\r\n")
    with_blank_lines = lines("", GOOD, ",,,,,,,,,")
    turned = ",".join(reversed(HEADING.split(","))) + "\n" + ",".join(reversed(GOOD.split(",")))

    for data in (
        with_mark,
        with_crlf,
        with_blank_lines,
        turned.encode(),
        HEADING.upper().encode() + b"\n" + GOOD.encode(),
    ):
        found = sheet.read(data)
        assert found.faults == []
        assert [row.details for row in found.rows] == expected


MEXICO = (
    "Instituto de Empatía, A.C.;group;;Ciudad de México;MX;;America/Mexico_City;member;Ana “la Güera” Ruiz;"
    "ana@mx.example"
)


@pytest.mark.parametrize(
    ("parted", "encoding", "form"),
    [
        (";", "utf-8-sig", "UTF-8, the columns parted by semicolons"),
        (";", "utf-8", "UTF-8, the columns parted by semicolons"),
        ("\t", "utf-16", "UTF-16, the columns parted by tabs"),
        ("\t", "utf-8", "UTF-8, the columns parted by tabs"),
        (",", "utf-8-sig", "UTF-8, the columns parted by commas"),
    ],
    ids=["excel-in-europe", "libreoffice", "unicode-text", "tsv", "excel-in-britain"],
)
def test_read_what_spreadsheets_write_and_say_how(parted: str, encoding: str, form: str) -> None:
    row = parted.join(f'"{cell}"' if parted in cell else cell for cell in MEXICO.split(";"))
    text = f"{HEADING.replace(',', parted)}{parted}{parted}\r\n{row}{parted}{parted}\r\n"

    found = sheet.read(text.encode(encoding))

    assert found.faults == []
    assert found.form == form
    assert [(one.line, one.details.name, one.details.city) for one in found.rows] == [
        (2, "Instituto de Empatía, A.C.", "Ciudad de México")
    ]
    assert found.rows[0].details.contact_name == "Ana “la Güera” Ruiz"


def test_read_from_either_end_of_utf_16_and_below_a_line_for_excel_alone() -> None:
    turned = b"\xfe\xff" + lines(GOOD).decode().encode("utf-16-be")
    told = b"sep=;\r\n" + lines(GOOD).replace(b",", b";").replace(b"\n", b"\r\n")
    old_mac = lines(GOOD).replace(b",", b";").replace(b"\n", b"\r")

    for data in (turned, told, old_mac):
        assert sheet.read(data).faults == []
    assert [row.line for row in sheet.read(told).rows] == [3]


def test_read_what_we_write_with_semicolons() -> None:
    details = [Details(name='=A; "B", C', kind="group", city="-Köln")]

    found = sheet.read(sheet.written(details, delimiter=";"))

    assert [row.details for row in found.rows] == [replace(details[0], standing="member")]


def test_read_with_words_in_a_column_without_a_name() -> None:
    data = (
        HEADING.encode()
        + b",,\n"
        + GOOD.encode()
        + b",,\n"
        + GOOD.replace("Empathy", "Other").encode()
        + b",,note\n"
    )

    assert faults(data) == ["line 3: There is something in a column that has no name."]
    assert faults(b"name,,kind\nA,,group\n")[-1] == "line 1: Column 2 has no name."


def test_read_counts_lines_through_a_quoted_line_break() -> None:
    data = lines('"A, and\nB",centre,,,,,,,,', GOOD, "C,club,,,,,,,,")

    found = sheet.read(data)

    assert [(fault.line, fault.column) for fault in found.faults] == [(2, "name"), (5, "kind")]
    assert [row.line for row in found.rows] == [4]


def test_read_with_faults_tells_each_by_line_and_column() -> None:
    data = lines(
        ",centre,,,XX,,,,,",
        GOOD,
        "B,club,,,,ftp://b.org,Mars/Base,king,,b",
        "the EMPATHY  place,group,,,,,,,,",
        "N" * 10_000 + ",group,,,,,,,,",
        "D,group,,,,,,,",
        "E,group,,,,,,,,,,",
    )

    assert faults(data) == [
        "line 2, name: The name is missing.",
        "line 2, country: There is no country “XX”. Give its two letters (ISO 3166), such as GB or FR.",
        "line 4, kind: There is no kind “club”. It is one of "
        "centre, group, charity, museum, individual, hospital, university, other.",
        "line 4, website: “ftp://b.org” is not the address of a website; one looks like https://www.example.org.",
        "line 4, timezone: There is no time zone “Mars/Base”. Choose one such as Europe/London.",
        "line 4, standing: There is no standing “king”. It is one of member, associate, former.",
        "line 4, contact_email: “b” is not an e-mail address; one looks like name@example.org.",
        "line 5, name: “the EMPATHY  place” is in line 3 already.",
        "line 6, name: The name has 10,000 characters; 200 is the most it can have.",
        "line 7: There are 9 fields; the heading has 10. Are quotation marks missing? Spreadsheets leave blank"
        " cells at the end of a line out at times; not so where “name” is the last column.",
        "line 8: There are 12 fields; the heading has 10. Are quotation marks missing?",
    ]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", ["the file: The file is empty."]),
        (b"\n\n", ["the file: The file is empty."]),
        (lines(), ["the file: There are no organisations in it, only the heading."]),
        (
            HEADING.replace(",", ";").encode(),
            ["the file: There are no organisations in it, only the heading."],
        ),
        (
            HEADING.replace(",", "|").encode(),
            [
                f"line 1: The first line does not name the columns ({', '.join(sheet.COLUMNS)}), parted by commas,"
                " semicolons or tabs."
            ],
        ),
        (
            b"\nname;kind,city",
            [
                "line 2: It cannot be told what parts the columns. Use commas, semicolons or tabs alone in the"
                " first line."
            ],
        ),
        (
            lines(GOOD).decode().encode("utf-16")[:-1],
            [f"line 2: The file is UTF-16 and broken here. {spreadsheets.HOW_TO_SAVE}"],
        ),
        (
            lines(GOOD, "Émpathie,centre,,,,,,,,").decode().encode("latin-1"),
            [f"line 3: {LATIN} {spreadsheets.HOW_TO_SAVE}"],
        ),
        (
            b"PK\x03\x04members.xlsx",
            [f"the file: It is a workbook, not a table as text. {spreadsheets.HOW_TO_SAVE}"],
        ),
        (
            lines(GOOD.replace(",", ";")),
            [
                "line 2: There are 1 fields; the heading has 10. Are quotation marks missing? Spreadsheets leave"
                " blank cells at the end of a line out at times; not so where “name” is the last column."
            ],
        ),
        (lines(GOOD.replace("Leeds", "Le\x00eds")), ["line 2: There is a NUL character. Take it out."]),
        (
            lines('"The Empathy Place,centre,,,,,,,,', GOOD, GOOD),
            [f"line 2: {TORN}"],
        ),
        (
            lines(GOOD, '"A" B,centre,,,,,,,,'),
            [f"line 3: {TORN}"],
        ),
        (
            lines('"' + "A" * 200_000),
            ["line 2: One field is far too long; perhaps a closing quotation mark is missing."],
        ),
        (b"a" * 2_000_001, ["the file: It has 2,000,001 bytes; 2,000,000 is the most we take."]),
    ],
    ids=[
        "empty",
        "blank",
        "heading",
        "heading-in-semicolons",
        "bars",
        "two-marks",
        "utf-16-torn",
        "latin-1",
        "workbook",
        "two-forms",
        "nul",
        "open",
        "after",
        "endless",
        "large",
    ],
)
def test_read_a_file_that_is_none(data: bytes, found: list[str]) -> None:
    assert faults(data) == found


def test_read_with_a_missing_and_an_unknown_column() -> None:
    data = lines(GOOD).replace(b"country", b"contry").replace(b"parent", b"name")

    assert faults(data) == [
        "line 1, parent: This column is missing.",
        "line 1, country: This column is missing.",
        "line 1, name: This column is there twice.",
        "line 1, contry: There is no such column. Did you mean “country”?",
    ]


def test_read_more_rows_than_we_take() -> None:
    data = lines(*(f"P{number},group,,,,,,,," for number in range(5_001)))

    assert faults(data) == ["line 5002: There are more than 5,000 rows. Split the file."]
