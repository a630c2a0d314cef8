"""What the writer of a version must have seen, and how a form carries it."""

from __future__ import annotations

import pytest

from summit_service.errors import Conflict
from summit_service.statements import version_rules

NEWEST = {"en": (3, "authoritative"), "fr": (1, "courtesy")}


@pytest.mark.parametrize(
    ("known", "language", "role", "code"),
    [
        ({"en": 3}, "en", "authoritative", ""),
        ({"en": 2, "fr": 1}, "en", "authoritative", "version_newer"),
        ({}, "en", "authoritative", "version_newer"),
        ({"en": 3, "fr": 1}, "fr", "courtesy", ""),
        ({"en": 2, "fr": 1}, "fr", "courtesy", "original_newer"),
        ({"en": 2, "fr": 1}, "fr", "equally_authentic", ""),
        ({"en": 3}, "de", "courtesy", ""),
    ],
)
def test_writer_has_seen_what_is_newest(known: dict[str, int], language: str, role: str, code: str) -> None:
    if not code:
        version_rules.check_known(NEWEST, known, language=language, role=role)
        return

    with pytest.raises(Conflict) as refused:
        version_rules.check_known(NEWEST, known, language=language, role=role)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("packed", "known"),
    [("", {}), ("en:3,pt-BR:1", {"en": 3, "pt-BR": 1}), ("en:x,:,fr:²,de:4", {"de": 4}), ("en:9999999", {})],
)
def test_what_cannot_be_read_has_not_been_seen(packed: str, known: dict[str, int]) -> None:
    assert version_rules.unpack(packed) == known
