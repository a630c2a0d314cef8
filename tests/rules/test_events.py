"""Rules of events that need no time: the addresses of many at once."""

from __future__ import annotations

import pytest

from summit_service.events.rules import free_slugs


@pytest.mark.parametrize(
    ("bases", "taken", "found"),
    [
        (["rounds"], [], ["rounds"]),
        (["rounds"], ["rounds", "rounds-2"], ["rounds-3"]),
        (["rounds", "rounds", "care"], ["rounds-2"], ["rounds", "rounds-3", "care"]),
        (["rounds", "rounds", "rounds-2"], [], ["rounds", "rounds-2", "rounds-2-2"]),
        (["rounds-2", "rounds", "rounds"], [], ["rounds-2", "rounds", "rounds-3"]),
        ([], ["rounds"], []),
    ],
)
def test_slugs_of_many_titles_are_free_and_their_own(
    bases: list[str], taken: list[str], found: list[str]
) -> None:
    assert free_slugs(bases, taken) == found
