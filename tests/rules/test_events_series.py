"""Recurrence: the real series, each refusal, bounded time, and agreement with another library."""

from __future__ import annotations

import datetime as datetime_module
import time
import timeit
from datetime import date, datetime, timedelta
from unittest import mock

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from summit_service.errors import Invalid
from summit_service.events import series
from summit_service.events.phrases import recurrence_words, same_weekday_rule
from summit_service.events.recurrence import WEEKDAYS, read_rule
from tests.factories_events import FIRST_THURSDAYS

NEW_YEAR = datetime(2026, 1, 1, 12, 30)  # noqa: DTZ001 - wall times have no zone


def days_of(text: str, first: datetime, start: date, end: date) -> list[date]:
    return list(series.days(read_rule(text, timezone="Europe/London")[1], first, start=start, end=end))


def test_first_thursdays_are_those_of_the_published_series() -> None:
    days = days_of(FIRST_THURSDAYS, NEW_YEAR, date(2026, 1, 1), date(2026, 12, 31))

    assert [(day.month, day.day) for day in days] == [
        (1, 1), (2, 5), (3, 5), (4, 2), (5, 7), (6, 4), (7, 2), (9, 3), (10, 1), (11, 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "such as FREQ=MONTHLY"),
        ("INTERVAL=2", "must have FREQ"),
        ("weekly", "such as FREQ=MONTHLY"),
        ("FREQ=HOURLY", "nothing shorter than a day"),
        ("FREQ=MINUTELY", "nothing shorter than a day"),
        ("FREQ=WEEKLY;BYHOUR=9,10", "not taken here"),
        ("FREQ=WEEKLY;FREQ=DAILY", "twice"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20270101", "not by both"),
        ("FREQ=WEEKLY;COUNT=0", "number from 1"),
        ("FREQ=WEEKLY;INTERVAL=0", "number from 1"),
        ("FREQ=WEEKLY;INTERVAL=-1", "number from 1"),
        ("FREQ=DAILY;COUNT=1000000", "1,000 dates at the most"),
        ("FREQ=DAILY;COUNT=99999999999999999999", "1,000 dates at the most"),
        ("FREQ=WEEKLY;UNTIL=soon", "such as 20271231"),
        ("FREQ=WEEKLY;UNTIL=99991231", "between 1900"),
        ("FREQ=WEEKLY;BYDAY=XX", "write MO to SU"),
        ("FREQ=WEEKLY;BYDAY=1TH", "MONTHLY or YEARLY only"),
        ("FREQ=MONTHLY;BYDAY=6TH", "at most five"),
        ("FREQ=MONTHLY;BYDAY=1TH;BYMONTHDAY=1", "not both"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "1 to 31"),
        ("FREQ=MONTHLY;BYMONTH=0", "1 to 12"),
        ("FREQ=MONTHLY;BYSETPOS=1", "goes with"),
        ("FREQ=WEEKLY;WKST=XX", "MO to SU"),
        ("FREQ=WEEKLY\r\nATTENDEE:mailto:x@example.org", "such as FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 500), "characters"),
    ],
)
def test_rule_that_no_calendar_would_take_is_refused(text: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_rule(text, timezone="Europe/London")

    assert words in refusal.value.by_field()["recurrence"]


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
        "FREQ=YEARLY;BYDAY=MO;BYSETPOS=300",
    ],
)
def test_rule_that_never_matches_is_refused_in_a_moment(text: str) -> None:
    rule = read_rule(text, timezone="Europe/London")[1]
    began = time.perf_counter()

    with pytest.raises(Invalid) as refusal:
        series.check_starts_with(rule, NEW_YEAR)

    assert "No day fits" in refusal.value.sentence
    assert time.perf_counter() - began < 5


def test_first_day_outside_its_rule_is_refused_with_one_that_fits() -> None:
    rule = read_rule("FREQ=MONTHLY;BYDAY=2TH", timezone="Europe/London")[1]

    with pytest.raises(Invalid) as refusal:
        series.check_starts_with(rule, NEW_YEAR)

    assert "2026-01-08" in refusal.value.by_field()["starts_at"]


def test_series_with_too_many_dates_is_refused() -> None:
    rule = read_rule("FREQ=DAILY;UNTIL=21991231", timezone="Europe/London")[1]

    with pytest.raises(Invalid) as refusal:
        series.last_day(rule, NEW_YEAR)

    assert "1,000 dates at the most" in refusal.value.sentence


def test_count_that_runs_out_of_the_calendar_is_refused() -> None:
    rule = read_rule("FREQ=YEARLY;COUNT=500", timezone="Europe/London")[1]

    with pytest.raises(Invalid) as refusal:
        series.last_day(rule, NEW_YEAR)

    assert "past the year 2200" in refusal.value.sentence


