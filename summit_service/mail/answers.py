"""An answer that somebody wrote to one of our mails: their words as plain text, the names of what they attached."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import Message
from html.parser import HTMLParser

from summit_service.logs import mask
from summit_service.mail.bounces import MOST_PARTS, Notice, header, is_automatic
from summit_service.mail.queries import ANSWER
from summit_service.mail.rules import one_line

LONGEST = 10_000_000
"""Octets that are looked at: what is attached comes after the words."""
LONGEST_LOOKED = 200_000
LONGEST_TEXT = 10_000
"""Characters of the words that are read, quoted ones too, and of those that are kept."""
MOST_NAMES = 20
CUT = "[The rest is cut off here.]"
ORIGINAL = re.compile(
    r"(?im)^[ \t]*(?:-{2,} ?(?:original message|forwarded message|ursprüngliche nachricht)|_{20,}[ \t]*$).*"
)
BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table", "blockquote"})
UNSEEN = frozenset({"head", "style", "script", "title", "template"})


def read(content: bytes) -> Notice | None:
    """What a person wrote; None for a server's report and for what a mailbox answers by itself. Never raises."""
    try:
        return _read(content[:LONGEST])
    except Exception as fault:  # whatever the library makes of hostile input
        return Notice(ANSWER, "", text=f"[This answer could not be taken apart: {type(fault).__name__}.]")


def _read(content: bytes) -> Notice | None:
    if content.lower().count(b"boundary") > MOST_PARTS:
        return Notice(ANSWER, "", text="[This answer has too many parts to be taken apart.]")
    message = message_from_bytes(content, policy=policy.compat32)
    subject = header(message, "Subject")
    is_report = message.get_content_type() == "multipart/report" or "X-Failed-Recipients" in message
    if is_report or is_automatic(message, subject):
        return None
    words = mask(_words(message))
    if len(words) > LONGEST_TEXT:
        words = f"{words[:LONGEST_TEXT].rstrip()}\n\n{CUT}"
    names = _attached(message)
    left_out = f"[Attached, and not kept here: {', '.join(names)}]" if names else ""
    return Notice(
        ANSWER,
        "",
        subject=one_line(subject)[:200],
        sender=one_line(header(message, "From"))[:200],
        text="\n\n".join(filter(None, (words, left_out))) or "[This answer has no text.]",
    )


def _words(message: Message) -> str:
    """The first plain part; where there is none, the first part of HTML as text."""
    texts = {"text/plain": "", "text/html": ""}
    for part in message.walk():
        kind = part.get_content_type()
        if kind in texts and not texts[kind] and not part.get_filename():
            texts[kind] = _decoded(part)
    return _own_words(texts["text/plain"] or _without_marks(texts["text/html"]))


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # a character set that there is not
        return payload.decode("utf-8", "replace")


def _own_words(text: str) -> str:
    """Without what is quoted of our mail, nor the line that announces it, nor control characters."""
    plain = text[:LONGEST_LOOKED].replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    plain = "".join(sign for sign in plain if sign in "\n\t" or sign.isprintable())
    cut = ORIGINAL.search(plain)
    lines = [line.rstrip() for line in (plain[: cut.start()] if cut else plain).splitlines()]
    kept: list[str] = []
    for line in lines:
        if not line.lstrip().startswith(">"):
            kept.append(line)
        elif kept:
            _drop_announcement(kept)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _drop_announcement(kept: list[str]) -> None:
    """Such as `On Monday the network wrote:`, on one line or two, in whatever language: it ends with a colon."""
    while kept and not kept[-1]:
        kept.pop()
    if kept and kept[-1].endswith(":"):
        last = kept.pop()
        is_wrapped = last.startswith("<") or (bool(kept) and ("@" in kept[-1] or "<" in kept[-1]))
        if kept and kept[-1] and is_wrapped:
            kept.pop()
    kept.append("")


def _attached(message: Message) -> list[str]:
    names = [one_line(name)[:80] for part in message.walk() if (name := part.get_filename())]
    more = len(names) - MOST_NAMES
    return [*names[:MOST_NAMES], f"{more} more"] if more > 0 else names


class _Text(HTMLParser):
    """Collects what a reader sees, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.unseen = self.quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in UNSEEN
        self.quoted += tag == "blockquote"
        if tag in BLOCKS:
            self.found.append("\n> " if self.quoted else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.unseen = max(0, self.unseen - (tag in UNSEEN))
        self.quoted = max(0, self.quoted - (tag == "blockquote"))
        if tag in BLOCKS:
            self.found.append("\n> " if self.quoted else "\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.found.append(re.sub(r"\s+", " ", data))


def _without_marks(html: str) -> str:
    reader = _Text()
    reader.feed(html[:LONGEST_LOOKED])
    return "\n".join(line.strip() for line in "".join(reader.found).splitlines())
