"""Text that people typed."""

from __future__ import annotations

import pytest

from summit_service import markup
from summit_service.errors import Invalid


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Café", "cafe"),
        ("Łódź", "lodz"),
        ("Sjællands Højskole", "sjaellands hojskole"),
        ("STRASSE", "straße"),
        ("Đà Nẵng", "da nang"),
    ],
)
def test_plain_letters_are_as_a_keyboard_without_them_has_them(written: str, typed: str) -> None:
    assert markup.plain(written) == markup.plain(typed)
    assert markup.plain(written).isascii()


def test_name_is_trimmed_and_composed() -> None:
    assert markup.one_line("  Mu\u0308nchen ", field="name", longest=50, name="The name") == "M\u00fcnchen"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "missing"),
        ("x" * 10_000, "10,000 characters; 200 is the most"),
        ("two\nlines", "cannot be shown"),
        ("nul\x00", "cannot be shown"),
        ("a\u202eb", "direction"),
        ("line\u2028separator", "cannot be shown"),
    ],
)
def test_name_that_cannot_be_is_refused(value: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        markup.one_line(value, field="name", longest=200, name="The name")


def test_text_keeps_its_lines() -> None:
    assert markup.many_lines("a\r\nb\rc", field="text", longest=50, name="The text") == "a\nb\nc"


@pytest.mark.parametrize(
    ("markdown", "absent"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("[x](javascript:alert(1))", "href"),
        ("[x](data:text/html,x)", "href"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("![x](https://tracker.example/p.png)", "tracker.example"),
        ("<a href='x' style='position:fixed'>x</a>", "<a"),
    ],
)
def test_markdown_cannot_carry_script(markdown: str, absent: str) -> None:
    assert absent not in markup.to_html(markdown)


def test_markdown_link_says_where_it_came_from() -> None:
    assert markup.to_html("[us](https://example.org)") == (
        '<p><a href="https://example.org" rel="nofollow noopener noreferrer">us</a></p>\n'
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Emp@thies Humanisation des soins", "emp-thies-humanisation-des-soins"),
        ("共感", "gong-gan"),
        ("!!!", "untitled"),
    ],
)
def test_slug_is_ascii(title: str, expected: str) -> None:
    assert markup.slug(title) == expected


def test_to_text_writes_signs_as_they_are() -> None:
    text = markup.to_text('A > B & C < D, "quoted", a\u00a0b &amp;lt;')

    assert text == 'A > B & C < D, "quoted", a\u00a0b &lt;'