def test_endless_series_costs_bounded_time_far_from_its_start() -> None:
    def days() -> list[date]:
        return days_of("FREQ=DAILY", NEW_YEAR, date(2190, 5, 1), date(2190, 5, 3))

    quickest = min(timeit.repeat(days, number=1, repeat=5))

    assert len(days()) == 3
    assert quickest < 0.05


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260129", date(2026, 1, 29)),
        ("20260129T123000", date(2026, 1, 29)),
        ("20260129T122959", date(2026, 1, 22)),
        ("20260129T123000Z", date(2026, 1, 29)),
        ("20260129T112959Z", date(2026, 1, 22)),
    ],
)
def test_until_is_a_day_a_wall_time_or_an_instant(until: str, last: date) -> None:
    rule = read_rule(f"FREQ=WEEKLY;UNTIL={until}", timezone="Europe/London")[1]

    assert series.last_day(rule, NEW_YEAR) == last


def test_until_in_utc_is_read_in_the_zone_of_the_event() -> None:
    # 11:30 UTC in July is 12:30 in London: the date of that day still counts.
    rule = read_rule("FREQ=WEEKLY;UNTIL=20260709T113000Z", timezone="Europe/London")[1]

    assert series.last_day(rule, datetime(2026, 7, 2, 12, 30)) == date(2026, 7, 9)  # noqa: DTZ001


NUMBERS = st.integers(min_value=1, max_value=3)
MONTHS = st.lists(st.integers(min_value=1, max_value=12), min_size=1, max_size=4, unique=True)
MONTH_DAYS = st.lists(
    st.integers(min_value=-31, max_value=31).filter(bool), min_size=1, max_size=4, unique=True
)
PLAIN_DAYS = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True)
# Of “MO,1MO” the other library takes the first Monday alone; RFC 5545 takes what either part names.
NTH_DAYS = PLAIN_DAYS | st.lists(
    st.tuples(st.sampled_from(["1", "2", "-1", "5"]), st.sampled_from(WEEKDAYS)).map("".join),
    min_size=1,
    max_size=3,
    unique=True,
)


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(NUMBERS)}"]
    if draw(st.booleans()):
        parts.append("BYMONTH=" + ",".join(map(str, draw(MONTHS))))
    kind = draw(st.sampled_from(["", "days", "month days"]))
    if kind == "days":
        nth = frequency in {"MONTHLY", "YEARLY"}
        parts.append("BYDAY=" + ",".join(draw(NTH_DAYS if nth else PLAIN_DAYS)))
        if draw(st.booleans()):
            parts.append(f"BYSETPOS={draw(st.sampled_from([1, 2, -1]))}")
    elif kind == "month days" and frequency != "WEEKLY":
        parts.append("BYMONTHDAY=" + ",".join(map(str, draw(MONTH_DAYS))))
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    return ";".join(parts)


@settings(max_examples=60, deadline=None)
@given(rules(), st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 800))
def test_days_are_those_of_another_library(text: str, first: date, ahead: int) -> None:
    begin = datetime(first.year, first.month, first.day, 9)  # noqa: DTZ001
    # Of a first week that has begun already, the other library numbers the rest alone; RFC 5545 the whole week.
    assume("WEEKLY" not in text or "BYSETPOS" not in text or first.weekday() == _week_start(text))
    end = begin + timedelta(days=800)

    found = days_of(text, begin, first, end.date())
    later = days_of(text, begin, first + timedelta(days=ahead), end.date())

    expected = [moment.date() for moment in _by_dateutil(text, begin, end)]
    assert found == expected
    assert later == [day for day in expected if day >= first + timedelta(days=ahead)]


def _week_start(text: str) -> int:
    return read_rule(text, timezone="Etc/UTC")[1].week_start


def _by_dateutil(text: str, begin: datetime, end: datetime) -> list[datetime]:
    # Where nothing matches it scans on to the last year there is; let that be a near one.
    with mock.patch.object(datetime_module, "MAXYEAR", end.year + 1):
        return list(rrulestr(f"{text};UNTIL={end:%Y%m%dT%H%M%S}", dtstart=begin))


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.sets(st.integers(1, 12), max_size=6))
def test_same_weekday_rule_begins_on_its_day(day: date, left_out: set[int]) -> None:
    first = datetime(day.year, day.month, day.day)  # noqa: DTZ001
    rule = read_rule(
        same_weekday_rule(day, months_left_out=tuple(left_out - {day.month})), timezone="Etc/UTC"
    )[1]

    series.check_starts_with(rule, first)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FIRST_THURSDAYS, "On the first Thursday of each month except August and December"),
        ("FREQ=WEEKLY", "Each week on Thursday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "Every 2 weeks on Tuesday and Thursday"),
        ("FREQ=DAILY;COUNT=5", "Each day, 5 times"),
        ("FREQ=MONTHLY", "On day 1 of each month"),
        ("FREQ=MONTHLY;BYDAY=-1FR;BYMONTH=3,6", "On the last Friday of each month in March and June"),
        ("FREQ=YEARLY;UNTIL=20301231", "On 1 January of each year, until 31 December 2030"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15,-1", "On day 1 and 15 and the last day of each month"),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=1MO", "On the first Monday of May of each year"),
        ("FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=5", "On 5 March and September of each year"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "On the last working day of each month"),
        ("FREQ=DAILY;BYMONTH=1,2,3,4,5,6,7,9,10,11,12", "Each day except August"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "By the rule FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"),
    ],
)
def test_recurrence_is_told_in_words(text: str, words: str) -> None:
    assert recurrence_words(text, timezone="Europe/London", first_day=date(2026, 1, 1)) == words
