"""The terms of officers: what is refused, their order, and which ends soon with nobody to follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from summit_service.errors import Invalid
from summit_service.officers import rules
from summit_service.officers.rules import Details

TODAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Term:
    office: str
    starts_on: date
    ends_on: date | None = None


def test_every_fault_is_told_at_once_and_a_term_does_not_end_before_it_begins() -> None:
    with pytest.raises(Invalid) as empty:
        rules.checked(Details(office=" ", name="", starts_on="", ends_on="soon", person="nobody"))
    with pytest.raises(Invalid, match="ends before it begins") as backwards:
        rules.checked(Details(office="Chair", name="Ana", starts_on="2026-03-02", ends_on="2026-03-01"))

    assert set(empty.value.by_field()) == {"office", "name", "starts_on", "ends_on", "person"}
    assert set(backwards.value.by_field()) == {"ends_on"}
    one_day = Details(office="Chair", name="Ana", starts_on=" 2026-03-02", ends_on="2026-03-02")
    assert rules.checked(one_day).starts_on == "2026-03-02"


def test_offices_stand_in_their_order_and_the_last_ended_comes_first() -> None:
    archivist, deputy = Term("Archivist", date(2025, 1, 1)), Term("vice chair", date(2025, 1, 1))
    chair = Term("Chair", date(2025, 1, 1), TODAY)
    next_chair = Term("Chair", date(2026, 3, 3))
    old, older = (Term("Chair", date(year, 1, 1), date(year, 12, 31)) for year in (2024, 2023))

    found = rules.by_phase([archivist, older, deputy, old, next_chair, chair], TODAY)

    assert found == {
        "current": [chair, deputy, archivist],
        "coming": [next_chair],
        "past": [old, older],
    }


@pytest.mark.parametrize(
    ("ends_on", "others", "is_due"),
    [
        (date(2026, 5, 1), [], True),
        (date(2026, 5, 2), [], False),
        (TODAY, [], True),
        (date(2026, 3, 1), [], False),
        (None, [], False),
        (date(2026, 4, 1), [Term("vice chair", date(2026, 4, 2))], False),
        (date(2026, 4, 1), [Term("Treasurer", date(2026, 4, 2))], True),
        (date(2026, 4, 1), [Term("Vice-chair", date(2025, 6, 1))], True),
    ],
)
def test_a_term_waits_from_sixty_days_before_its_end_until_somebody_follows(
    ends_on: date | None, others: list[Term], is_due: bool
) -> None:
    term = Term("Vice-chair", date(2024, 1, 1), ends_on)

    assert (term in rules.ending_soon([term, *others], TODAY)) is is_due
