"""Entries and zones as bytes: read back by parsers that did not write them, for random texts and times."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from summit_service import ical, zones
from summit_service.vtimezone import changes_of
from tests import libical, parsers

CHANGED = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    "uid": "a@b",
    "sequence": 3,
    "summary": "Listening",
    "starts_at": "2026-04-20T09:00",
    "ends_at": "2026-04-20T10:30",
    "timezone": "Europe/London",
    "changed_at": CHANGED,
    "created_at": CHANGED,
}


def calendar_of(entries: list[ical.Entry]) -> bytes:
    used = {entry.timezone for entry in entries}
    return ical.calendar([ical.vevent(entry) for entry in entries], zones=used, name="All")


def unlike_zones() -> list[str]:
    """One zone for each way that clocks have gone since 2000: every zone there is goes like one of them."""
    months = [datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=31 * number) for number in range(480)]
    found: dict[tuple[timedelta | None, ...], str] = {}
    for name in zones.zone_names():
        place = ZoneInfo(name)
        found.setdefault(tuple(at.astimezone(place).utcoffset() for at in months), name)
    return list(found.values())


def near_a_change(zone: str, number: int, chance: random.Random) -> ical.Entry:
    """Half an hour, an hour or three before or after some change of the zone's clocks."""
    changes = [change.moment for change in changes_of(zone) if 2000 <= change.at.year < 2040]
    starts = chance.choice(changes or [CHANGED]).replace(second=0)
    starts += timedelta(minutes=chance.choice((-181, -91, -61, 61, 91, 181)))
    ends = starts + timedelta(minutes=30)
    walls = [at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") for at in (starts, ends)]
    times = {"starts_at": walls[0], "ends_at": walls[1], "starts_instant": starts, "ends_instant": ends}
    return ical.Entry(**(PLAIN | times | {"timezone": zone, "uid": f"{number}@b"}))


def test_times_in_every_zone_around_a_change_of_its_clocks_are_read_as_they_were_meant() -> None:
    chance = random.Random(2026)
    entries = []
    for number, zone in enumerate(unlike_zones()):
        entries.append(near_a_change(zone, number, chance))
        ical.vtimezone(zone)  # is kept; at this moment the changes of the zone are too
    body = calendar_of(entries)

    expected = {entry.uid: (entry.timezone, entry.starts_instant, entry.ends_instant) for entry in entries}
    assert len(expected) > 150
    for read in (libical.by_libical, parsers.by_ical_js):
        for one in read(body):
            zone, starts, ends = expected[one.uid]
            assert (one.start, one.end) == (starts, ends), (read, zone)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=300), st.text(max_size=600))
def test_random_text_is_folded_without_harm(summary: str, description: str) -> None:
    # in UTC: what a zone adds is the same lines each time
    texts = {"summary": summary, "description": description, "timezone": "Etc/UTC"}
    body = calendar_of([ical.Entry(**(PLAIN | texts))])

    for line in body.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
        assert b"\n" not in line
        assert b"\r" not in line
    (entry,) = parsers.by_icalendar(body)
    assert entry.summary == ical.clean(summary).replace("\n", " ").strip()
    assert entry.description == ical.clean(description).strip()


def test_line_breaks_that_stop_readers_are_replaced() -> None:
    (entry,) = parsers.by_ical_js(
        calendar_of([ical.Entry(**(PLAIN | {"summary": "a\u2028b\u2029c\x85d\x00e\x1bf"}))])
    )

    assert entry.summary == "a b c def"


def test_zone_is_written_as_rules_and_never_as_a_list_of_dates() -> None:
    body = ical.vtimezone("America/New_York")

    assert b"RDATE" not in body
    assert b"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n" in body
    assert b"RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\n" in body


def test_address_that_is_too_long_for_readers_is_left_out() -> None:
    body = calendar_of([ical.Entry(**(PLAIN | {"url": "https://example.org/" + "a" * 300}))])

    assert b"\r\nURL:" not in body


def test_address_to_join_is_a_conference_and_stands_in_the_text_once() -> None:
    join = "https://meet.example/1"
    entries = [
        ical.Entry(**PLAIN, online_url=join, description=words) for words in ("", f"At {join}, all day.")
    ]

    for entry in entries:
        lines = ical.vevent(entry).replace(b"\r\n ", b"").decode().split("\r\n")
        (conference,) = (line for line in lines if line.startswith("CONFERENCE"))
        (text,) = (line for line in lines if line.startswith("DESCRIPTION:"))

        assert conference.startswith("CONFERENCE;")
        assert "VALUE=URI" in conference
        assert conference.endswith(f":{join}")
        assert text.count(join) == 1


def test_invitation_has_its_method_and_people() -> None:
    people = {
        "attendee_email": "ana@hospital.example",
        "attendee_name": 'Ana "Nan" Ruiz',
        "organizer_email": "o@x.example",
    }

    text = ical.invitation(ical.Entry(**(PLAIN | people)), method="REQUEST").replace("\r\n ", "")

    assert "METHOD:REQUEST\r\n" in text
    attendee = next(line for line in text.split("\r\n") if line.startswith("ATTENDEE;CN="))
    assert attendee.endswith("PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT:mailto:ana@hospital.example")
    assert "Ana 'Nan' Ruiz" in attendee


def test_vevent_of_whole_days_ends_its_series_on_the_day_of_its_zone() -> None:
    days = {
        "starts_at": "2027-06-28",
        "ends_at": "2027-06-28",
        "timezone": "Pacific/Auckland",
        "all_day": True,
    }
    entry = ical.Entry(**{**PLAIN, **days, "rrule": "FREQ=DAILY;UNTIL=20270630T120000Z"})

    rendered = ical.vevent(entry)

    assert b"RRULE:FREQ=DAILY;UNTIL=20270701\r\n" in rendered
