"""A recurrence as people say it: to a rule and back, faults beside their fields, and rules that it cannot say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summit_service.errors import Invalid
from summit_service.events import patterns, series
from summit_service.events.patterns import Pattern
from summit_service.events.preview import preview_of
from summit_service.events.recurrence import WEEKDAYS, read_rule
from tests.factories_events import FIRST_THURSDAYS, make_details
from tests.rules.test_events_series import rules

THURSDAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"unit": "weekly"}, "FREQ=WEEKLY"),
        ({"unit": "daily", "every": "3", "count": "5"}, "FREQ=DAILY;INTERVAL=3;COUNT=5"),
        (
            {"unit": "weekly", "every": "2", "weekdays": ("TH", "TU"), "ends": "on", "until": "2026-12-31"},
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20261231",
        ),
        ({"unit": "monthly"}, "FREQ=MONTHLY;BYDAY=1TH"),
        ({"unit": "monthly", "months_left_out": ("8", "12")}, FIRST_THURSDAYS),
        (
            {"unit": "monthly", "on": "weekday", "nth": "-1", "weekday": "FR", "months_left_out": ("8",)},
            "FREQ=MONTHLY;BYDAY=-1FR;BYMONTH=1,2,3,4,5,6,7,9,10,11,12",
        ),
        ({"unit": "monthly", "on": "day", "month_day": "15"}, "FREQ=MONTHLY;BYMONTHDAY=15"),
        ({"unit": "yearly"}, "FREQ=YEARLY"),
        ({"unit": "yearly", "on": "weekday", "nth": "1", "weekday": "MO"}, "FREQ=YEARLY;BYMONTH=1;BYDAY=1MO"),
    ],
)
def test_pattern_is_the_rule_that_was_said(said: dict[str, Any], text: str) -> None:
    assert patterns.rule_of(Pattern(**said), THURSDAY) == text


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"unit": "weekly", "every": "0"}, "every"),
        ({"unit": "weekly", "every": "²"}, "every"),
        ({"unit": "weekly", "ends": "after"}, "count"),
        ({"unit": "weekly", "ends": "on"}, "until"),
        ({"unit": "weekly", "ends": "never", "until": "2026-12-31"}, "ends"),
        ({"unit": "monthly", "on": "weekday", "nth": "1"}, "nth"),
        ({"unit": "monthly", "on": "first", "nth": "1"}, "on"),
        ({"unit": "monthly", "on": "day", "month_day": "32"}, "month_day"),
        ({"unit": "weekly", "months_left_out": tuple(map(str, range(1, 13)))}, "months_left_out"),
    ],
)
def test_pattern_with_a_fault_says_where(said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        patterns.rule_of(Pattern(**said), THURSDAY)

    assert list(refusal.value.by_field()) == [field]


@settings(max_examples=150, deadline=None)
@given(
    rules(),
    st.dates(date(2000, 1, 1), date(2060, 1, 1)),
    st.sampled_from(["", ";COUNT=7", ";UNTIL=20701231"]),
)
def test_rule_is_never_lost_by_the_form(text: str, first: date, ending: str) -> None:
    pattern = patterns.pattern_of(text + ending, timezone="Europe/London", first_day=first)

    if pattern is not None:
        begin = datetime(first.year, first.month, first.day, 9)  # noqa: DTZ001
        again = patterns.rule_of(pattern, first)
        end = first.replace(year=first.year + 4, day=1)
        before, after = (
            list(series.days(read_rule(one, timezone="Europe/London")[1], begin, start=first, end=end))
            for one in (text + ending, again)
        )
        assert after == before


def test_rule_that_the_form_cannot_say_stays_a_rule() -> None:
    text = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"

    assert patterns.pattern_of(text, timezone="Europe/London", first_day=THURSDAY) is None


@pytest.mark.parametrize("nth", range(1, 5))
@pytest.mark.parametrize("day", WEEKDAYS)
def test_each_weekday_of_the_month_comes_back_as_it_was_said(nth: int, day: str) -> None:
    said = Pattern(unit="monthly", on="weekday", nth=str(nth), weekday=day, ends="never")

    text = patterns.rule_of(said, THURSDAY)

    assert patterns.pattern_of(text, timezone="Europe/London", first_day=THURSDAY) == said


def test_preview_shows_ten_dates_with_what_is_unusual_about_them() -> None:
    details = make_details(
        starts_at="2026-01-01T12:30",
        ends_at="2026-01-01T13:30",
        recurrence=FIRST_THURSDAYS,
        excluded=("2026-06-04T12:30",),
    )

    found = preview_of(details, now=datetime(2026, 1, 10, tzinfo=UTC))

    assert found.words == "On the first Thursday of each month except August and December"
    assert [one.first_day.isoformat() for one in found.dates if not one.is_off] == [
        "2026-02-05", "2026-03-05", "2026-04-02", "2026-05-07", "2026-07-02", "2026-09-03", "2026-10-01",
        "2026-11-05", "2027-01-07", "2027-02-04",
    ]  # fmt: skip
    assert {one.first_day.isoformat(): one.note for one in found.dates if one.note} == {
        "2026-04-02": "the clocks have gone forward since: UTC+1",
        "2026-06-04": "left out",
        "2026-11-05": "the clocks have gone back since: UTC+0",
    }
    assert found.has_more


def test_preview_says_what_becomes_of_an_hour_that_is_skipped() -> None:
    details = make_details(
        starts_at="2026-03-22T01:30", ends_at="2026-03-22T02:00", recurrence="FREQ=WEEKLY;COUNT=2"
    )

    found = preview_of(details, now=datetime(2026, 1, 10, tzinfo=UTC))

    assert "01:30 does not exist on that day, so it is held at 02:30" in found.dates[1].note
    assert not found.has_more
