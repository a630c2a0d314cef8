"""An answer that somebody wrote to one of our mails: their words as plain text, the names of what they attached."""

from __future__ import annotations

import re
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import Message
from html.parser import HTMLParser
from typing import Any
from unicodedata import category

from summit_service.logs import mask
from summit_service.mail.bounces import AWAY, MOST_PARTS, Notice, header, is_automatic
from summit_service.mail.queries import ANSWER
from summit_service.mail.rules import one_line

LONGEST = 10_000_000
"""Octets that are looked at: what is attached comes after the words."""
LONGEST_LOOKED = 200_000
LONGEST_TEXT = 10_000
"""Characters of the words that are read, quoted ones too, and of those that are kept."""
MOST_NAMES = 20
CUT = "[The rest is cut off here.]"
QUOTED = "[What they quoted:]"
"""Above what stood below the mark of a quotation: people answer in between, and nothing of it is anywhere else."""
NAMED = "From|Von|De|Da|Van|Från|Fra|Od|От|发件人|寄件者|差出人"
ORIGINAL = re.compile(
    r"(?im)^[ \t]*(?:-{2,} ?(?:original message|forwarded message|ursprüngliche nachricht)|_{20,}[ \t]*$"
    rf"|(?:{NAMED})[ \t]?[:：].*\n(?:[^\n:：]{{1,30}}[:：].*\n){{2}}).*"
)
WIDER = {
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "sjis"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    **dict.fromkeys(("iso-8859-1", "latin-1"), "cp1252"),
}
"""What programs mean by the name that they write."""
JOINERS = "\u200c\u200d\u200e\u200f"
"""Without them words of Persian, Hindi or Hebrew read otherwise."""
BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table", "blockquote"})
UNSEEN = frozenset({"head", "style", "script", "title", "template"})


def read(content: bytes) -> Notice | None:
    """What a person wrote; None for a server's report and for what a mailbox answers by itself. Never raises.

    Of their words nothing is left out without a line that says so; what they quoted in marks (`>`) is.
    """
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
    if is_report or _is_by_itself(message, subject):
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


def _is_by_itself(message: Message, subject: str) -> bool:
    """By its headers, or by how the subject begins: a person may be sorry for an absence further on in theirs."""
    return is_automatic(message, "") or bool(AWAY.match(subject))


def _words(message: Message) -> str:
    """What was typed, without what is quoted of ours."""
    return _own_words(_text_of(message))


def _text_of(part: Message) -> str:
    """Every text of it in its order; of alternatives the first, plainest one that says something."""
    kind = part.get_content_type()
    if part.get_filename() or kind.startswith("message/"):
        return ""
    if part.is_multipart():
        children: Any = part.get_payload()
        told = [text for child in children if (text := _text_of(child)).strip()]
        return "\n\n".join(told[:1] if kind == "multipart/alternative" else told)
    if kind == "text/html":
        return _without_marks(_decoded(part))
    return _decoded(part) if kind == "text/plain" else ""


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    named = str(part.get_content_charset() or "us-ascii").lower()
    tried = ["utf-8", "cp1252"] if named in {"us-ascii", "utf-8"} else [WIDER.get(named, named)]
    for charset in tried:
        with suppress(LookupError, ValueError):  # one that there is not, or that the bytes are not in
            return payload.decode(charset)
    try:
        return payload.decode(tried[-1], "replace")
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace")


def _own_words(text: str) -> str:
    """What is theirs, then what they quoted below; where marks of quoting leave nothing, all of it."""
    plain = _readable(text[:LONGEST_LOOKED])
    cut = ORIGINAL.search(plain)
    own = _without_quotes(plain[: cut.start()] if cut else plain)
    below = plain[cut.start() :].strip() if cut else ""
    if not own:
        return re.sub(r"\n{3,}", "\n\n", plain).strip()
    return f"{own}\n\n{QUOTED}\n{below}" if below else own


def _readable(text: str) -> str:
    """One kind of line end and of space, and no control characters."""
    lines = re.sub(r"\r\n|[\r\u2028\u2029]", "\n", text)
    spaced = "".join(" " if category(sign) == "Zs" else sign for sign in lines)
    return "".join(sign for sign in spaced if sign in f"\n\t{JOINERS}" or sign.isprintable())


def _without_quotes(text: str) -> str:
    """Without lines that are quoted, nor the line that announces them."""
    kept: list[str] = []
    for line in (line.rstrip() for line in text.splitlines()):
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
    names = [one_line(name)[:80] for part in message.walk() if (name := _name_of(part))]
    more = len(names) - MOST_NAMES
    return [*names[:MOST_NAMES], f"{more} more"] if more > 0 else names


def _name_of(part: Message) -> str | None:
    is_mail = part.get_content_type() == "message/rfc822"
    return part.get_filename() or ("a mail" if is_mail else None)


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
