"""The window of the next days, and what is sorted into it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from summit_service.ahead import Ahead, day_by_day, next_days, number
from summit_service.digests.rules import dues_between
from summit_service.resources.rules import is_time_to_tell, time_to_tell

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_window_ends_with_the_fourteenth_day_where_the_network_is() -> None:
    across = next_days(datetime(2026, 3, 20, 23, 30, tzinfo=UTC), "Europe/Paris")

    assert next_days(NOON, "Etc/UTC").until == datetime(2026, 3, 17, tzinfo=UTC)
    assert across.until == datetime(2026, 4, 4, 22, tzinfo=UTC), (
        "it is the 21st in Paris, and summer time begins"
    )
    assert across.day_of(across.until - timedelta(seconds=1)) == date(2026, 4, 4)


def test_what_is_overdue_acts_at_once_and_what_comes_later_is_left_out() -> None:
    window = next_days(NOON, "Etc/UTC")
    evening = NOON.replace(hour=20)

    found = window.by_day([evening + timedelta(days=1), NOON - timedelta(days=9), evening, window.until])

    assert found == [(NOON, 2), (evening + timedelta(days=1), 1)]
    assert [window.holds(at) for at in (NOON, evening, window.until)] == [False, True, False]


def test_days_are_those_of_the_zone_in_the_order_of_the_clock() -> None:
    window = next_days(NOON, "Asia/Tokyo")
    late = Ahead(NOON + timedelta(hours=4), "tomorrow there", "/", "Go")
    soon = Ahead(NOON + timedelta(hours=1), "today", "/", "Go")
    never = Ahead(window.until, "after it", "/", "Go")

    days = day_by_day([late, never, soon], window)

    assert [(day.date, [item.sentence for item in day.items]) for day in days] == [
        (date(2026, 3, 2), ["today"]),
        (date(2026, 3, 3), ["tomorrow there"]),
    ]
    assert [number(count, "mail", "mails") for count in (1, 2)] == ["1 mail", "2 mails"]


def test_digests_ahead_follow_the_clock_of_the_reader() -> None:
    until = datetime(2026, 4, 6, tzinfo=UTC)

    weekly = dues_between("weekly", "America/New_York", hour=8, after=NOON, until=until)
    monthly = dues_between("monthly", "Europe/London", hour=0, after=NOON, until=until)

    assert [f"{at:%m-%d %H}" for at in weekly] == ["03-02 13", "03-09 12", "03-16 12", "03-23 12", "03-30 12"]
    assert [f"{at:%m-%d %H}" for at in monthly] == ["03-31 23"]
    assert dues_between("weekly", "Etc/UTC", hour=12, after=NOON, until=NOON + timedelta(days=7)) == []


def test_sharers_are_told_from_the_moment_that_is_foretold() -> None:
    for told in (None, NOON - timedelta(hours=2)):
        at = time_to_tell(NOON, told)

        assert is_time_to_tell(NOON, told, now=at)
        assert not is_time_to_tell(NOON, told, now=at - timedelta(seconds=1))
