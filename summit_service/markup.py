"""Text that people typed: one line, many lines or Markdown, made safe to store, to mail and to show."""

from __future__ import annotations

import unicodedata
from functools import cache
from html import unescape

import nh3
from markdown_it import MarkdownIt
from slugify import slugify

from summit_service.errors import Invalid

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
EDGES = "\"'“”„«»‘’()[]<>,;:.!?*"
"""What people put around and between the words that they look for."""
STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that Unicode takes for one piece, and those that are typed for them where a keyboard lacks them."""
LIKE = str.maketrans("%\\", "__")
"""For LIKE, in which `_` stands for any one character: what would mean more is one such character."""
TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "a", "strong", "em", "blockquote", "code", "pre", "br", "hr"}


def one_line(value: str, *, field: str, longest: int, name: str, required: bool = True) -> str:
    """A name or title: NFC, trimmed, no control or direction-changing characters; raises Invalid for `field`."""
    text = unicodedata.normalize("NFC", value).strip()
    if any(unicodedata.category(character) in {"Cc", "Cs", "Co", "Zl", "Zp"} for character in text):
        raise Invalid.one(
            field, f"{name} has a character that cannot be shown (a line break or a control character)."
        )
    if BIDI_CONTROLS & set(text):
        raise Invalid.one(
            field, f"{name} has a character that changes the direction of the text. Take it out."
        )
    return _measured(text, field=field, longest=longest, name=name, required=required)


def many_lines(value: str, *, field: str, longest: int, name: str, required: bool = False) -> str:
    """A longer text: NFC, LF line ends, no control characters but tab and line feed; raises Invalid for `field`."""
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text):
        raise Invalid.one(field, f"{name} has a control character in it. Take it out.")
    return _measured(text, field=field, longest=longest, name=name, required=required)


def _measured(text: str, *, field: str, longest: int, name: str, required: bool) -> str:
    if required and not text:
        raise Invalid.one(field, f"{name} is missing.")
    if len(text) > longest:
        raise Invalid.one(field, f"{name} has {len(text):,} characters; {longest:,} is the most it can have.")
    return text


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": False, "linkify": False})


def to_html(markdown: str) -> str:
    """Sanitised HTML of a Markdown text; links get `rel="nofollow noopener noreferrer"`, headings start at h2."""
    html = _markdown().render(markdown).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )


def to_text(markdown: str) -> str:
    """The words of a Markdown text without its marks, for previews and calendar entries."""
    return unescape(nh3.clean(_markdown().render(markdown), tags=set())).strip()


def slug(text: str) -> str:
    """The part of an address made from a title: lower case ASCII, hyphens, at most 60 characters."""
    return slugify(text, max_length=60, word_boundary=True) or "untitled"


def plain(text: str) -> str:
    """Without case and accents, so that `cafe` finds `Café` and `lodz` finds `Łódź`."""
    parts = unicodedata.normalize("NFKD", text.casefold()).translate(STROKES)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def sought(text: str, *, most: int) -> list[str]:
    """The words that somebody looks for, as typed, without quotes and commas around them."""
    return [word for word in (one.strip(EDGES) for one in text.split()) if word][:most]
