"""Markdown as a plain mail: the words without marks, links written out, lists and quotes as people type them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

SAFE_LINKS = ("http://", "https://", "mailto:")


def to_mail_text(markdown: str) -> str:
    """The text for readers of plain mail; lines stay as they were typed."""
    root = SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).parse(markdown))
    return _blocks(root.children)


def _blocks(nodes: Sequence[SyntaxTreeNode], between: str = "\n\n") -> str:
    return between.join(filter(None, (_block(node) for node in nodes)))


def _block(node: SyntaxTreeNode) -> str:
    write = BLOCKS.get(node.type)
    return write(node) if write else _blocks(node.children)


def _list(node: SyntaxTreeNode) -> str:
    first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    is_tight = all(
        child.hidden for item in node.children for child in item.children if child.type == "paragraph"
    )
    items = []
    for position, item in enumerate(node.children):
        mark = "- " if first is None else f"{first + position}. "
        words = _blocks(item.children, "\n" if is_tight else "\n\n")
        items.append(mark + words.replace("\n", "\n" + " " * len(mark)))
    return _without_blanks(("\n" if is_tight else "\n\n").join(items))


def _quote(node: SyntaxTreeNode) -> str:
    return "\n".join(f"> {line}".rstrip() for line in _blocks(node.children).split("\n"))


def _code(node: SyntaxTreeNode) -> str:
    return _without_blanks("\n".join(f"    {line}" for line in node.content.rstrip("\n").split("\n")))


def _without_blanks(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _words(node: SyntaxTreeNode) -> str:
    """What stands in a paragraph or a heading."""
    return "".join(_inline(child) for child in node.children)


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in {"softbreak", "hardbreak"}:
        return "\n"
    if node.type == "link":
        return _link(_words(node), str(node.attrs.get("href", "")))
    if node.type == "image":
        return _words(node)
    return _words(node) if node.children else node.content


def _link(words: str, address: str) -> str:
    if not address.lower().startswith(SAFE_LINKS):
        return words
    shown = address.removeprefix("mailto:")
    return f"<{shown}>" if words.strip() in {shown, address, ""} else f"{words} <{shown}>"


BLOCKS: dict[str, Callable[[SyntaxTreeNode], str]] = {
    "paragraph": _words,
    "heading": _words,
    "inline": _words,
    "bullet_list": _list,
    "ordered_list": _list,
    "blockquote": _quote,
    "fence": _code,
    "code_block": _code,
    "hr": lambda _node: "-" * 20,
}
