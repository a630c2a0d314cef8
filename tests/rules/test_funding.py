"""What a call for funding must say, and which day its deadline is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from summit_service.errors import Invalid
from summit_service.funding import rules
from tests.factories_funding import CALL


def test_a_day_alone_ends_anywhere_on_earth() -> None:
    clean = rules.checked(CALL)

    assert clean.deadline_at == "2026-04-15T23:59"
    assert rules.deadline_of(clean) == datetime(2026, 4, 16, 11, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "day"), [("2026-04-15T00:00", 14), ("2026-04-15T00:01", 15), ("2026-04-15T17:00", 15)]
)
def test_midnight_is_the_end_of_the_day_before(typed: str, day: int) -> None:
    assert rules.last_day(replace(CALL, deadline_at=typed)) == date(2026, 4, day)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", " "), ("funder", ""), ("url", "javascript:alert(1)"), ("amount", "a lot"), ("amount", "-1"),
        ("currency", "euro"), ("deadline_at", "soon"), ("timezone", "Mars/One"), ("countries", ("XX",)),
        ("summary", ""),
    ],
)  # fmt: skip
def test_each_fault_is_told_beside_its_field(field: str, typed: object) -> None:
    given: dict[str, Any] = {field: typed}
    with pytest.raises(Invalid) as refusal:
        rules.checked(replace(CALL, **given))

    assert set(refusal.value.by_field()) == {field}


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        rules.checked(rules.Details())

    assert set(refusal.value.by_field()) == {"title", "funder", "deadline_at", "timezone", "summary"}


def test_an_hour_that_the_clocks_skip_is_no_deadline() -> None:
    with pytest.raises(Invalid) as refusal:
        rules.checked(replace(CALL, deadline_at="2026-03-29T02:30", timezone="Europe/Berlin"))

    assert set(refusal.value.by_field()) == {"deadline_at"}


def test_amount_is_kept_as_a_number() -> None:
    assert rules.checked(replace(CALL, amount="250,000")).amount == "250000"
