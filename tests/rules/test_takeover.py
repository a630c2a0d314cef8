"""A proposed wording finds its place in a text that has moved on, or is refused with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from summit_service.errors import Conflict
from summit_service.statements import takeover

OLD = """# Care

We ask hospitals to plan
time to listen.

Patients who are heard
get better care.

- First
- Second
"""


def put(current: str = OLD, *, paragraph: int = 1, quoted: str = "", wording: str = "Listen.") -> str:
    return takeover.replaced(takeover.Proposal(OLD, paragraph, quoted, wording), current)


def test_quoted_words_are_replaced_across_line_ends() -> None:
    assert put(quoted="plan time", wording="set time aside") == OLD.replace("plan\ntime", "set time aside")


def test_whole_paragraph_is_replaced_with_its_list() -> None:
    assert put(paragraph=2, wording="They get better.") == OLD[: OLD.index("Patients")] + "They get better.\n"


def test_paragraph_is_followed_to_where_it_is_now() -> None:
    current = "A new first paragraph about all of it.\n\n" + OLD.replace("hospitals", "clinics")

    made = put(current, quoted="plan time", wording="set time aside")

    assert made == current.replace("plan\ntime", "set time aside")


def test_chinese_words_are_replaced() -> None:
    old = "\u6211\u4eec\u8bf7\u533b\u9662\u7559\u51fa\u65f6\u95f4\u3002\n"
    proposal = takeover.Proposal(old, 1, "\u533b\u9662", "\u8bca\u6240")

    assert takeover.replaced(proposal, old) == old.replace("\u533b\u9662", "\u8bca\u6240")


@pytest.mark.parametrize(
    ("current", "given", "why"),
    [
        ("Nothing of it is left here.\n", {"quoted": "plan time"}, "not in the text any more"),
        (OLD.replace("hospitals", "clinics"), {}, "for the whole of it"),
        (OLD.replace("plan\ntime", "find time"), {"quoted": "plan time"}, "does not have the quoted words"),
        (OLD, {"paragraph": 2, "quoted": "e", "wording": "x"}, "times in paragraph 2"),
        (OLD.replace("plan", "always plan"), {"quoted": "plan", "wording": "always plan"}, "already"),
        (OLD, {"wording": "```\nListen."}, "other paragraphs"),
    ],
)
def test_wording_without_one_place_is_refused(current: str, given: dict[str, Any], why: str) -> None:
    with pytest.raises(Conflict, match=why) as refused:
        put(current, **given)

    assert refused.value.code == "wording_without_place"
