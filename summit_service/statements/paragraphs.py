"""A statement's text in numbered paragraphs, the same numbers on every page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt

from summit_service import markup

LISTS = frozenset({"bullet_list_open", "ordered_list_open"})
WITHOUT_NUMBER = frozenset({"heading_open", "hr"})


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of Markdown that are one block; `kind` is the parser's word for it, `first` counts from 0."""

    kind: str
    markdown: str
    first: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Block:
    """What has one number, as it was written: one part, or a paragraph with its lists."""

    n: int | None
    parts: tuple[Part, ...]

    @property
    def markdown(self) -> str:
        """The source of all parts."""
        return "\n\n".join(part.markdown for part in self.parts)

    @property
    def lines(self) -> slice:
        """Where it stands in the lines of the text."""
        last = self.parts[-1]
        return slice(self.parts[0].first, last.first + last.markdown.count("\n") + 1)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of the text, as HTML and as it was written; headings and rules have no number."""

    n: int | None
    html: str
    markdown: str = ""


@cache
def _parser() -> MarkdownIt:
    """For blocks alone: what stands inside them is read when they are shown."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False})
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def blocks(canonical: str) -> list[Block]:
    """The blocks of a Markdown text with their numbers; a list belongs to the paragraph before it."""
    lines = canonical.split("\n")
    found: list[Block] = []
    count = 0
    for token in _parser().parse(canonical):
        if token.level or token.nesting == -1 or token.map is None:
            continue
        part = Part(token.type, "\n".join(lines[token.map[0] : token.map[1]]), token.map[0])
        before = found[-1] if found else None
        if token.type in LISTS and before is not None and before.n is not None:
            found[-1] = Block(before.n, (*before.parts, part))
            continue
        has_number = token.type not in WITHOUT_NUMBER
        count += has_number
        found.append(Block(count if has_number else None, (part,)))
    return found


def numbered(canonical: str) -> list[Paragraph]:
    """The blocks of a Markdown text as sanitised HTML."""
    return [
        Paragraph(block.n, "".join(markup.to_html(part.markdown) for part in block.parts), block.markdown)
        for block in blocks(canonical)
    ]
