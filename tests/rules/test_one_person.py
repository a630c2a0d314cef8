"""When an individual member and a person are one."""

from __future__ import annotations

import pytest

from summit_service.members.rules import is_one_person


@pytest.mark.parametrize(
    ("kind", "member", "person", "expected"),
    [
        ("individual", "Professor Jodi Halpern", "Jodi Halpern", True),
        ("individual", "Émile Roux", "Dr emile roux", True),
        ("individual", "Professor Jodi Halpern", "Ana Ruiz", False),
        ("individual", "Jodi Halpern", "Jodi Miller", False),
        ("individual", "Jodi Halpern", "", False),
        ("centre", "Jodi Halpern Centre", "Jodi Halpern", False),
    ],
)
def test_one_name_stands_in_the_other(kind: str, member: str, person: str, expected: bool) -> None:
    assert is_one_person(kind, member, person) is expected
