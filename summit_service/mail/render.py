"""From a row of the outbox and freshly minted links to the message that is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import msgspec
from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from summit_service import dkim, markup, zones
from summit_service.mail import message, return_path, streams
from summit_service.mail.message import Field, Mailbox
from summit_service.mail.rows import Row
from summit_service.mail.rules import one_line
from summit_service.settings import Settings
from summit_service.templating import country_name, templates_dir

PACKAGE = Path(__file__).parent.parent
PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
LONGEST_LOCAL = 64
PARTS = ("subject.txt", "body.txt", "body.html")
KIND = re.compile(r"[a-z][a-z0-9_-]*")


class CannotRender(Exception):
    """This mail cannot be written as it is; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it goes over the wire, with what the server is told about it.

    `recipient` is ASCII unless `needs_utf8`; so is `content`, with CRLF at the end of each line.
    """

    id: int
    sender: str
    recipient: str
    content: bytes
    needs_utf8: bool = False


def envelope(row: Row, *, links: Mapping[str, str], settings: Settings, now: datetime) -> Envelope:
    """The mail of a row; `links` are whole addresses by their names in the template. Raises CannotRender."""
    recipient, needs_utf8 = _deliverable(row.recipient_email)
    try:
        subject, text, html = _bodies(row, links, settings)
        content = message.compose(
            [
                *_headers(row, recipient, subject=subject, settings=settings, now=now),
                *streams.headers(links, mailbox=_read_mailbox(settings)),
            ],
            text=text,
            html=html,
            calendar=row.calendar,
            method=one_line(row.calendar_method).upper(),
        )
    except CannotRender:
        raise
    except Exception as fault:
        raise CannotRender(f"{type(fault).__name__}: {fault}") from fault
    if settings.dkim is not None:
        content = dkim.sign(content, settings.dkim, now=now)
    return Envelope(row.id, return_path.sender_of(row.id, settings), recipient, content, needs_utf8)


def _read_mailbox(settings: Settings) -> str | None:
    """The mailbox of what comes back, where something reads it."""
    is_read = settings.bounce_listen is not None or settings.bounce_maildir is not None
    return settings.bounce_address if is_read else None


def _deliverable(address: str) -> tuple[str, bool]:
    """The address in ASCII where its domain alone is not; whether SMTPUTF8 is needed for the rest."""
    local, _, domain = address.rpartition("@")
    try:
        if PLAIN_LOCAL.fullmatch(local) and len(local) <= LONGEST_LOCAL:
            return f"{local}@{_ascii_domain(domain)}", False
        checked = _checked(address)
    except EmailNotValidError as fault:
        raise CannotRender(f"The address cannot be used: {fault}") from fault
    if checked.ascii_email is not None:
        return checked.ascii_email, False
    return checked.normalized, True


@lru_cache(maxsize=1000)
def _ascii_domain(domain: str) -> str:
    """Most mails of a day go to a few domains."""
    return _checked(f"x@{domain}").ascii_domain


def _checked(address: str) -> ValidatedEmail:
    return validate_email(address, check_deliverability=False, test_environment=True)


def words_of(row: Row, *, links: Mapping[str, str], settings: Settings) -> tuple[str, str]:
    """Subject and plain text of a mail that is not sent yet; as `envelope`. Raises CannotRender."""
    subject, text, _ = _bodies(row, links, settings)
    return subject, text


def _bodies(row: Row, links: Mapping[str, str], settings: Settings) -> tuple[str, str, str]:
    if not KIND.fullmatch(row.kind):
        raise CannotRender(f"There is no kind of mail called {row.kind!r}.")
    known = {
        **environment().globals,
        **msgspec.json.decode(row.context),
        **links,
        "network": settings.network_name,
        "base_url": settings.base_url,
        "reply_to": settings.mail_reply_to,
        "imprint": settings.imprint,
        "recipient_name": one_line(row.recipient_name),
        "recipient_email": row.recipient_email,
        "language": row.language,
    }
    subject, text, html = (_filled(f"email/{row.kind}/{name}", known) for name in PARTS)
    return one_line(subject), text.strip() + "\n", html.strip() + "\n"


def _filled(name: str, known: dict[str, Any]) -> str:
    """What `render` does, without a copy of all names for each part."""
    template = environment().get_template(name)
    return "".join(template.root_render_func(template.new_context(known, shared=True)))


def _headers(row: Row, recipient: str, *, subject: str, settings: Settings, now: datetime) -> list[Field]:
    """Every header but those of the content; what a person wrote in them is on one line."""
    network = one_line(settings.sender)
    headers: list[Field] = [
        ("From", Mailbox(network, settings.mail_from)),
        ("Reply-To", Mailbox(network, return_path.answers_of(row.id, row.kind, settings))),
        ("To", Mailbox(one_line(row.recipient_name), recipient)),
        ("Subject", subject),
        ("Date", format_datetime(now.astimezone(UTC))),
        ("Message-ID", message_id(row.message_id, host=settings.host)),
    ]
    if row.in_reply_to:
        earlier = message_id(row.in_reply_to, host=settings.host)
        headers += [("In-Reply-To", earlier), ("References", earlier)]
    return [
        *headers,
        ("Content-Language", one_line(row.language)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
    ]


def message_id(stored: str, *, host: str) -> str:
    """The header of a stored id, the same at each attempt."""
    plain = one_line(stored).strip("<> ")
    return f"<{plain}>" if "@" in plain else f"<{plain}@{host}>"


@cache
def environment() -> Environment:
    """The mail templates: HTML escaped, text as it is, and strict about names that are missing."""
    made = Environment(
        loader=FileSystemLoader(templates_dir()),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.globals.clear()  # each part that a template includes looks through all of them, and no mail uses any
    made.filters["markdown"] = _markdown
    made.filters["plain"] = markup.to_text
    made.filters["country"] = country_name
    made.filters["long_moment"] = _long_moment
    made.filters["long_day"] = lambda iso: zones.long_day(datetime.fromisoformat(iso).date())
    made.filters["city"] = zones.city
    made.globals["long_span"] = lambda first, last, zone: zones.long_span(_moment(first), _moment(last), zone)
    return made


def _markdown(text: str) -> Markup:
    return Markup(markup.to_html(text))  # noqa: S704 - sanitised by nh3


def _long_moment(iso: str, zone: str) -> str:
    return zones.long_moment(_moment(iso), zone)


def _moment(iso: str) -> datetime:
    moment = datetime.fromisoformat(iso)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
