"""A CSV file of organisations: what is read, and every fault by line and column."""

from __future__ import annotations

import pytest

from summit_service.members import sheet
from summit_service.members.rules import Details

HEADING = "name,kind,parent,city,country,website,timezone,standing,contact_name,contact_email"
TORN = "The quotation marks do not fit: one is never closed, or text follows a closing one."
LATIN = "The file is not UTF-8 from here on (it may be Latin-1). Save it as “CSV UTF-8” and try again."
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
        "line 7: There are 9 fields; the heading has 10. Are quotation marks missing?",
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
            ["line 1: The columns are not separated by commas. Save the file as “CSV UTF-8”."],
        ),
        (
            lines(GOOD).decode().encode("utf-16"),
            ["line 1: The file is UTF-16. Save it as “CSV UTF-8” and try again."],
        ),
        (
            lines(GOOD, "Émpathie,centre,,,,,,,,").decode().encode("latin-1"),
            [f"line 3: {LATIN}"],
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
        "semicolons",
        "utf-16",
        "latin-1",
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
