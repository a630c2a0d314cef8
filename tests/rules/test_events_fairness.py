"""Whose day an online event is in: by the clocks of that day, and which hours suit more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summit_service.events.fairness import APART, fairness_of, is_awake

ZONES = [
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "America/Sao_Paulo",
    "Asia/Tokyo",
]
starts_at = st.integers(0, 6 * 365 * 48).map(
    lambda halves: datetime(2024, 1, 1, tzinfo=UTC) + halves * timedelta(minutes=30)
)
lengths = st.integers(1, 12).map(lambda halves: timedelta(minutes=30 * halves))
members_by_zone = st.dictionaries(st.sampled_from(ZONES), st.integers(1, 9), min_size=1)


@pytest.mark.parametrize(
    ("first", "last", "is_day"),
    [
        ("07:00", "08:00", True),
        ("06:59", "08:00", False),
        ("20:00", "21:00", True),
        ("20:00", "21:01", False),
        ("21:00", "22:00", False),
    ],
)
def test_waking_hours_have_both_ends(first: str, last: str, is_day: bool) -> None:
    moments = [datetime.fromisoformat(f"2026-04-20T{text}+01:00") for text in (first, last)]

    assert is_awake(moments[0], moments[1], "Europe/London") is is_day


def test_clocks_are_those_of_the_day() -> None:
    winter, summer = datetime(2026, 1, 8, 6, tzinfo=UTC), datetime(2026, 7, 9, 6, tzinfo=UTC)

    found = [is_awake(at, at + timedelta(hours=1), "Europe/London") for at in (winter, summer)]

    assert found == [False, True]


def test_better_hours_are_suggested() -> None:
    late = datetime(2026, 4, 20, 20, tzinfo=UTC)

    found = fairness_of(
        late, late + timedelta(hours=1), {"Europe/London": 3, "Asia/Kolkata": 2}, zone="Europe/London"
    )

    assert (found.awake, found.members) == (0, 5)
    assert [(at.starts, at.awake) for at in found.better] == [
        (datetime(2026, 4, 20, 14, 30, tzinfo=UTC), 5),
        (datetime(2026, 4, 20, 12, 30, tzinfo=UTC), 5),
    ]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(starts_at, lengths, members_by_zone, st.sampled_from(ZONES))
def test_fairness_counts_each_member_once_and_only_suggests_what_is_better(
    starts: datetime, length: timedelta, members: dict[str, int], zone: str
) -> None:
    found = fairness_of(starts, starts + length, members, zone=zone)

    assert found.awake == sum(members[name] for name in members if is_awake(starts, starts + length, name))
    assert sum(line.members for line in found.lines) == found.members == sum(members.values())
    offsets = [line.starts.utcoffset() or timedelta() for line in found.lines]
    assert offsets == sorted(offsets, reverse=True)
    here = starts.astimezone(ZoneInfo(zone)).date()
    for one in found.better:
        assert found.awake < one.awake <= found.members
        assert one.starts.astimezone(ZoneInfo(zone)).date() == here
        assert one.ends - one.starts == length
        assert is_awake(one.starts, one.ends, zone)
    assert len(found.better) <= 2
    assert len(found.better) < 2 or abs(found.better[0].starts - found.better[1].starts) >= APART


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(starts_at, lengths, members_by_zone)
def test_no_hour_is_better_where_everybody_is_awake(
    starts: datetime, length: timedelta, members: dict[str, int]
) -> None:
    found = fairness_of(starts, starts + length, members, zone="Europe/London")

    assert not found.better or found.awake < found.members
