"""PDFs: tagged, the same bytes each time, and nothing that people typed is read as markup."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from summit_service import typeset

HOSTILE = '#let x = 1 #panic("no") $x^2$ `a` *b* _c_ = d <e> @f \\u{41} // g /* h */ [i] "j"'


def statement(**changes: Any) -> dict[str, Any]:
    return {
        "title": "A statement",
        "lang": "en",
        "network": "The network",
        "kind": "A joint statement.",
        "notes": [],
        "text": [{"n": 1, "blocks": typeset.blocks("First.")}],
        "lists": [],
        "check": ["Check it."],
        **changes,
    }


def read(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made))


def test_pdf_is_tagged_with_title_and_language() -> None:
    found = read(typeset.pdf("statement", statement(lang="fr")))

    assert found.metadata is not None
    assert found.metadata.title == "A statement"
    assert str(found.root_object["/Lang"]) == "fr"
    assert "'/Marked': True" in str(found.root_object["/MarkInfo"])
    assert "/StructTreeRoot" in found.root_object
    assert b"pdfuaid" in typeset.pdf("statement", statement())


def test_pdf_of_the_same_data_is_the_same_bytes() -> None:
    assert typeset.pdf("statement", statement()) == typeset.pdf("statement", statement())


def test_notes_stand_before_the_text() -> None:
    made = typeset.pdf("statement", statement(notes=["Erratum of 3 May 2026: read “plan”."]))

    assert "Erratum of 3 May 2026: read “plan”." in read(made).pages[0].extract_text()


def test_text_is_never_markup() -> None:
    typed = statement(
        title=HOSTILE,
        kind=HOSTILE,
        text=[{"n": 1, "blocks": typeset.blocks(f"`` {HOSTILE} ``")}],
        lists=[["Signed by", [{"name": HOSTILE, "lines": [HOSTILE]}]]],
        check=[HOSTILE],
    )

    words = " ".join(page.extract_text() for page in read(typeset.pdf("statement", typed)).pages)

    assert words.replace("\n", " ").count('#panic("no")') == 6


def test_markdown_is_read_as_a_tree() -> None:
    found = typeset.blocks(
        "# Head\n\nA *b* **c** [d](https://e.example)\nf\n\n3. one\n4. two\n\n---\n<b>g</b>"
    )

    assert found[0] == {"kind": "heading", "level": 2, "children": [{"kind": "text", "text": "Head"}]}
    assert [one["kind"] for one in found[1]["children"]] == [
        "text", "em", "text", "strong", "text", "link", "text", "text",
    ]  # fmt: skip
    assert (found[2]["kind"], found[2]["start"], len(found[2]["children"])) == ("ordered_list", 3, 2)
    assert found[3] == {"kind": "rule"}
    assert "<b>" in str(found[4])


def test_headings_leave_no_level_out() -> None:
    found = typeset.blocks("### Deep\n\n# Top\n\n> #### In a quote\n\n###### Six")

    assert [one["level"] for one in (found[0], found[1], found[2]["children"][0], found[3])] == [2, 2, 3, 4]
    assert typeset.last_level(found, 1) == 4
    assert typeset.last_level(typeset.blocks("None"), 3) == 3
    assert typeset.pdf("statement", statement(text=[{"n": None, "blocks": found}]))


def test_all_of_markdown_can_be_set_and_is_read_in_order() -> None:
    text = "## Two\n\nPara *one*.\n\n- a\n- b\n  1. c\n\n> quoted\n\n```\ncode\n```\n\n---\n\nLast [link](https://x.example)."

    made = typeset.pdf("statement", statement(text=[{"n": None, "blocks": typeset.blocks(text)}]))

    words = " ".join(read(made).pages[0].extract_text().split())
    places = [words.index(word) for word in ("Two", "Para one.", "a", "quoted", "code", "Last link.")]
    assert places[0] < places[1] < places[3] < places[4] < places[5]


def test_link_of_another_kind_is_no_link() -> None:
    made = typeset.pdf(
        "statement", statement(text=[{"n": 1, "blocks": typeset.blocks("[x](javascript:alert)")}])
    )

    assert b"javascript" not in made


@pytest.mark.parametrize(
    "title", ["Ελληνικά", "Кириллица", "Čeština, Türkçe, Tiếng Việt", "العربية", "ไทย", "倾听"]
)
def test_scripts_with_a_font_are_set(title: str) -> None:
    found = read(typeset.pdf("statement", statement(title=title)))

    assert found.metadata is not None
    assert found.metadata.title == title


@pytest.mark.parametrize("title", ["漢字", "বাংলা"])
def test_script_without_a_font_is_refused_rather_than_set_with_gaps(title: str) -> None:
    with pytest.raises(typeset.CannotTypeset):
        typeset.pdf("statement", statement(title=title))
