"""The stage of an edition is a function of facts and the date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from summit_service.summits.rules.stages import STAGES, stage

ANNOUNCED = datetime(2026, 1, 1, tzinfo=UTC)
OPENS, CLOSES = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
BEGINS, ENDS = datetime(2026, 9, 13, 23, tzinfo=UTC), datetime(2026, 9, 15, 23, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def at(now: datetime, *, announced_at: datetime | None = ANNOUNCED, closes: datetime | None = CLOSES) -> str:
    return stage(announced_at=announced_at, opens=OPENS, closes=closes, begins=BEGINS, ends=ENDS, now=now)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - SECOND, "announced"),
        (OPENS, "open"),
        (CLOSES - SECOND, "open"),
        (CLOSES, "closed"),
        (BEGINS - SECOND, "closed"),
        (BEGINS, "running"),
        (ENDS - SECOND, "running"),
        (ENDS, "past"),
    ],
)
def test_stage_changes_at_its_very_second(now: datetime, expected: str) -> None:
    assert at(now) == expected


def test_stage_without_an_announcement_is_planned_until_it_is_past() -> None:
    assert [at(now, announced_at=None) for now in (OPENS, BEGINS, ENDS)] == ["planned", "planned", "past"]


def test_stage_without_a_closing_time_is_open_until_it_runs() -> None:
    assert [at(now, closes=None) for now in (CLOSES, BEGINS - SECOND, BEGINS)] == ["open", "open", "running"]


@given(some.lists(some.integers(0, 400), min_size=2, max_size=9))
def test_stage_never_goes_back_as_time_goes_on(days: list[int]) -> None:
    seen = [STAGES.index(at(ANNOUNCED + timedelta(days=day))) for day in sorted(days)]

    assert seen == sorted(seen)
