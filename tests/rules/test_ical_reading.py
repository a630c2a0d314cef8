"""Calendar files from elsewhere: what is read of them, what is refused and why, and what hostile ones cost."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from summit_service import ical_reading
from summit_service.errors import Fault
from summit_service.events import judging

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
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


def hostile() -> dict[str, bytes]:
    event = f"BEGIN:VEVENT\r\n{START}\r\nEND:VEVENT\r\n".encode()
    return {
        "nothing": b"",
        "no calendar": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 500,
        "one endless line": b"BEGIN:VEVENT\r\nSUMMARY:" + b"a" * 1_900_000,
        "folded without end": b"BEGIN:VEVENT\r\nSUMMARY:" + b"\r\n a" * 500_000,
        "too large": b"a" * 5_000_000,
        "parts in parts": b"BEGIN:VEVENT\r\n" * 100_000,
        "very many events": event * 20_000,
        "very many lines": b"BEGIN:VEVENT\r\n" + b"A:b\r\n" * 350_000,
        "parameters without end": b"BEGIN:VEVENT\r\nDTSTART" + b";A=b" * 20_000 + b":20270304\r\nEND:VEVENT",
        "commas": b"BEGIN:VEVENT\r\nDTSTART:20270304\r\nEXDATE:" + b"," * 90_000 + b"\r\nEND:VEVENT",
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_file_costs_bounded_time(name: str) -> None:
    body, began = hostile()[name], time.monotonic()

    reading = ical_reading.read(body)

    assert reading.faults or len(reading.entries) == 1
    assert time.monotonic() - began < 10


def shipped() -> list[Path]:
    """The calendars that icalendar and recurring-ical-events test themselves with; both bring them along."""
    folders = (
        Path(icalendar.__file__).parent / "tests",
        Path(recurring_ical_events.__file__).parent / "test" / "calendars",
    )
    return [file for folder in folders for file in sorted(folder.rglob("*.ics"))]


def test_calendars_of_other_projects_are_taken_or_refused_with_a_reason() -> None:
    files, taken, slowest = shipped(), 0, 0.0

    for file in files:
        began = time.monotonic()
        reading = ical_reading.read(file.read_bytes())
        assert reading.entries or reading.faults, file
        sound, refused = judged(reading)
        taken += bool(sound)
        assert all(fault.sentence for fault in (*reading.faults, *refused)), file
        slowest = max(slowest, time.monotonic() - began)

    assert len(files) > 200
    assert taken > len(files) // 3
    assert slowest < 10


def judged(reading: ical_reading.Reading) -> tuple[int, list[Fault]]:
    """How many entries the rules for events take, and why they refuse the others."""
    sound, refused = 0, list[Fault]()
    for entry in reading.entries:
        judged = judging.judge(entry, None, timezone="Europe/London", now=NOW)
        sound += judged.state == "new"
        refused += [Fault(str(entry.number), reason) for reason in judged.reasons if judged.state == "faulty"]
    return sound, refused
