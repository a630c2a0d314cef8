"""Calendar files from elsewhere: what is read of them, what is refused and why."""

from __future__ import annotations

from typing import Any

import pytest

from summit_service import ical_reading

START = "DTSTART;TZID=Europe/London:20270304T090000"


def read(*lines: str, ending: str = "\r\n") -> ical_reading.Reading:
    body = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"]
    return ical_reading.read(ending.join(body).encode())


def fields(*lines: str, ending: str = "\r\n") -> dict[str, Any]:
    reading = read(*lines, ending=ending)
    assert reading.faults == ()
    (entry,) = reading.entries
    return entry.fields


def refusal(*lines: str) -> str:
    reading = read(*lines)
    assert reading.entries == ()
    return reading.faults[0].sentence


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_entry_is_read_as_it_was_meant(ending: str) -> None:
    found = fields(
        "UID:1@elsewhere.example", START, "DTEND;TZID=Europe/London:20270304T103000",
        "SUMMARY:Listening\\, and being", "  heard", "DESCRIPTION:One\\nTwo", "LOCATION:Room 1",
        "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=Europe/London:20270311T090000,20270318T090000",
        "CATEGORIES:Teaching,Care", "URL:https://elsewhere.example/1",
        "BEGIN:VALARM", "SUMMARY:Not this", "END:VALARM",
        ending=ending,
    )  # fmt: skip

    assert found == {
        "uid": "1@elsewhere.example",
        "summary": "Listening, and being heard",
        "description": "One\nTwo",
        "location": "Room 1",
        "starts_at": "2027-03-04T09:00",
        "ends_at": "2027-03-04T10:30",
        "timezone": "Europe/London",
        "all_day": False,
        "repeated_hour": "first",
        "recurrence": "FREQ=WEEKLY;COUNT=4",
        "excluded": ["2027-03-11T09:00", "2027-03-18T09:00"],
        "categories": ["Teaching", "Care"],
        "url": "https://elsewhere.example/1",
    }


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DTSTART:20270304T090000Z",), ("2027-03-04T09:00", "", "Etc/UTC", False)),
        (("DTSTART:20270304T090000",), ("2027-03-04T09:00", "", "", False)),
        (("DTSTART;VALUE=DATE:20270304",), ("2027-03-04", "", "", True)),
        (
            ("DTSTART;VALUE=DATE:20270304", "DTEND;VALUE=DATE:20270306"),
            ("2027-03-04", "2027-03-05", "", True),
        ),
        ((START, "DURATION:PT90M"), ("2027-03-04T09:00", "2027-03-04T10:30", "Europe/London", False)),
        ((START, "DTEND:20270304T100000Z"), ("2027-03-04T09:00", "2027-03-04T10:00", "Europe/London", False)),
        ((START, "DTEND:20270304T080000Z"), ("2027-03-04T09:00", "", "Europe/London", False)),
        (
            ("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Paris:20270304T090000",),
            ("2027-03-04T09:00", "", "Europe/Paris", False),
        ),
        (
            ('DTSTART;TZID="W. Europe Standard Time":20270304T090000',),
            ("2027-03-04T09:00", "", "Europe/Berlin", False),
        ),
    ],
)
def test_times_of_other_programs_are_understood(lines: tuple[str, ...], expected: tuple[Any, ...]) -> None:
    found = fields(*lines)

    assert tuple(found[name] for name in ("starts_at", "ends_at", "timezone", "all_day")) == expected


def test_letter_that_was_cut_by_folding_is_whole_again() -> None:
    whole = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{START}\r\nSUMMARY:Gru\u00df\r\nEND:VEVENT\r\n".encode()
    cut = whole.replace("ß".encode(), b"\xc3\r\n \x9f")

    (entry,) = ical_reading.read(cut).entries

    assert entry.fields["summary"] == "Gruß"


def test_uid_with_signs_that_we_do_not_take_gets_the_same_name_each_time() -> None:
    first, second = fields("UID:{a b}", START)["uid"], fields("UID:{a b}", START)["uid"]

    assert first == second != fields("UID:{a c}", START)["uid"]
    assert ical_reading.PLAIN_UID.fullmatch(first)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("SUMMARY:X",), "no start"),
        (("DTSTART:soon",), "“soon” cannot be read"),
        (("DTSTART:20271399",), "cannot be read"),
        (("DTSTART;TZID=Mars/Phobos:20270304T090000",), "“Mars/Phobos” is not one that we know"),
        ((START, "DURATION:long"), "“long”"),
        ((START, "DURATION:P999999999W"), "cannot be read"),
        ((START, "RDATE:20270305T090000"), "series of single dates"),
        ((START, "RECURRENCE-ID:20270304T090000"), "one changed date"),
        ((START, "CLASS:PRIVATE"), "private"),
    ],
)
def test_entry_that_is_not_taken_is_refused_with_its_reason(lines: tuple[str, ...], words: str) -> None:
    assert words in refusal(*lines)
