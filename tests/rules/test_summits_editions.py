"""What an edition may be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from summit_service.errors import Invalid
from summit_service.summits.rules.editions import check_cycle, read_edition, registration_state
from tests.factories_summits import EDITION


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"year": None}, "year", "The year is missing."),
        ({"year": "2026"}, "year", "The year has to be a whole number."),
        ({"year": 20260}, "year", "The year has to be between 2000 and 2199."),
        ({"year": 2028}, "starts_on", "The summit of 2028 has to begin in 2028."),
        ({"title": " "}, "title", "The title is missing."),
        ({"starts_on": ""}, "starts_on", "The first day is missing."),
        ({"ends_on": "15 September"}, "ends_on", "Give a day such as 2027-03-04."),
        ({"ends_on": "2026-09-13"}, "ends_on", "The last day is before the first."),
        ({"ends_on": "2026-10-15"}, "ends_on", "A summit lasts 31 days at most."),
        ({"timezone": ""}, "timezone", "The time zone is missing."),
        (
            {"in_person_capacity": -1},
            "in_person_capacity",
            "The places in person has to be between 0 and 100,000.",
        ),
        (
            {"online_url": "javascript:x"},
            "online_url",
            "The online address has to begin with https:// and name a host.",
        ),
        (
            {"online_url": "https://[x"},
            "online_url",
            "The online address has to begin with https:// and name a host.",
        ),
        (
            {"registration_opens_at": "2026-06-01"},
            "registration_opens_at",
            "Give a time of day too, such as 2027-03-04T09:00.",
        ),
        (
            {"registration_opens_at": "2026-09-16T00:00"},
            "registration_opens_at",
            "Registration has to open before it closes.",
        ),
        (
            {"registration_closes_at": "2026-09-16T00:01"},
            "registration_closes_at",
            "Registration has to close by the end of the last day.",
        ),
        (
            {"registration_opens_at": "2026-03-29T01:30"},
            "registration_opens_at",
            "01:30 does not exist on Sunday 29 March 2026 in London: the clocks go forward over it. "
            "Did you mean 00:30 or 02:30?",
        ),
    ],
)
def test_faulty_edition_is_told_by_field(changed: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_edition({**EDITION, **changed})

    assert refused.value.by_field() == {field: sentence}


def test_edition_without_places_offers_none() -> None:
    plan = read_edition(
        {name: EDITION[name] for name in ("year", "title", "starts_on", "ends_on", "timezone")}
    )

    assert (plan.in_person_capacity, plan.online_capacity, plan.starts_on) == (0, 0, date(2026, 9, 14))


def test_window_in_a_repeated_hour_is_read_in_the_readers_favour() -> None:
    autumn = {"starts_on": "2026-10-24", "ends_on": "2026-10-26"}

    plan = read_edition(
        {
            **EDITION,
            **autumn,
            "registration_opens_at": "2026-10-25T01:30",
            "registration_closes_at": "2026-10-25T01:45",
        }
    )

    assert plan.registration_opens_instant == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert plan.registration_closes_instant == datetime(2026, 10, 25, 1, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("year", "others", "is_off"),
    [
        (2026, [], False),
        (2028, [2024, 2026], False),
        (2024, [2026], False),
        (2027, [2026], True),
        (2030, [2026], True),
    ],
)
def test_summits_are_two_years_apart(year: int, others: list[int], is_off: bool) -> None:
    assert check_cycle(year, others=others, is_off_cycle=True) == is_off
    if is_off:
        with pytest.raises(Invalid, match="comes 2028"):
            check_cycle(year, others=others, is_off_cycle=False)
    else:
        assert not check_cycle(year, others=others, is_off_cycle=False)


ANNOUNCED, OPENS, CLOSES = (datetime(2026, month, 1, tzinfo=UTC) for month in (2, 4, 6))


@pytest.mark.parametrize(
    ("announced", "opens", "month", "state"),
    [
        (None, None, 3, "not_yet"),
        (ANNOUNCED, None, 1, "not_yet"),
        (ANNOUNCED, None, 2, "open"),
        (ANNOUNCED, OPENS, 3, "not_yet"),
        (ANNOUNCED, OPENS, 4, "open"),
        (ANNOUNCED, OPENS, 6, "closed"),
    ],
)
def test_registration_is_open_from_its_first_moment_to_before_its_last(
    announced: datetime | None, opens: datetime | None, month: int, state: str
) -> None:
    now = datetime(2026, month, 1, tzinfo=UTC)

    assert registration_state(announced_at=announced, opens=opens, closes=CLOSES, now=now) == state
