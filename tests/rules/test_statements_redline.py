"""What changed between two texts: words, scripts, paragraphs that moved, and bounded time."""

from __future__ import annotations

import time
import unicodedata

import pytest
import unicode_segmentation_rs as segmentation
from hypothesis import given
from hypothesis import strategies as st

from summit_service.errors import Invalid
from summit_service.statements import redline, redline_words, rules, texts, word_changes, words

FIRST = "We ask all hospitals to plan time to listen."
SECOND = "Patients who are heard get better care, as many studies show."
THIRD = "The money for this has to be found every year."


def redlined(old: str, new: str) -> str:
    """The plain text of it, without the legend."""
    pieces = redline.compare(texts.canonical(old), texts.canonical(new))
    return redline_words.to_text(pieces).removeprefix(redline_words.LEGEND).strip()


def kinds(old: str, new: str) -> list[tuple[str, int | None, int | None]]:
    pieces = redline.compare(texts.canonical(old), texts.canonical(new))
    return [(piece.kind, piece.old_n, piece.new_n) for piece in pieces]


def test_words_within_a_paragraph() -> None:
    new = "We ask many hospitals to plan an hour to listen."

    assert redlined(FIRST, new) == (
        "Paragraph 1 was changed:\nWe ask [-all-]{+many+} hospitals to plan [-time-]{+an hour+} to listen."
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "我们要求所有医院为倾听病人安排时间。",
            "我们要求每家医院为倾听病人和家属安排时间。",
            "我们要求[-所有-]{+每家+}医院为倾听病人{+和家属+}安排时间。",
        ),
        (
            "نطلب من جميع المستشفيات تخصيص وقت للاستماع",
            "نطلب من كل المستشفيات تخصيص وقت كافٍ للاستماع",
            "نطلب من [-جميع-]{+كل+} المستشفيات تخصيص وقت {+كافٍ+} للاستماع",
        ),
        ("จัดเวลาทำงาน", "จัดเวลานำงาน", "จัดเวลา[-ทำ-]{+นำ+}งาน"),
        ("กินข้าว", "กินข่าว", "กิน[-ข้-]{+ข่+}าว"),
        ("हम समय माँगते हैं", "हम समय मांगते हैं", "हम समय [-माँगते-]{+मांगते+} हैं"),
    ],
)
def test_scripts(old: str, new: str, expected: str) -> None:
    assert redlined(old, new) == f"Paragraph 1 was changed:\n{expected}"


def test_paragraphs_added_removed_moved_and_kept() -> None:
    old = f"# Listen\n\n{FIRST}\n\n{SECOND}\n\n{THIRD}\n\nThis goes."
    new = f"# Listen\n\n{THIRD}\n\n{FIRST}\n\n{SECOND}\n\nSomething else altogether was written."

    assert kinds(old, new) == [
        ("kept", None, None),
        ("moved", 3, 1),
        ("kept", 1, 2),
        ("kept", 2, 3),
        ("left", 3, 1),
        ("removed", 4, None),
        ("added", None, 4),
    ]


def test_moved_paragraph_shows_what_was_changed_in_it() -> None:
    said = redlined(
        f"{FIRST}\n\n{SECOND}\n\n{THIRD}", f"{THIRD.replace('year', 'month')}\n\n{FIRST}\n\n{SECOND}"
    )

    assert said.startswith(
        "Paragraph 1 (before: 3) was moved here and changed:\n"
        "The money for this has to be found every [-year-]{+month+}."
    )
    assert said.endswith("Paragraph 3 of the old text was moved: it is paragraph 1 now.")


def test_list_item_added() -> None:
    said = redlined("We promise:\n\n- to teach", "We promise:\n\n- to teach\n- to measure")

    assert said == "Paragraph 1 was changed:\nWe promise:\n\n- to teach\n{+- to measure+}"


def test_line_ends_of_an_editor_are_no_change() -> None:
    pieces = redline.compare("We ask\nfor time.\n", "We ask for\ntime.\n")

    assert redline.is_same(pieces)
    assert redline_words.summary(pieces) == "No word has changed."


