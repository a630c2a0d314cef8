"""The only file that speaks Atom (RFC 4287): entries to the bytes of a feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, indent, tostring

NAMESPACE = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that is new or has changed; `html` is sanitised already, `id` never changes (4.2.6)."""

    id: str
    title: str
    url: str
    published_at: datetime
    updated_at: datetime
    html: str = ""
    author: str = ""


def tag_uri(base_url: str, year: int, path: str) -> str:
    """An id that stays when pages move (RFC 4151); `year` is one in which the host was ours."""
    return f"tag:{urlsplit(base_url).hostname},{year}:{path}"


def feed(
    entries: Sequence[Entry],
    *,
    feed_id: str,
    title: str,
    url: str,
    self_url: str,
    author: str,
    began_at: datetime,
) -> bytes:
    """The document, in UTF-8. Without entries it was last updated when it began, so the same data is the same bytes."""
    root = Element("feed", xmlns=NAMESPACE)
    SubElement(root, "id").text = feed_id
    SubElement(root, "title").text = title
    SubElement(root, "updated").text = _stamp(max((one.updated_at for one in entries), default=began_at))
    SubElement(root, "link", rel="self", type=MEDIA_TYPE, href=self_url)
    SubElement(root, "link", rel="alternate", type="text/html", href=url)
    SubElement(SubElement(root, "author"), "name").text = author
    for one in entries:
        _add(root, one)
    indent(root)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _add(root: Element, one: Entry) -> None:
    entry = SubElement(root, "entry")
    SubElement(entry, "id").text = one.id
    SubElement(entry, "title").text = one.title
    SubElement(entry, "link", rel="alternate", type="text/html", href=one.url)
    SubElement(entry, "published").text = _stamp(one.published_at)
    SubElement(entry, "updated").text = _stamp(one.updated_at)
    if one.author:
        SubElement(SubElement(entry, "author"), "name").text = one.author
    if one.html:
        SubElement(entry, "content", type="html").text = one.html


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
