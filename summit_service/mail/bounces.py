"""What a mail that came back says: bytes in, a notice out; hostile ones cost bounded time and memory."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message

from flufl.bounce import all_failures

from summit_service.logs import mask
from summit_service.mail.rules import one_line

logging.getLogger("flufl.bounce").setLevel(
    logging.CRITICAL
)  # it logs what it cannot read, with the traceback

PERMANENT, TRANSIENT, DELAYED, ABSENT, DELIVERED, UNKNOWN = (
    "permanent",
    "transient",
    "delayed",
    "absent",
    "delivered",
    "unknown",
)
FINAL = frozenset({PERMANENT, TRANSIENT})
LONGEST = 200_000
"""Octets that are looked at; a server's report comes first, our own text after it."""
LONGEST_FOR_PATTERNS = 32_000
MOST_PARTS = 50
LONGEST_TEXT = 10_000
AWAY = re.compile(
    r"(?i)out of (the )?office|auto(matic|mated)?[- ]?(reply|response|antwort)|automatische antwort|"
    r"abwesen|absence|réponse automatique|respuesta automática|fuera de (la )?oficina|risposta automatica|"
    r"afwezig|on (annual |maternity |parental )?leave|vacation|away from"
)
AWAY_SUBJECT = re.compile(
    r"(?i)(?:auto(?:matic|mated)?[- ]?(?:reply|response|antwort)|automatische antwort|réponse automatique|"
    r"respuesta automática|risposta automatica|resposta automática|automatisch antwoord|out of (?:the )?office|"
    r"abwesenheits(?:notiz|nachricht)|automatisk svar|autosvar) ?:"
)
AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-AutoReply-From", "X-Mail-Autoreply")
COPY = re.compile(
    r"(?im)^(--- ?below this line|-{3,} ?(this is a copy|original message|forwarded)|"
    r".*original message (follows|headers)).*"
)
BLANKS = re.compile(rb"(?:[ \t]*\r?\n){3,}")
SPACES = re.compile(rb"[ \t]{20,}")
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
FULL = ("2.2", "3.1")
ADDRESS_IS_GOOD = ("2.2", "2.3", "3.", "4.", "6.", "7.")
"""Subjects of RFC 3463 that speak of the mailbox's room, the size, the way or a policy, and not of the address."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What came back. `is_address_bad`: the address itself is said not to be there.

    `words` are the server's, for a line; `text` is for a person to read. Neither has a secret of ours.
    """

    kind: str
    words: str
    is_address_bad: bool = False
    subject: str = ""
    sender: str = ""
    text: str = ""


def read(content: bytes) -> Notice:
    """Sort one mail; what fits no rule is `unknown`, for a person to look at. Never raises."""
    try:
        return _read(content[:LONGEST])
    except Exception as fault:  # whatever the libraries make of hostile input
        return Notice(UNKNOWN, f"It could not be taken apart ({type(fault).__name__}).")


def _read(content: bytes) -> Notice:
    if content.lower().count(b"boundary") > MOST_PARTS:
        return Notice(UNKNOWN, "It has too many parts to be taken apart.")
    message = message_from_bytes(content, policy=policy.compat32)
    subject, sender = header(message, "Subject"), header(message, "From")
    kind, words, is_bad = _sorted(message, content, subject)
    return Notice(
        kind,
        _clean(words)[:500],
        is_address_bad=is_bad,
        subject=_clean(subject)[:200],
        sender=_clean(sender)[:200],
        text=_text(message),
    )


def _sorted(message: Message, content: bytes, subject: str) -> tuple[str, str, bool]:
    reports = list(_recipients(message))
    if reports:
        return _by_report(reports)
    if is_automatic(message, subject):
        return ABSENT, subject or "An automatic answer.", False
    temporary, permanent = _by_patterns(content)
    if permanent:
        words = _first_lines(message)
        found = STATUS.search(words)
        status = found[1] if found else ""
        return _by_status("failed", status, words)
    if temporary:
        return DELAYED, _first_lines(message), False
    return UNKNOWN, subject or "A mail without a subject.", False


def _recipients(message: Message) -> Iterator[Message]:
    """The groups of fields of a delivery report that speak of a recipient (RFC 3464, section 2.3)."""
    for part in message.walk():
        if part.get_content_type() not in {"message/delivery-status", "message/global-delivery-status"}:
            continue
        groups = part.get_payload()
        for group in groups if isinstance(groups, list) else []:
            if isinstance(group, Message) and group.get("Action"):
                yield group


