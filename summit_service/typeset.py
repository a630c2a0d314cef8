"""PDFs: a template and data to bytes, tagged for screen readers (PDF/UA-1), the same bytes for the same data.

What people typed goes in as data and is never read as markup. Nothing is fetched: fonts are those in the typst wheel
(Latin, Greek, Cyrillic; Arabic in a plain face), our own (Thai, simplified Chinese) and those in the folder that the
settings name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import typst
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from summit_service.templating import templates_dir

STANDARD: Literal["ua-1"] = "ua-1"
LATIN_ENDS = 0x180
FONTS = Path(__file__).parent / "fonts"
"""Of Noto Sans, under the Open Font License; how they were made is told in docs/decisions/0099-fonts.md."""
_one_at_a_time = Lock()


class CannotTypeset(Exception):
    """The text has a character that no font here can show, so there is no PDF rather than one with gaps."""


def pdf(template: str, data: Mapping[str, Any], *, fonts: Path | None = None) -> bytes:
    """The PDF that `templates/pdf/<template>.typ` makes of the data, which the template reads as `data`.

    Blocking, some tens of milliseconds: call it in a thread where others wait. Raises CannotTypeset.
    """
    folder = templates_dir() / "pdf"
    try:
        with _one_at_a_time:
            made = _compiler(folder, fonts).compile(
                folder / f"{template}.typ", sys_inputs={"data": json.dumps(data)}, pdf_standards=[STANDARD]
            )
    except typst.TypstError as fault:
        if "could not be displayed" in str(fault):
            raise CannotTypeset(str(fault)) from fault
        raise
    assert isinstance(made, bytes)  # noqa: S101 - a list is for formats with a file a page
    return made


@cache
def _compiler(folder: Path, fonts: Path | None) -> typst.Compiler:
    return typst.Compiler(
        root=folder, font_paths=[FONTS, *([fonts] if fonts else [])], ignore_system_fonts=True
    )


def can_show(text: str, *, fonts: Path | None = None) -> bool:
    """Whether a font here has every character of the text; blocking, some tens of milliseconds for a new script."""
    return all(ord(character) < LATIN_ENDS for character in text) or _has("".join(sorted(set(text))), fonts)


@lru_cache(maxsize=256)
def _has(characters: str, fonts: Path | None) -> bool:
    try:
        pdf("characters", {"title": "Characters", "text": characters}, fonts=fonts)
    except CannotTypeset:
        return False
    return True


def blocks(markdown: str, *, below: int = 1) -> list[dict[str, Any]]:
    """A Markdown text as a tree that `markdown.typ` sets: CommonMark without raw HTML.

    A block is `{"kind", "children"}` (a heading with its `level`, an ordered list with its `start`), a piece of text
    `{"kind": "text", "text"}`, a link has its `url`. Headings begin one level under `below`, and none leaves a level
    out, as PDF/UA-1 asks.
    """
    found = _children(SyntaxTreeNode(_parser().parse(markdown)).children)
    _lower_headings(found, below)
    return found


def last_level(found: Sequence[Mapping[str, Any]], otherwise: int) -> int:
    """The level of the last heading in a tree, for the text that follows it."""
    for node in reversed(found):
        level: int = node.get("level") or last_level(node.get("children", ()), 0)
        if level:
            return level
    return otherwise


def _lower_headings(nodes: Sequence[dict[str, Any]], above: int) -> int:
    for node in nodes:
        if "level" in node:
            above = node["level"] = min(node["level"] + 1, above + 1, 6)
        above = _lower_headings(node.get("children", ()), above)
    return above


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def _children(nodes: Sequence[SyntaxTreeNode]) -> list[dict[str, Any]]:
    return [found for node in nodes for found in _read(node)]


def _read(node: SyntaxTreeNode) -> list[dict[str, Any]]:
    if node.type == "inline":
        return _children(node.children)
    if node.type in {"text", "code_inline", "code_block", "fence"}:
        return [{"kind": _KINDS.get(node.type, node.type), "text": node.content}]
    if node.type in {"softbreak", "hardbreak"}:
        return [{"kind": "text", "text": " "}] if node.type == "softbreak" else [{"kind": "break"}]
    if node.type == "hr":
        return [{"kind": "rule"}]
    if node.type == "image":
        return [{"kind": "text", "text": node.content}]
    found: dict[str, Any] = {"kind": node.type, "children": _children(node.children)}
    if node.type == "heading":
        found["level"] = int(node.tag[1:])
    elif node.type == "ordered_list":
        found["start"] = int(node.attrs.get("start", 1))
    elif node.type == "link":
        found["url"] = str(node.attrs.get("href", ""))
    return [found]


_KINDS = {"code_inline": "code", "code_block": "pre", "fence": "pre"}
