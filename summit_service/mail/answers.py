"""An answer that somebody wrote to one of our mails: their words as plain text, the names of what they attached."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.errors import InvalidHeaderDefect
from email.headerregistry import HeaderRegistry
from email.message import Message
from typing import Any

from summit_service.logs import mask
from summit_service.mail import own_words
from summit_service.mail.bounces import MOST_PARTS, Notice, answers_by_itself, header
from summit_service.mail.queries import ANSWER
from summit_service.mail.rules import one_line

LONGEST = 10_000_000
"""Octets that are looked at: what is attached comes after the words."""
LONGEST_LOOKED = 200_000
LONGEST_TEXT = 10_000
"""Characters of the words that are read, quoted ones too, and of those that are kept."""
LONGEST_SENDER = 300
MOST_DASHES = 1_000
"""Lines that could begin a part."""
MOST_NAMES = 20
WIDER = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
"""What mail programs write under a name that promises less, as browsers read it (WHATWG Encoding, section 4.2)."""
OTHER_NAMES = {
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "windows-874": "cp874",
    "x-sjis": "cp932",
}
NO_CHARSETS = frozenset({"ascii", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Text encodings of Python that no mail is written in; what says ASCII and is not, is most often UTF-8."""


def read(content: bytes) -> Notice | None:
    """What a person wrote; None for a server's report and for what a mailbox answers by itself. Never raises."""
    try:
        return _read(content[:LONGEST])
    except Exception as fault:  # whatever the library makes of hostile input
        return Notice(ANSWER, "", text=f"[This answer could not be taken apart: {type(fault).__name__}.]")


def address_in(sender: str) -> str:
    """The address in a notice's `sender`; empty where the mail names no sender, or more than one."""
    return sender.rpartition("<")[2].removesuffix(">") if sender.endswith(">") else ""


def _read(content: bytes) -> Notice | None:
    if content.lower().count(b"boundary") > MOST_PARTS or content.count(b"\n--") > MOST_DASHES:
        return Notice(ANSWER, "", text="[This answer has too many parts to be taken apart.]")
    message = message_from_bytes(content, policy=policy.compat32)
    subject = header(message, "Subject")
    is_report = message.get_content_type() == "multipart/report" or "X-Failed-Recipients" in message
    if is_report or answers_by_itself(message, subject):
        return None
    words = mask(own_words.of(list(_texts(message, _share(message)))))
    if len(words) > LONGEST_TEXT:
        words = f"{words[:LONGEST_TEXT].rstrip()}\n\n{own_words.CUT}"
    names = list(_attached(message))
    if len(names) > MOST_NAMES:
        names = [*names[:MOST_NAMES], f"{len(names) - MOST_NAMES} more"]
    left_out = f"[Attached, and not kept here: {', '.join(names)}]" if names else ""
    return Notice(
        ANSWER,
        "",
        subject=one_line(subject)[:200],
        sender=_sender(message),
        text="\n\n".join(filter(None, (words, left_out))) or "[This answer has no text.]",
    )


def _sender(message: Message) -> str:
    """`Name <address>` where there is one address, and without `<` and `>` otherwise: nobody can pass for another."""
    given = [
        str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:2_000]
        for name, value in message.raw_items()
        if name.lower() == "from"
    ]
    name, address = _address(own_words.clean(given[0])) if len(given) == 1 else ("", "")
    if not address:
        return _plainly(header(message, "From") or " ".join(given))[:LONGEST_SENDER]
    address = _plainly(address)[:254]
    return f"{_plainly(name)[: LONGEST_SENDER - len(address) - 3]} <{address}>".strip()


def _address(written: str) -> tuple[str, str]:
    """Name and address of a `From` that has one of each; an empty address where that is in doubt."""
    try:
        parsed: Any = HeaderRegistry()("From", written.replace("\n", " "))
    except Exception:  # whatever the library makes of hostile input; the words are read all the same
        return "", ""
    is_doubtful = any(isinstance(defect, InvalidHeaderDefect) for defect in parsed.defects)
    if len(parsed.addresses) != 1 or (is_doubtful and written.count("@") != 1):
        return "", ""
    [one] = parsed.addresses
    return (one.display_name, one.addr_spec) if one.domain else ("", "")


def _plainly(text: str) -> str:
    return own_words.clean(one_line(text)).translate({ord("<"): "(", ord(">"): ")"})


def _share(message: Message) -> int:
    """How many characters of each of its texts are read, so that many cost no more than one."""
    return LONGEST_LOOKED // max(1, sum(map(_is_text, message.walk())))


def _texts(part: Message, share: int) -> Iterator[str]:
    """The texts of a mail from top to bottom: of alternatives the plainest that says something, of attachments none."""
    kind = part.get_content_type()
    if kind == "multipart/alternative" and part.is_multipart():
        for one in sorted(_children(part), key=lambda one: one.get_content_type() != "text/plain"):
            texts = [text for text in _texts(one, share) if not own_words.is_blank(text)]
            if texts:
                yield from texts
                return
    elif part.get_content_maintype() == "multipart" and part.is_multipart():
        for one in _children(part):
            yield from _texts(one, share)
    elif _is_text(part):
        whole = _decoded(part)
        text = own_words.of_html(whole[:share]) if kind == "text/html" else whole[:share]
        yield text if len(whole) <= share else f"{text}\n\n{own_words.CUT}"


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _is_text(part: Message) -> bool:
    """A part that the sender's words may be in; one that says multipart and is not, is shown as it stands."""
    is_read = part.get_content_type() in {"text/plain", "text/html"} or (
        part.get_content_maintype() == "multipart" and not part.is_multipart()
    )
    return is_read and not _name(part) and part.get_content_disposition() != "attachment"


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    said = _charset(part)
    if said is None and b"\x1b$" in payload:
        said = "iso2022_jp_ext"  # Japanese programs of old say nothing, and mean this
    for name in filter(None, (said, "utf-8")):
        with suppress(UnicodeError):
            return payload.decode(name)
    text = payload.decode(said or "utf-8", "replace")
    strange = sum(not sign.isascii() for sign in text)
    # A broken letter or two in a text that is otherwise as it says; or a text that is not what it says.
    return text if said and text.count("\ufffd") * 2 < strange else payload.decode("cp1252", "replace")


def _charset(part: Message) -> str | None:
    """The character set that a part says it has, as Python names it; None where there is no such thing."""
    with suppress(LookupError, ValueError):
        said = (part.get_content_charset() or "").strip("'\"")
        found = codecs.lookup(OTHER_NAMES.get(said, said)).name
        b"x".decode(found, "replace")  # a LookupError for codecs that make no text
        return None if found in NO_CHARSETS else WIDER.get(found, found)
    return None


def _attached(part: Message) -> Iterator[str]:
    """The names of what is not kept; of what has none, what it is."""
    if part.get_content_maintype() == "message":
        yield _name(part) or _title_of_mail(part)
    elif part.is_multipart():
        for one in _children(part):
            yield from _attached(one)
    elif name := _name(part):
        yield name
    elif not _is_text(part):
        yield f"a file without a name ({one_line(part.get_content_type())[:60]})"


def _title_of_mail(part: Message) -> str:
    subjects = [header(one, "Subject") for one in _children(part)]
    title = next(filter(None, subjects), "")
    return f"a mail, “{title[:80]}”" if title else "a mail"


def _name(part: Message) -> str:
    with suppress(LookupError, ValueError):  # a name in a character set that there is not
        return one_line(str(part.get_filename() or ""))[:80]
    return "a file"