def test_address_of_a_link_is_a_change() -> None:
    assert "[-a.example-]{+b.example+}" in redlined(
        "See [the rules](https://a.example/).", "See [the rules](https://b.example/)."
    )


def test_summary_counts_paragraphs_and_words() -> None:
    old = f"{FIRST}\n\n{SECOND}"
    new = f"{FIRST.replace('all', 'many')}\n\n{SECOND}\n\nWe thank everybody."

    pieces = redline.compare(texts.canonical(old), texts.canonical(new))

    assert redline_words.summary(pieces) == "1 paragraph was changed and 1 is new: 1 word taken out, 4 new."


def test_long_redline_in_a_mail_says_that_there_is_more() -> None:
    old = "\n\n".join(f"Number {n} was written here for the members." for n in range(40))
    pieces = redline.compare(old + "\n", old.replace("written", "said") + "\n")

    said = redline_words.to_text(pieces, longest=1_000)

    assert len(said) < 1_500
    assert said.endswith("more changes on the page.")


PARTS = st.lists(
    st.sampled_from([*"abกำข้ว我们é👩‍👩‍👧كافٍ \n*#-", "word ", "the ", "\n\n", "e\u0301"]), max_size=40
).map("".join)


@given(PARTS, PARTS)
def test_runs_give_both_texts_back(old: str, new: str) -> None:
    old, new = (unicodedata.normalize("NFC", text) for text in (old, new))

    runs = word_changes.between(old, new)

    assert "".join(run.text for run in runs if run.kind != "added") == old
    assert "".join(run.text for run in runs if run.kind != "removed") == new


@given(PARTS)
def test_no_cut_is_inside_a_letter(text: str) -> None:
    clusters = segmentation.graphemes(text, is_extended=True)

    pieces = words.cut(text)

    assert "".join(pieces) == text
    assert [c for piece in pieces for c in segmentation.graphemes(piece, is_extended=True)] == clusters


@given(PARTS, PARTS)
def test_every_paragraph_is_told_once(old: str, new: str) -> None:
    pieces = redline.compare(texts.canonical(old), texts.canonical(new))

    before = [p.old_n for p in pieces if p.old_n is not None and p.kind not in {"moved"}]
    after = [p.new_n for p in pieces if p.new_n is not None and p.kind not in {"left"}]
    assert before == sorted(set(before))
    assert after == sorted(set(after))


def seconds(old: str, new: str) -> float:
    """Of this process's own time, so that a busy machine changes little."""
    began = time.process_time()
    redline.compare(old, new)
    return time.process_time() - began


def test_twenty_pages_take_no_second() -> None:
    paragraph = (
        "Paragraph {} says that those who are listened to {} get better sooner than the others do. " * 5
    )
    old = "\n\n".join(paragraph.format(*[n, "well"] * 5) for n in range(150))
    new = "\n\n".join(paragraph.format(*[n, "long"] * 5) for n in range(150))

    assert seconds(old + "\n", new + "\n") < 2.0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\n\n" * 60_000, "b\n\n" * 60_000),
        ("x " * 99_000, "x y " * 49_000),
        ("我" * 199_000, "你我" * 99_000),
        ("กำ" * 99_000, "ก" * 199_000),
        ("- a\n" * 4_000, "- b\n" * 4_000),
        ("a\n\n" * 1_990, "b a\n\n" * 1_990),
        (">" * 5_000, ">" * 6_000),
        ("*a_" * 50_000, "_a*" * 50_000),
    ],
    ids=["short paragraphs", "one paragraph", "chinese", "thai", "items", "pairs", "quotes", "marks"],
)
def test_pathological_texts_take_bounded_time(old: str, new: str) -> None:
    assert seconds(old, new) < 10.0


def test_text_with_too_many_lines_is_refused() -> None:
    rules.check_lines("a\n" * (rules.MOST_LINES - 1))
    with pytest.raises(Invalid, match="4,001 lines"):
        rules.check_lines("a\n" * rules.MOST_LINES)
