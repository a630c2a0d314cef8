"""Wall time to instant, and times as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from summit_service import zones
from summit_service.errors import Invalid


@pytest.mark.parametrize(
    ("wall", "name", "expected"),
    [
        ("2027-03-04T09:00", "Europe/London", "2027-03-04T09:00+00:00"),
        ("2027-07-04T09:00", "Europe/London", "2027-07-04T08:00+00:00"),
        ("2027-07-04T09:00", "Asia/Kolkata", "2027-07-04T03:30+00:00"),
        ("2027-01-04T09:00", "Australia/Lord_Howe", "2027-01-03T22:00+00:00"),
        ("2027-01-04T09:00", "America/Los_Angeles", "2027-01-04T17:00+00:00"),
    ],
)
def test_instant_is_the_walls(wall: str, name: str, expected: str) -> None:
    found = zones.instant(datetime.fromisoformat(wall), name, field="starts_at")

    assert found == datetime.fromisoformat(expected)
    assert found.tzinfo is UTC


def test_skipped_hour_names_both_neighbours() -> None:
    with pytest.raises(Invalid) as refusal:
        zones.instant(datetime.fromisoformat("2027-03-28T01:30"), "Europe/London", field="starts_at")

    assert refusal.value.by_field() == {
        "starts_at": "01:30 does not exist on Sunday 28 March 2027 in London: the clocks go forward over it. "
        "Did you mean 00:30 or 02:30?"
    }


def test_repeated_hour_asks_which() -> None:
    wall = datetime.fromisoformat("2026-10-25T01:30")

    with pytest.raises(Invalid, match="happens twice"):
        zones.instant(wall, "Europe/London", field="starts_at")

    assert zones.instant(wall, "Europe/London", field="starts_at", fold=0).hour == 0
    assert zones.instant(wall, "Europe/London", field="starts_at", fold=1).hour == 1


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "GMT+25", "europe/london", "Factory", "../etc/passwd", "x" * 10_000]
)
def test_zone_unknown_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        zones.zone(name)

    assert list(refusal.value.by_field()) == ["timezone"]
    assert len(refusal.value.sentence) < 200


@pytest.mark.parametrize(
    "value",
    [
        "",
        "tomorrow",
        "2027-03-04",
        "2027-02-30T09:00",
        "2027-03-04T25:00",
        "2027-03-04T09:00+01:00",
        "0001-01-01T00:00",
    ],
)
def test_wall_time_unreadable_is_refused(value: str) -> None:
    with pytest.raises(Invalid):
        zones.parse_wall(value, field="starts_at")


def test_day_that_begins_at_one_has_a_start() -> None:
    # In Cairo the clocks skip midnight: the day begins at 01:00 local, 22:00 UTC.
    assert zones.day_start(date(2027, 4, 30), "Africa/Cairo") == datetime(2027, 4, 29, 22, 0, tzinfo=UTC)


def test_span_names_the_place() -> None:
    starts, ends = datetime(2027, 3, 4, 12, 30, tzinfo=UTC), datetime(2027, 3, 4, 13, 30, tzinfo=UTC)

    assert zones.long_span(starts, ends, "Europe/London") == "Thursday 4 March 2027, 12:30–13:30 London"
    assert zones.long_span(starts, ends, "Australia/Sydney") == (
        "Thursday 4 March 2027, 23:30 to Friday 5 March 2027, 00:30 Sydney"
    )


@pytest.mark.parametrize(
    ("moment", "name", "expected"),
    [
        ("2028-09-12T23:00", "Europe/London", "the end of Tuesday 12 September 2028 in London"),
        ("2028-09-13T12:00", "Etc/GMT+12", "the end of Tuesday 12 September 2028 anywhere on Earth"),
        ("2028-09-12T23:01", "Europe/London", "Wednesday 13 September 2028, 00:01 London"),
    ],
)
def test_deadline_at_midnight_is_the_end_of_the_day_before(moment: str, name: str, expected: str) -> None:
    instant = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert zones.long_deadline(instant, name) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-04-20", "2026-04-20", "Monday 20 April 2026"),
        ("2026-04-20", "2026-04-22", "20–22 April 2026"),
        ("2026-04-30", "2026-05-02", "30 April – 2 May 2026"),
        ("2026-12-30", "2027-01-02", "30 December 2026 – 2 January 2027"),
    ],
)
def test_day_span_is_short(first: str, last: str, expected: str) -> None:
    assert zones.day_span(date.fromisoformat(first), date.fromisoformat(last)) == expected


def test_anywhere_on_earth_has_a_name() -> None:
    assert zones.city("Etc/GMT+12") == "anywhere on Earth"
    assert zones.city("America/Argentina/Buenos_Aires") == "Buenos Aires"
    assert zones.city("Etc/UTC") == "UTC"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("London", "Europe/London"),
        ("europe/london", "Europe/London"),
        ("new york", "America/New_York"),
        ("Mars/Base", ""),
    ],
)
def test_zone_that_is_nearly_right_is_guessed(typed: str, meant: str) -> None:
    with pytest.raises(Invalid) as refused:
        zones.zone(typed)

    assert (
        f"Did you mean {meant}?" if meant else "Choose one such as Europe/London."
    ) in refused.value.sentence
