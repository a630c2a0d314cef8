"""The page about threats goes through all of them, and names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "statements-threats.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| T(\d+) \|(.*)\|$", PAGE, re.MULTILINE)
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def test_each_threat_is_answered_once() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, 35))
    assert [number for number, words in ROWS if "::" not in words and "Open:" not in words] == []


def test_every_named_test_exists() -> None:
    missing = [
        f"{path}::{name}"
        for path, name in NAMED
        if not re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]

    assert len(NAMED) > 40
    assert missing == []
