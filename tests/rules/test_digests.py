"""When a digest is due: in the reader's zone, the same answer however late it is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from summit_service.digests import rules
from summit_service.errors import Invalid
from summit_service.zones import at_wall


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MOMENTS = some.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: at("2026-01-01") + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("rhythm", "zone", "now", "due"),
    [
        ("weekly", "Etc/UTC", "2026-03-02T08:00", "2026-03-02T08:00"),
        ("weekly", "Etc/UTC", "2026-03-02T07:59", "2026-02-23T08:00"),
        ("weekly", "Asia/Tokyo", "2026-03-01T23:00", "2026-03-01T23:00"),
        ("weekly", "Europe/London", "2026-04-01T12:00", "2026-03-30T07:00"),
        ("monthly", "Etc/UTC", "2026-03-31T12:00", "2026-03-01T08:00"),
        ("monthly", "America/New_York", "2026-01-01T12:59", "2025-12-01T13:00"),
        ("monthly", "America/New_York", "2026-01-01T13:00", "2026-01-01T13:00"),
    ],
)
def test_digest_is_due_at_eight_where_the_reader_is_unless_they_choose(
    rhythm: str, zone: str, now: str, due: str
) -> None:
    assert rules.last_due(rhythm, zone, now=at(now)) == at(due)


@given(
    some.sampled_from(["weekly", "monthly"]),
    some.sampled_from(["Etc/UTC", "Europe/London", "Pacific/Apia", "America/Sao_Paulo", "Asia/Kathmandu"]),
    some.integers(0, 23),
    MOMENTS,
)
@hypothesis_settings(max_examples=80, deadline=None)
def test_due_moment_is_never_later_and_never_skips_one(
    rhythm: str, zone: str, hour: int, now: datetime
) -> None:
    due = rules.last_due(rhythm, zone, hour=hour, now=now)

    assert due <= now
    assert now - due <= timedelta(days=7 if rhythm == "weekly" else 31, hours=1)
    assert at_wall(due, zone).hour == hour
    assert rules.last_due(rhythm, zone, hour=hour, now=due) == due


@pytest.mark.parametrize("hour", ["", "24", "-1", "8.5", "eight", "²"])
def test_hour_that_no_clock_has_is_refused(hour: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.checked_hour(hour)

    assert list(refusal.value.by_field()) == ["digest_hour"]


def test_each_hour_of_the_day_can_be_chosen() -> None:
    assert [rules.checked_hour(str(hour)) for hour in range(24)] == list(range(24))
