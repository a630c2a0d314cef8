"""What is wrong with an Atom feed by RFC 4287, rule by rule."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

ATOM = "{http://www.w3.org/2005/Atom}"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
ONCE = ("id", "title", "updated")
AT_MOST_ONCE = {
    "feed": ("generator", "icon", "logo", "rights", "subtitle"),
    "entry": ("content", "published", "rights", "source", "summary"),
}
MANY = ("author", "category", "contributor", "link")


def faults(body: bytes) -> list[str]:
    """A sentence for each rule that is broken; nothing for a valid feed."""
    root = ElementTree.fromstring(body)
    if root.tag != f"{ATOM}feed":
        return ["4.1.1: it is no feed"]
    entries = root.findall(f"{ATOM}entry")
    found = _of_container(root, "feed", also=("entry",))
    for entry in entries:
        found += _of_container(entry, "entry")
        if entry.find(f"{ATOM}content") is None and not _links(entry, "alternate"):
            found.append("4.1.2: an entry without content has no alternate link")
    if root.find(f"{ATOM}author") is None and any(one.find(f"{ATOM}author") is None for one in entries):
        found.append("4.1.1: neither the feed nor each entry has an author")
    if len(_links(root, "self")) != 1:
        found.append("4.1.1: the feed does not say where it is")
    versions = Counter((one.findtext(f"{ATOM}id"), one.findtext(f"{ATOM}updated")) for one in entries)
    found += [f"4.1.1: {id_} is there twice" for (id_, _), number in versions.items() if number > 1]
    return found


def _of_container(node: Element, kind: str, *, also: tuple[str, ...] = ()) -> list[str]:
    names = Counter(child.tag.removeprefix(ATOM) for child in node)
    found = [f"4.1: {kind} has {names[name]} of {name}" for name in ONCE if names[name] != 1]
    found += [f"4.1: {kind} has {names[name]} of {name}" for name in AT_MOST_ONCE[kind] if names[name] > 1]
    known = {*ONCE, *AT_MOST_ONCE[kind], *MANY, *also}
    found += [f"4.1: {name} may not stand in {kind}" for name in names if name not in known]
    if not urlsplit(node.findtext(f"{ATOM}id") or "").scheme:
        found.append(f"4.2.6: the id of {kind} is no IRI")
    for name in ("updated", "published"):
        text = node.findtext(f"{ATOM}{name}")
        if text is not None and not STAMP.fullmatch(text):
            found.append(f"3.3: {name} is {text}")
    for author in node.findall(f"{ATOM}author"):
        if not (author.findtext(f"{ATOM}name") or "").strip():
            found.append(f"3.2.1: an author of {kind} has no name")
    return found + _of_links(node, kind) + _of_texts(node, kind)


def _of_links(node: Element, kind: str) -> list[str]:
    links = node.findall(f"{ATOM}link")
    found = [
        f"4.2.7: a link of {kind} leads nowhere" for one in links if not urlsplit(one.get("href", "")).scheme
    ]
    kinds = Counter((one.get("type"), one.get("hreflang")) for one in _links(node, "alternate"))
    return found + [
        f"4.1: {kind} has two alternate links of one kind" for number in kinds.values() if number > 1
    ]


def _of_texts(node: Element, kind: str) -> list[str]:
    texts = [
        child for child in node if child.tag in {f"{ATOM}{name}" for name in ("title", "summary", "content")}
    ]
    found = [
        f"3.1: {child.tag} of {kind} has parts"
        for child in texts
        if len(child) and child.get("type") != "xhtml"
    ]
    types = {child.get("type", "text") for child in texts}
    return found + [
        f"3.1.1: a text of {kind} is of type {name}" for name in types - {"text", "html", "xhtml"}
    ]


def _links(node: Element, rel: str) -> list[Element]:
    return [one for one in node.findall(f"{ATOM}link") if one.get("rel", "alternate") == rel]
