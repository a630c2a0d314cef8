"""Dates moved by whole weeks to another year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from summit_service.errors import Invalid
from summit_service.summits.rules.shifting import first_day, in_year, next_values

DAYS = some.dates(date(2000, 1, 1), date(2199, 12, 31))


@given(DAYS, some.integers(2000, 2199))
def test_first_day_keeps_the_weekday_and_stays_near_within_the_year(starts_on: date, year: int) -> None:
    found = first_day(starts_on, year)

    assert (found.year, found.weekday()) == (year, starts_on.weekday())
    assert abs((found.month * 31 + found.day) - (starts_on.month * 31 + starts_on.day)) <= 10


def test_first_day_of_a_leap_day_is_near_the_end_of_february() -> None:
    assert first_day(date(2028, 2, 29), 2030) == date(2030, 2, 26)


def test_first_day_out_of_reach_is_refused() -> None:
    with pytest.raises(Invalid):
        first_day(date(2026, 9, 14), 2200)


def test_next_values_move_everything_by_the_same_weeks() -> None:
    before = {
        "title": "Summit 2026", "theme": "", "host": "", "venue": "Hall 20261", "starts_on": "2026-09-14",
        "ends_on": "2026-09-16", "timezone": "Europe/London", "online_url": "https://meet.example/a",
        "in_person_capacity": 3, "online_capacity": 4, "registration_opens_at": "2026-03-02T09:00",
        "registration_closes_at": None,
    }  # fmt: skip

    after = next_values(before, year=2028)

    assert (after["title"], after["venue"], after["online_url"]) == ("Summit 2028", "Hall 20261", "")
    by = date.fromisoformat(str(after["starts_on"])) - date(2026, 9, 14)
    assert by % timedelta(weeks=1) == timedelta(0)
    assert after["ends_on"] == (date(2026, 9, 16) + by).isoformat()
    assert after["registration_opens_at"] == "2028-02-28T09:00"
    assert after["registration_closes_at"] is None


def test_in_year_changes_only_the_year_as_a_number_of_its_own() -> None:
    assert in_year("2026: room 12026, code 20261", before=2026, year=2028) == "2028: room 12026, code 20261"
