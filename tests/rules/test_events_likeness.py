"""How near two events are: titles alike, one topic, one host, one time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit_service.events.likeness import ALIKE, Facts, Shared, When, likeness, shared

MINE = Facts("Listening on the ward round", ["teaching"], {"centre"})


def at(day: int, hour: int = 9) -> When:
    starts = datetime(2026, 4, day, hour, tzinfo=UTC)
    midnight = datetime(2026, 4, day, tzinfo=UTC)
    return When(starts, starts + timedelta(hours=1), midnight, midnight + timedelta(days=1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Listening on the ward round", "LISTENING ON THE WARD ROUND!"),
        ("Listening on the ward round", "Ward round: listening"),
        ("Écouter au lit du patient", "Ecouter au lit du patient"),
        ("Empathy in practice", "Empathy in practise"),
        ("医療における共感", "医療における共感 2026"),
    ],
)
def test_titles_are_alike(one: str, other: str) -> None:
    assert likeness(one, other) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Empathy workshop", "Empathy lecture"),
        ("Listening on the ward round", "Music on the ward"),
        ("", ""),
        ("!!!", "!!!"),
    ],
)
def test_titles_are_not_alike(one: str, other: str) -> None:
    assert likeness(one, other) < ALIKE


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_the_same_both_ways_and_between_0_and_1(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1


@pytest.mark.parametrize(
    ("theirs", "when", "found"),
    [
        (Facts("Ward round: listening", [], {"museum"}), at(20), Shared(is_alike=True)),
        (Facts("Ward round: listening", [], {"museum"}), at(26), Shared(is_alike=True)),
        (Facts("Ward round: listening", [], {"museum"}), at(29), None),
        (Facts("Ward round: listening", [], {"centre"}), at(26), None),
        (Facts("Something else", ["teaching"], {"museum"}), at(20, 18), Shared(topics=("teaching",))),
        (Facts("Something else", ["teaching"], {"museum"}), at(21), None),
        (Facts("Something else", [], {"centre"}), at(20), Shared(hosts=("centre",))),
        (Facts("Something else", [], {"centre"}), at(20, 18), None),
        (Facts("Something else", ["research"], {"museum"}), at(20), None),
    ],
)
def test_shared_is_what_somebody_has_to_be_told(theirs: Facts, when: When, found: Shared | None) -> None:
    assert shared(MINE, theirs, [at(20)], when) == found
