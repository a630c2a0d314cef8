"""A statement's text in numbered paragraphs, the same numbers on every page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt

from summit_service import markup

LISTS = frozenset({"bullet_list_open", "ordered_list_open"})


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of the text, as HTML and as it was written; headings and rules have no number."""

    n: int | None
    html: str
    markdown: str = ""


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False})


def numbered(canonical: str) -> list[Paragraph]:
    """The blocks of a Markdown text as sanitised HTML; a list belongs to the paragraph before it."""
    lines = canonical.split("\n")
    found: list[Paragraph] = []
    count = 0
    for token in _parser().parse(canonical):
        if token.level or token.nesting == -1 or token.map is None:
            continue
        markdown = "\n".join(lines[token.map[0] : token.map[1]])
        html = markup.to_html(markdown)
        before = found[-1].n if found else None
        if token.type in LISTS and before is not None:
            found[-1] = Paragraph(before, found[-1].html + html, f"{found[-1].markdown}\n\n{markdown}")
            continue
        has_number = token.type not in {"heading_open", "hr"}
        count += has_number
        found.append(Paragraph(count if has_number else None, html, markdown))
    return found
