"""Reading a programme, and which of its sessions are known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies

from summit_service.errors import Invalid
from summit_service.summits.rules.intake import read_programme
from summit_service.summits.rules.matching import Known, match
from summit_service.summits.rules.programme import Programme, SessionPlan, values_of
from summit_service.summits.rules.warnings import warnings_of
from tests.factories_summits import programme, real_programme, session


def read(value: object, *, timezone: str = "Europe/London") -> Programme:
    return read_programme(value, year=2026, timezone=timezone)


def faults(value: object, *, timezone: str = "Europe/London") -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read(value, timezone=timezone)
    return refused.value.by_field()


def warned(*sessions: dict[str, Any], **parts: Any) -> list[tuple[str, str]]:
    found = warnings_of(
        read(programme(*sessions, **parts)), starts_on=date(2026, 9, 14), ends_on=date(2026, 9, 15)
    )
    return [(one.kind, one.sentence) for one in found]


def test_programme_written_and_read_again_is_the_same() -> None:
    once = read(real_programme())

    again = read(json.loads(json.dumps(values_of(once))))

    assert again == once


def test_lists_that_are_left_out_are_made_from_the_sessions() -> None:
    found = read({"sessions": [session(track="Policy", speakers=["Ana"], chairs=["Bo", "Ana"])]})

    assert [room.name for room in found.rooms] == ["Great Hall"]
    assert found.tracks == ("Policy",)
    assert [speaker.name for speaker in found.speakers] == ["Ana", "Bo"]


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"room": "Attic"}, "room", "There is no room “Attic” in this programme."),
        ({"track": "Art"}, "track", "There is no track “Art” in this programme."),
        ({"speakers": ["Ana", "Nobody"]}, "speakers/1", "There is no speaker “Nobody” in this programme."),
        ({"chairs": ["Nobody"]}, "chairs/0", "There is no speaker “Nobody” in this programme."),
        ({"title": ""}, "title", "The title is missing."),
        ({"title": None}, "title", "The title is missing."),
        ({"title": 7}, "title", "The title has to be text."),
        ({"title": "x" * 10_000}, "title", "The title has 10,000 characters; 200 is the most it can have."),
        (
            {"title": "a\nb"},
            "title",
            "The title has a character that cannot be shown (a line break or a control character).",
        ),
        ({"starts_at": "tomorrow"}, "starts_at", "Give a day and a time such as 2027-03-04T09:00."),
        ({"starts_at": None}, "starts_at", "The beginning is missing."),
        ({"ends_at": "2026-09-14T09:00"}, "ends_at", "The session ends before it begins."),
        (
            {"ends_at": "2026-09-15T09:01"},
            "ends_at",
            "A session lasts 24 hours at most. Make one for each day.",
        ),
        ({"capacity": 0}, "capacity", "The capacity has to be between 1 and 100,000."),
        ({"capacity": True}, "capacity", "The capacity has to be a whole number."),
        ({"capacity": 10**400}, "capacity", "The capacity has to be between 1 and 100,000."),
        ({"cancelled": "no"}, "cancelled", "The mark for a cancelled session has to be true or false."),
        ({"speakers": {"a": 1}}, "speakers", "The list of speakers has to be a list."),
        ({"speakers": [["Ana"]]}, "speakers/0", "The list of speakers has to be text."),
        (
            {"id": "Not A Slug"},
            "id",
            "An id has small letters, digits and single hyphens alone, such as opening-plenary.",
        ),
        ({"rom": "x"}, "rom", "There is no field “rom” here. Did you mean “room”?"),
    ],
)
def test_faulty_session_is_told_under_its_pointer(changed: dict[str, Any], field: str, sentence: str) -> None:
    bad = programme(session("Fine"), session(**{"title": "Bad", **changed}), tracks=[], speakers=["Ana"])

    assert faults(bad) == {f"sessions/1/{field}": sentence}


def test_unknown_kind_lists_the_known_ones() -> None:
    sentence = faults(programme(session(kind="lecture")))["sessions/0/kind"]

    assert sentence.startswith("The kind has to be one of plenary, keynote, talk")


@pytest.mark.parametrize(
    ("value", "field", "sentence"),
    [
        ([], "", "A programme has to be a JSON object."),
        ("x", "", "A programme has to be a JSON object."),
        ({"sessions": {}}, "sessions", "The list of sessions has to be a list."),
        ({"sessions": [1]}, "sessions/0", "The list of sessions: item 1 has to be an object."),
        ({"year": 2028}, "year", "This programme is for another year; the summit here is the one of 2026."),
        ({"room": []}, "room", "There is no field “room” here. Did you mean “rooms”?"),
        (
            {"rooms": ["A", "A"]},
            "rooms/1/name",
            "There are two rooms called “A”. Give one of them another name.",
        ),
        ({"rooms": [{"capacity": 3}]}, "rooms/0/name", "The room's name is missing."),
        ({"tracks": [5]}, "tracks/0", "The list of tracks: item 1 has to be an object."),
        (
            {"sessions": [{}] * 1001},
            "sessions",
            "The list of sessions has 1,001 entries; 1,000 is the most it can have.",
        ),
    ],
)
def test_faulty_programme_is_told_under_its_pointer(value: object, field: str, sentence: str) -> None:
    assert faults(value)[field] == sentence


def test_two_sessions_with_one_id_are_a_fault() -> None:
    bad = programme(session("One", id="same"), session("Two", id="same"))

    assert faults(bad) == {"sessions/1/id": "Another session has the id “same” already."}


def test_hour_that_the_clocks_skip_is_a_fault() -> None:
    early = session(starts_at="2026-03-29T01:30", ends_at="2026-03-29T03:00")

    assert "Did you mean 00:30 or 02:30?" in faults(programme(early))["sessions/0/starts_at"]


@pytest.mark.parametrize(("fold", "hour"), [(0, 0), (1, 1)])
def test_hour_that_the_clocks_repeat_has_to_say_which(fold: int, hour: int) -> None:
    night = session(starts_at="2026-10-25T01:30", ends_at="2026-10-25T03:00")

    said = read(programme({**night, "starts_fold": fold})).sessions[0]

    assert "happens twice" in faults(programme(night))["sessions/0/starts_at"]
    assert said.starts == datetime.fromisoformat(f"2026-10-25T{hour:02}:30+00:00")


json_values = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(max_size=8),
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(
            strategies.sampled_from(
                ["sessions", "rooms", "title", "starts_at", "ends_at", "speakers", "name", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_read_or_refused(value: object) -> None:
    try:
        found: object = read(value)
    except Invalid as refused:
        found = refused.faults

    assert found


def plans(*sessions: dict[str, Any]) -> list[SessionPlan]:
    return list(read({"sessions": list(sessions)}).sessions)


def known(*sessions: dict[str, Any], removed: bool = False) -> list[Known]:
    return [Known(plan, removed) for plan in plans(*sessions)]


LATER = {"starts_at": "2026-09-14T11:00", "ends_at": "2026-09-14T12:00"}


@pytest.mark.parametrize(
    ("after", "is_same"),
    [
        (session("ROE", id="roe"), True),
        (session("All else", id="roe", room="Library", **LATER), True),
        (session("ROE", room="Library", **LATER), True),
        (session("roe"), True),
        (session("ROE", kind="workshop", room="Library", **LATER), True),
        (session("New name"), True),
        (session("New name", **LATER), False),
        (session("New name", room="Library"), False),
    ],
)
def test_session_is_the_same_by_id_title_or_place(after: dict[str, Any], is_same: bool) -> None:
    before = known(session("ROE", id="roe"))

    assert match(plans(after), before) == ({0: 0} if is_same else {})


def test_sessions_with_one_title_stay_with_their_hours() -> None:
    before = known(session("Posters"), session("Posters", **LATER))

    assert match(plans(session("Posters", **LATER), session("Posters")), before) == {0: 1, 1: 0}


def test_known_session_is_used_once() -> None:
    assert match(plans(session("ROE"), session("ROE", room="Library")), known(session("ROE"))) == {0: 0}


def test_removed_session_comes_back_by_its_title_but_not_by_its_place() -> None:
    before = known(session("ROE", id="roe"), removed=True)

    assert match(plans(session("ROE")), before) == {0: 0}
    assert match(plans(session("New name", id="roe")), before) == {0: 0}
    assert match(plans(session("New name")), before) == {}


def test_room_twice_at_once_is_warned_of() -> None:
    assert warned(session("One"), session("Two", starts_at="2026-09-14T09:59")) == [
        (
            "room_twice",
            "Great Hall is used twice at once: “One” (14 September, 09:00–10:00) and "
            "“Two” (14 September, 09:59–10:00).",
        )
    ]


def test_room_used_back_to_back_is_fine() -> None:
    after = session("Two", starts_at="2026-09-14T10:00", ends_at="2026-09-14T11:00")

    assert warned(session("One"), after) == []


def test_long_session_clashes_with_each_within_it() -> None:
    long = session("All day", ends_at="2026-09-14T17:00")
    within = [
        session(f"At {hour}", starts_at=f"2026-09-14T{hour}:00", ends_at=f"2026-09-14T{hour}:30")
        for hour in (11, 13)
    ]

    assert [kind for kind, _ in warned(long, *within)] == ["room_twice"] * 2


def test_speaker_twice_at_once_is_warned_of_in_any_part() -> None:
    found = warned(session("One", speakers=["Ana"]), session("Two", room="Library", chairs=["Ana"]))

    assert [kind for kind, _ in found] == ["speaker_twice"]
    assert found[0][1].startswith("Ana is in two sessions at once: “One”")


def test_speaker_who_chairs_the_same_session_is_fine() -> None:
    assert warned(session("One", speakers=["Ana"], chairs=["Ana"])) == []


def test_session_outside_the_edition_is_warned_of() -> None:
    early = session("Early", starts_at="2026-09-13T18:00", ends_at="2026-09-13T19:00")

    assert warned(early) == [
        ("outside_edition", "“Early” is on Sunday 13 September 2026; the summit is 14–15 September 2026.")
    ]


@pytest.mark.parametrize("kind", ["plenary", "debate", "panel"])
def test_missing_chair_is_warned_of(kind: str) -> None:
    assert warned(session("One", kind=kind)) == [("no_chair", f"The {kind} “One” has no chair.")]
    assert warned(session("One", kind=kind, chairs=["Ana"])) == []


def test_room_that_is_too_small_is_warned_of() -> None:
    assert warned(session("One", room="Library", capacity=26)) == [
        ("room_too_small", "“One” takes 26 people; Library has 25 seats.")
    ]
    assert warned(session("One", room="Library", capacity=25)) == []


def test_cancelled_session_is_not_warned_of() -> None:
    assert warned(session("One"), session("Two", kind="panel", capacity=999, cancelled=True)) == []


def test_warnings_name_their_sessions() -> None:
    found = read(programme(session("One"), session("Two")))
    named = replace(found, sessions=tuple(replace(one, id=one.title.lower()) for one in found.sessions))

    [warning] = warnings_of(named, starts_on=date(2026, 9, 14), ends_on=date(2026, 9, 15))

    assert warning.sessions == ("one", "two")


def test_a_speaker_with_under_five_minutes_to_another_room_is_warned_of() -> None:
    first = session("A", speakers=["Ana"])
    late = {"starts_at": "2026-09-14T10:04", "ends_at": "2026-09-14T10:30", "speakers": ["Ana"]}

    told = warned(first, session("B", room="Library", **late))
    same_room = warned(first, session("B", **late))
    enough = warned(first, session("B", room="Library", **{**late, "starts_at": "2026-09-14T10:05"}))

    pair = "“A” (14 September, 09:00–10:00) and “B” (14 September, 10:04–10:30)"
    assert told == [("short_change", f"Ana has 4 minutes to change rooms: {pair}.")]
    assert (same_room, enough) == ([], [])
