"""A programme written in the forms of others and read back: nothing is lost, and nothing hostile costs much."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from summit_service.errors import Invalid
from summit_service.summits.exchange import files, reading, schedule_json, schedule_xml, sheet
from summit_service.summits.rules import snapshot
from summit_service.summits.rules.intake import read_programme
from summit_service.summits.rules.programme import Programme, RoomPlan, values_of
from summit_service.summits.rules.snapshot import Header, Snapshot
from tests.schemas.schedule import SCHEMA

BASE = "https://summit.example"
NOW = datetime(2028, 3, 1, tzinfo=UTC)
PROGRAMME: dict[str, Any] = {
    "rooms": [{"name": "Great Hall", "capacity": 150}, {"name": "Library"}, {"name": "Garden", "capacity": 2}],
    "tracks": ["Education", "Policy"],
    "speakers": [{"name": "Ana Ruiz", "affiliation": "Hospital San Juan"}, {"name": "Bo Li"}, {"name": "Unused"}],
    "sessions": [
        {
            "id": "opening",
            "title": "Opening: =1+1 & <b>",
            "kind": "plenary",
            "starts_at": "2028-10-28T09:15",
            "ends_at": "2028-10-28T10:15",
            "room": "Great Hall",
            "track": "Education",
            "speakers": ["Ana Ruiz", "Bo Li"],
            "chairs": ["Ana Ruiz"],
            "abstract": "# Words\n\nof **Ana**, “quoted”; and more",
            "objectives": ["- listen", "Know, what; is heard"],
            "capacity": 40,
        },
        {
            "id": "late",
            "title": "Between two days",
            "kind": "social",
            "starts_at": "2028-10-28T23:30",
            "ends_at": "2028-10-29T01:30",
            "ends_fold": 1,
            "cancelled": True,
        },
        {"id": "roe", "title": "Return", "starts_at": "2028-10-29T23:59", "ends_at": "2028-10-30T00:29"},
    ],
}  # fmt: skip


def session(hour: int, **more: Any) -> dict[str, Any]:
    """One that begins at that hour of the two days and ends five past midnight after."""
    day = 28 + hour // 24
    ends = {"starts_at": f"2028-10-{day}T{hour % 24:02}:05", "ends_at": f"2028-10-{day + 1}T00:05"}
    return {**more, **ends}


def snapshot_of(values: dict[str, Any], timezone: str = "Europe/London") -> Snapshot:
    header = Header(
        year=2028, title="Summit 2028", theme="Heard", venue="College Court", timezone=timezone,
        starts_on=date(2028, 10, 28), ends_on=date(2028, 10, 29),
    )  # fmt: skip
    draft = read_programme(values, year=2028, timezone=timezone)
    sessions = tuple(
        replace(one, uid=f"{number:08x}-0000-4000-8000-{number:012x}@summit.example")
        for number, one in enumerate(draft.sessions)
    )
    programme = Programme(draft.rooms, draft.tracks, draft.speakers, sessions)
    return snapshot.take(header, programme, before=None, now=NOW)


def document(values: dict[str, Any] = PROGRAMME, timezone: str = "Europe/London") -> dict[str, Any]:
    made = schedule_json.schedule_of(snapshot_of(values, timezone), release=3, base_url=BASE)
    plain: dict[str, Any] = json.loads(json.dumps(made))
    return plain


def programme_in(values: object, timezone: str = "Europe/London") -> Programme:
    return read_programme(values, year=2028, timezone=timezone)


def test_schedule_json_is_as_its_schema_asks() -> None:
    jsonschema.Draft6Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(document())


@pytest.mark.parametrize("broken", ["acronym", "daysCount", "days"])
def test_schema_refuses_a_document_without_what_it_needs(broken: str) -> None:
    made = document()
    del made["schedule"]["conference"][broken]

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft6Validator(SCHEMA).validate(made)


def test_schedule_json_is_read_back_without_loss() -> None:
    values = reading.values_of_schedule(document(), timezone="Europe/London")

    assert programme_in(values) == programme_in(PROGRAMME)


def test_schedule_json_has_the_instants_of_the_programme() -> None:
    days = document()["schedule"]["conference"]["days"]

    events = [event for day in days for events in day["rooms"].values() for event in events]
    (late,) = [event for event in events if event["type"] == "social"]
    assert [day["date"] for day in days] == ["2028-10-28", "2028-10-29"]
    assert (late["date"], late["duration"]) == ("2028-10-28T23:30:00+01:00", "03:00")
    assert late["title"] == "Cancelled: Between two days"


def test_numbers_of_sessions_stay_when_others_come_and_go() -> None:
    whole = schedule_json.numbers_of(item.session for item in snapshot_of(PROGRAMME).items)
    sessions = [item.session for item in snapshot_of(PROGRAMME).items][1:]

    assert schedule_json.numbers_of(sessions) == {one.uid: whole[one.uid] for one in sessions}
    assert len(set(whole.values())) == 3


@given(
    st.sampled_from(
        ["Europe/London", "Pacific/Apia", "Asia/Kathmandu", "America/Argentina/Ushuaia", "Etc/GMT+5"]
    ),
    st.lists(
        st.builds(
            session,
            st.integers(0, 47).filter(lambda hour: hour % 24 > 0),  # a day of 25 hours would be too long
            title=st.text("aé漢ع;,'\"=&<>] ", min_size=1).filter(lambda text: bool(text.strip())),
            room=st.sampled_from(["Great Hall", "", "Library"]),
            abstract=st.text('aé漢\n,;"=]>', max_size=20),
            objectives=st.lists(st.text("ab,=", min_size=1, max_size=9), max_size=3),
            cancelled=st.booleans(),
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 1),
)
@example("Europe/London", [session(25, title="first")], 0)
@example("Europe/London", [session(25, title="second")], 1)
@settings(max_examples=40)
def test_random_programmes_are_read_back_without_loss(
    timezone: str, sessions: list[dict[str, Any]], fold: int
) -> None:
    for one in sessions:
        if timezone == "Europe/London" and one["starts_at"] == "2028-10-29T01:05":  # twice on that day
            one["starts_fold"] = fold
    before = read_programme({"sessions": sessions}, year=2028, timezone=timezone)
    values: dict[str, Any] = values_of(before)
    for number, one in enumerate(values["sessions"]):
        one["id"] = f"s{number}"
    made = document(values, timezone)

    jsonschema.Draft6Validator(SCHEMA).validate(made)
    back = programme_in(reading.values_of_schedule(made, timezone=timezone), timezone)
    assert by_id(back) == by_id(programme_in(values, timezone))
    through_csv = sheet.values_of_csv(sheet.as_csv(programme_in(values, timezone)))
    assert programme_in(through_csv.values, timezone).sessions == programme_in(values, timezone).sessions


def by_id(programme: Programme) -> dict[str, Any]:
    return {session.id: session for session in programme.sessions}


def test_schedule_xml_says_what_the_json_says() -> None:
    root = ET.fromstring(schedule_xml.xml_of(document()))

    assert [child.tag for child in root] == ["generator", "url", "version", "conference", "day", "day"]
    assert [room.get("name") for room in root.iter("room") if room.get("name") is not None][:3] == [
        "Great Hall", "Library", "Garden",
    ]  # fmt: skip
    opening = next(event for event in root.iter("event") if event.findtext("type") == "plenary")
    assert opening.findtext("title") == "Opening: =1+1 & <b>"
    assert opening.findtext("date") == "2028-10-28T09:15:00+01:00"
    assert [one.text for one in opening.iter("person")] == ["Ana Ruiz", "Bo Li", "Ana Ruiz"]
    assert opening.get("guid") == "00000000-0000-4000-8000-000000000000"


def test_schedule_xml_is_read_with_titles_times_rooms_and_people() -> None:
    file = files.read(schedule_xml.xml_of(document()), name="schedule.xml", timezone="Europe/London")

    found = programme_in(file.values).sessions
    assert [(one.title, one.starts_at, one.ends_at, one.room) for one in found] == [
        ("Opening: =1+1 & <b>", "2028-10-28T09:15", "2028-10-28T10:15", "Great Hall"),
        ("Cancelled: Between two days", "2028-10-28T23:30", "2028-10-29T01:30", ""),
        ("Return", "2028-10-29T23:59", "2028-10-30T00:29", ""),
    ]
    assert found[1].ends_fold == 1
    assert found[0].speakers == ("Ana Ruiz", "Bo Li", "Ana Ruiz")


def test_schedule_of_another_tool_is_read_in_the_halls_own_time() -> None:
    event = {
        "id": 25, "guid": "8079583e-8321-506c-95af-fd2903a5f075", "date": "2028-10-28T09:00:00+02:00",
        "start": "09:00", "duration": "00:30", "room": "Gray Room", "title": "Focus", "subtitle": "",
        "track": "Phased", "type": "Lecture", "abstract": "Short.", "description": "Long.",
        "persons": [{"id": 26, "public_name": "Brian Robinson"}], "links": [], "answers": [{"question": "id"}],
    }  # fmt: skip
    value = {"schedule": {"version": "1", "conference": {"days": [{"rooms": {"Gray Room": [event]}}]}}}

    (found,) = programme_in(reading.values_of_schedule(value, timezone="Europe/London")).sessions

    assert (found.starts_at, found.ends_at, found.kind) == ("2028-10-28T08:00", "2028-10-28T08:30", "talk")
    assert (found.room, found.track, found.speakers) == ("Gray Room", "Phased", ("Brian Robinson",))
    assert found.abstract == "Short.\n\nLong."


def test_room_without_end_is_one_whose_seats_nobody_counted() -> None:
    data = b'{"schedule": {"conference": {"rooms": [{"name": "Field", "capacity": 1e400}], "days": []}}}'

    found = files.read(data, name="a.json", timezone="Europe/London")

    assert programme_in(found.values).rooms == (RoomPlan("Field"),)


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (
            b"<!DOCTYPE a [<!ENTITY b 'c'>]><schedule>&b;</schedule>",
            "a.xml",
            "has a document type or entities (DOCTYPE, ENTITY), which are not taken here.",
        ),
        (b"<schedule", "a.xml", "is not XML that can be used here"),
        (b"<other/>", "a.xml", "not a schedule"),
        (b'{"schedule": {"conference": 1}}', "a.json", "This has to be a JSON object."),
        (
            b'{"schedule": {"conference": {"days": [{"rooms": {"a": [{}]}}]}}}',
            "a.json",
            "a time with its offset",
        ),
        (b'{"schedule": {"conference": {"days": {}}}}', "a.json", "This has to be a list"),
        (b"titel;kind\r\n", "a.csv", "The sheet has no column “title”."),
        (b"title,starts_at,ends_at,titel\r\n", "a.csv", "There is no column “titel” here."),
        (b"title,starts_at,ends_at,title\r\n", "a.csv", "The column “title” is there twice."),
        (
            "title,starts_at,ends_at\r\nCafé".encode("latin-1"),
            "a.csv",
            "Line 2: From here on it is not UTF-8",
        ),
        (b"x" * 2_000_001, "a.json", "larger than we take"),
    ],
)
def test_file_that_cannot_be_read_says_why(data: bytes, name: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        files.read(data, name=name, timezone="Europe/London")

    assert sentence in " ".join(fault.sentence for fault in refused.value.faults)


def test_sheet_is_read_back_without_loss_and_runs_in_no_spreadsheet() -> None:
    written = sheet.as_csv(programme_in(PROGRAMME))

    assert written.startswith(b"\xef\xbb\xbfid,title,kind")
    assert b"\n=" not in written
    assert b",=" not in written
    read = sheet.values_of_csv(written)
    assert programme_in(read.values).sessions == programme_in(PROGRAMME).sessions


def test_sheet_is_read_as_excel_writes_unicode_text() -> None:
    text = 'title\tstarts_at\tends_at\r\nZuhören; "jetzt"\t2028-10-28T09:00\t2028-10-28T10:00\r\n'

    file = files.read(text.encode("utf-16"), name="Programm.txt", timezone="UTC")

    assert file.values == {
        "sessions": [
            {
                "title": 'Zuhören; "jetzt"',
                "starts_at": "2028-10-28T09:00",
                "ends_at": "2028-10-28T10:00",
            }
        ]
    }


def test_fault_in_a_sheet_is_told_by_its_row() -> None:
    file = files.read(
        b"title;starts_at;ends_at\r\n;;\r\nA;2028-10-28T09:00;soon\r\n", name="A.CSV", timezone="UTC"
    )

    with pytest.raises(Invalid) as refused:
        programme_in(file.values, "UTC")

    assert file.told(refused.value).faults[0].field == "row 3, ends_at"
