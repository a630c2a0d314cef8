"""When the morning mail is due: working days, the reader's clock, also where that jumps; headline and keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from summit_service.desk import rules
from summit_service.errors import Invalid
from summit_service.waiting import Waiting, headline

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_morning_is_the_newest_hour_of_a_working_day() -> None:
    saturday, early = datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 3, 2, 7, 59, tzinfo=UTC)

    assert rules.last_morning("Etc/UTC", hour=8, now=MONDAY) == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert rules.last_morning("Etc/UTC", hour=8, now=saturday) == datetime(2026, 3, 6, 8, tzinfo=UTC)
    assert rules.last_morning("Etc/UTC", hour=8, now=early) == datetime(2026, 2, 27, 8, tzinfo=UTC)
    assert rules.next_morning("Etc/UTC", hour=8, now=saturday) == datetime(2026, 3, 9, 8, tzinfo=UTC)
    assert rules.next_morning("Etc/UTC", hour=8, now=MONDAY) == datetime(2026, 3, 3, 8, tzinfo=UTC)


def test_working_days_are_those_of_the_reader() -> None:
    sunday_in_utc = datetime(2026, 3, 1, 20, tzinfo=UTC)

    assert rules.last_morning("Pacific/Auckland", hour=8, now=sunday_in_utc) == datetime(
        2026, 3, 1, 19, tzinfo=UTC
    )
    assert rules.last_morning("America/Los_Angeles", hour=8, now=sunday_in_utc) == datetime(
        2026, 2, 27, 16, tzinfo=UTC
    )


def test_hour_is_the_clocks_before_and_after_it_changes() -> None:
    found = rules.mornings_between(
        "Europe/London",
        hour=8,
        after=datetime(2026, 3, 26, 12, tzinfo=UTC),
        until=datetime(2026, 3, 31, tzinfo=UTC),
    )

    assert found == [datetime(2026, 3, 27, 8, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)]


@pytest.mark.parametrize("day", [datetime(2026, 4, 24, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC)])
def test_hour_that_a_clock_skips_or_repeats_is_one_morning(day: datetime) -> None:
    """In Cairo it is on Friday that midnight is left out or comes twice."""
    after = day - timedelta(days=2)

    found = rules.mornings_between("Africa/Cairo", hour=0, after=after, until=day + timedelta(days=1))

    assert [at.astimezone(UTC).date() for at in found] in (
        [after.date(), (day - timedelta(days=1)).date()],
        [(day - timedelta(days=2)).date(), (day - timedelta(days=1)).date()],
    )
    assert all(
        timedelta(hours=22) < later - sooner < timedelta(hours=26) for sooner, later in pairwise(found)
    )


def test_mail_is_due_once_a_day_and_not_when_the_day_is_over() -> None:
    morning = datetime(2026, 3, 2, 8, tzinfo=UTC)
    friday, earlier_today = morning - timedelta(days=3), morning - timedelta(hours=1)

    assert rules.is_due(morning, "Etc/UTC", told_until=friday, now=MONDAY)
    assert not rules.is_due(morning, "Etc/UTC", told_until=morning, now=MONDAY)
    assert not rules.is_due(morning, "Etc/UTC", told_until=earlier_today, now=MONDAY)
    assert not rules.is_due(morning, "Etc/UTC", told_until=friday, now=morning + rules.LATE)


def test_hour_is_checked() -> None:
    assert rules.checked_hour("23") == 23
    for typed in ("24", "-1", "", "x", "²"):
        with pytest.raises(Invalid):
            rules.checked_hour(typed)


def test_headline_agrees_with_the_list() -> None:
    many, urgent = Waiting(2, "9 mails came back.", "/", "Go", count=9), Waiting(0, "Over.", "/", "Go")

    assert headline([]) == "Nothing waits for you."
    assert headline([many]) == "1 task waits for you."
    assert headline([urgent]) == "1 urgent task waits for you."
    assert headline([many, many]) == "2 tasks wait for you, the most urgent first."
    assert headline([urgent, many]) == "2 tasks wait for you, the most urgent first: 1 of them urgent."


def test_key_is_of_what_waits_and_not_of_its_words() -> None:
    one = Waiting(2, "3 mails came back.", "/desk/mails", "Read", count=3)

    assert one.key == Waiting(0, "4 mails came back.", "/desk/mails", "Read", count=4).key
    assert one.key != Waiting(2, "3 mails came back.", "/desk/mails", "Read", which="another").key
    assert len(one.key) == 20
