"""Rules of consortia: outcomes, reminders, who can be invited, what a writer must have seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from summit_service.consortia import rules
from summit_service.consortia.rules import Outcome
from summit_service.errors import Conflict, Gone, Invalid

DEADLINE = datetime(2026, 4, 16, 11, 59, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
FOURTEEN, THREE = DEADLINE - timedelta(days=14), DEADLINE - timedelta(days=3)


@pytest.mark.parametrize(
    ("now", "since", "reminded_at", "left"),
    [
        (LONG_AGO, LONG_AGO, None, [FOURTEEN, THREE]),
        (FOURTEEN, LONG_AGO, None, [FOURTEEN, THREE]),
        (FOURTEEN, LONG_AGO, FOURTEEN, [THREE]),
        (THREE + timedelta(hours=1), LONG_AGO, None, [THREE]),
        (THREE, LONG_AGO, THREE, []),
        (FOURTEEN + timedelta(days=1), FOURTEEN + timedelta(hours=1), None, [THREE]),
        (THREE + timedelta(days=1), THREE + timedelta(hours=1), None, []),
        (DEADLINE, LONG_AGO, None, []),
    ],
)
def test_reminders_left(
    now: datetime, since: datetime, reminded_at: datetime | None, left: list[datetime]
) -> None:
    found = rules.reminders_left(DEADLINE, since=since, reminded_at=reminded_at, now=now)

    assert found == left


def test_a_later_deadline_is_reminded_of_anew() -> None:
    later = DEADLINE + timedelta(days=30)

    found = rules.reminders_left(later, since=LONG_AGO, reminded_at=THREE, now=THREE)

    assert found == [later - timedelta(days=14), later - timedelta(days=3)]


def test_days_left_counts_the_begun_one() -> None:
    assert [rules.days_left(DEADLINE, now=DEADLINE - timedelta(days=n, hours=-1)) for n in (14, 3, 1)] == [
        14,
        3,
        1,
    ]
    assert rules.days_left(DEADLINE, now=FOURTEEN) == 14


def test_outcome_keeps_money_as_funding_does_and_tells_every_fault() -> None:
    kept = rules.checked_outcome(
        Outcome(state="funded", amount="250,000", currency="eur", public_line=" Yes. ")
    )
    with pytest.raises(Invalid) as refusal:
        rules.checked_outcome(Outcome(state="won", amount="much", public_line="x" * 501))

    assert (kept.amount, kept.currency, kept.public_line) == ("250000", "EUR", "Yes.")
    assert set(refusal.value.by_field()) == {"state", "amount", "public_line"}


def test_refusals_of_invitations_writers_and_time() -> None:
    for state, standing, count in (
        ("in", "member", 1),
        ("invited", "member", 1),
        (None, "former", 1),
        (None, "member", 60),
    ):
        with pytest.raises(Conflict):
            rules.check_invitable("Museum", state, standing=standing, count=count)
    rules.check_invitable("Museum", None, standing="associate", count=59)
    with pytest.raises(Conflict) as refusal:
        rules.check_known(3, 2)
    assert refusal.value.code == "outline_newer"
    rules.check_known(3, 3)
    with pytest.raises(Invalid):
        rules.check_known(3, 4)
    rules.check_kept(DEADLINE, erased_at=None, now=DEADLINE + timedelta(days=729))
    with pytest.raises(Gone):
        rules.check_kept(DEADLINE, erased_at=None, now=DEADLINE + timedelta(days=730))
    with pytest.raises(Gone):
        rules.check_kept(DEADLINE, erased_at=DEADLINE, now=DEADLINE + timedelta(days=1))