def _by_report(groups: list[Message]) -> tuple[str, str, bool]:
    """The worst that is said of any recipient; ours is one, however an alias on the way called them."""
    found = [_of_group(group) for group in groups[:MOST_PARTS]]
    order = (PERMANENT, TRANSIENT, DELAYED, UNKNOWN, DELIVERED)
    return min(found, key=lambda one: order.index(one[0]))


def _of_group(group: Message) -> tuple[str, str, bool]:
    action = header(group, "Action").lower().split(" ")[0]
    diagnosis = header(group, "Diagnostic-Code").partition(";")[2] or header(group, "Diagnostic-Code")
    status = STATUS.search(header(group, "Status"))
    words = " ".join(filter(None, (status[1] if status else "", diagnosis.strip())))
    return _by_status(action, status[1] if status else "", words or f"The server says: {action}.")


def _by_status(action: str, status: str, words: str) -> tuple[str, str, bool]:
    if action == "delayed":
        return DELAYED, words, False
    if action in {"delivered", "relayed", "expanded"}:
        return DELIVERED, words, False
    if action != "failed":
        return UNKNOWN, words, False
    subject = status[2:]
    if status.startswith("4") or subject.startswith(FULL):
        return TRANSIENT, words, False
    return PERMANENT, words, not subject.startswith(ADDRESS_IS_GOOD)


def is_automatic(message: Message, subject: str) -> bool:
    """An answer that a mailbox gives by itself (RFC 3834), or one whose subject says so."""
    automatic = header(message, "Auto-Submitted").lower().startswith("auto-replied")
    is_report = "X-Failed-Recipients" in message or message.get_content_type() == "multipart/report"
    if is_report:
        return False
    return (
        any(mark in message for mark in AUTOMATIC)
        or header(message, "Precedence").lower() == "auto_reply"
        or bool(AWAY.search(subject[:300]))
        or (automatic and not _looks_like_failure(subject))
    )


def answers_by_itself(message: Message, subject: str) -> bool:
    """Whether a mailbox answered, and no person: by its headers, or a subject that programs write.

    People answer about their absence, too; and `auto-generated` is also what a ticket system says of a person's answer.
    """
    said = header(message, "Auto-Submitted").lower()
    return (
        any(mark in message for mark in AUTOMATIC)
        or header(message, "Precedence").lower() == "auto_reply"
        or said.startswith("auto-replied")
        or (said.startswith("auto-") and bool(AWAY.search(subject[:300])))
        or bool(AWAY_SUBJECT.match(subject))
    )


def _looks_like_failure(subject: str) -> bool:
    return bool(re.search(r"(?i)fail|undeliver|return|delay|unzustellbar|warning", subject))


def _by_patterns(content: bytes) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """What flufl.bounce knows of servers without RFC 3464; runs of blanks cost it much and say nothing."""
    shorter = BLANKS.sub(b"\n\n", SPACES.sub(b" ", content[:LONGEST_FOR_PATTERNS]))
    message = message_from_bytes(shorter, policy=policy.compat32)
    if not message.get("From"):
        del message["From"]
        message["From"] = "unknown@invalid"
    temporary, permanent = all_failures(message)
    return frozenset(temporary), frozenset(permanent)


def header(message: Message, name: str) -> str:
    """A header in words on one line, or as it stands where its coding is broken."""
    value = str(message.get(name, ""))[:2_000]
    try:
        return one_line(str(make_header(decode_header(value))))
    except (LookupError, ValueError, HeaderParseError):
        return one_line(value)


def _first_lines(message: Message) -> str:
    """What the server says in words, for the line on the desk."""
    lines = [line.strip() for line in _text(message).splitlines() if line.strip()]
    told = [line for line in lines if STATUS.search(line) or re.search(r"\b[45]\d\d\b", line)]
    return " ".join((told or lines)[:3])


def _text(message: Message) -> str:
    """What a person reads of it: the first plain part, without our own mail, which has live links in it."""
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            if not isinstance(payload, bytes):
                return ""
            return _without_our_mail(payload.decode("utf-8", "replace"))
        if part.get_content_type() == "message/rfc822":
            return ""
    return ""


def _without_our_mail(text: str) -> str:
    """Up to where the copy of our mail begins; no quoted line, and no word that could be a secret."""
    whole = text.replace("=\r\n", "").replace("=\n", "").replace("\x00", "")
    cut = COPY.search(whole)
    kept = whole[: cut.start()] if cut else whole
    lines = [line.rstrip() for line in kept.splitlines() if not line.lstrip().startswith((">", "|"))]
    return mask("\n".join(lines)).strip()[:LONGEST_TEXT]


def _clean(text: str) -> str:
    return mask(one_line(text.replace("\x00", "")))
