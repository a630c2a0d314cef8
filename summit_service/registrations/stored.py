"""How answers are kept: each with the id and version of the question it was given to, so that it keeps its meaning."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from summit_service.registrations.answers import Answer, Asked

Kept = dict[str, dict[str, Any]]
"""By question key: `question` (its id), `version`, `value`."""


def stamped(answers: Mapping[str, Answer], questions: Sequence[Asked], *, before: str = "{}") -> str:
    """The JSON to store. Answers of `before` to questions that are asked no more stay as they are."""
    asked = {question.key: question for question in questions}
    kept: Kept = {key: entry for key, entry in read(before).items() if key not in asked}
    for key, value in answers.items():
        kept[key] = {"question": asked[key].question_id, "version": asked[key].version, "value": value}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def read(text: str) -> Kept:
    """The stored answers; one from before there were versions has the version 1."""
    found = json.loads(text)
    return {key: entry if isinstance(entry, dict) else _plain(entry) for key, entry in found.items()}


def values(text: str) -> dict[str, Answer]:
    """The bare answers by question key."""
    return {key: entry["value"] for key, entry in read(text).items()}


def _plain(value: Answer) -> dict[str, Any]:
    return {"question": 0, "version": 1, "value": value}
