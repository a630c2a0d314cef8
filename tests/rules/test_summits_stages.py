"""The stage of an edition is a function of facts and the date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from summit_service.summits.rules.stages import STAGES, Facts, following, stage

ANNOUNCED = datetime(2026, 1, 1, tzinfo=UTC)
OPENS, CLOSES = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
BEGINS, ENDS = datetime(2026, 9, 13, 23, tzinfo=UTC), datetime(2026, 9, 15, 23, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def facts(*, announced_at: datetime | None = ANNOUNCED, closes: datetime | None = CLOSES) -> Facts:
    return Facts(announced_at=announced_at, opens=OPENS, closes=closes, begins=BEGINS, ends=ENDS)


def at(now: datetime, *, announced_at: datetime | None = ANNOUNCED, closes: datetime | None = CLOSES) -> str:
    return stage(facts(announced_at=announced_at, closes=closes), now=now)


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


def test_following_names_each_next_stage_with_its_second() -> None:
    found = [following(facts(), now=now) for now in (ANNOUNCED, OPENS, CLOSES, BEGINS, ENDS)]

    assert found == [("open", OPENS), ("closed", CLOSES), ("running", BEGINS), ("past", ENDS), None]


def test_following_waits_for_a_decision_while_it_is_planned() -> None:
    assert following(facts(announced_at=None), now=OPENS) == ("announced", None)


def test_following_passes_over_a_closing_that_changes_nothing() -> None:
    late = facts(closes=BEGINS + SECOND)

    assert following(late, now=OPENS) == ("running", BEGINS)
