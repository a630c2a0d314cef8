"""From a row of the outbox and freshly minted links to the message that is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import msgspec
from email_validator import EmailNotValidError, validate_email
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from summit_service import markup, zones
from summit_service.mail import streams
from summit_service.mail.rules import one_line
from summit_service.mail.tables import OutboxMessage
from summit_service.settings import Settings
from summit_service.templating import country_name, templates_dir

PACKAGE = Path(__file__).parent.parent
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


def envelope(row: OutboxMessage, *, links: Mapping[str, str], settings: Settings, now: datetime) -> Envelope:
    """The mail of a row; `links` are whole addresses by their names in the template. Raises CannotRender."""
    recipient, needs_utf8 = _deliverable(row.recipient_email)
    try:
        subject, text, html = _bodies(row, links, settings)
        message = _message(row, recipient, settings=settings, now=now)
        message["Subject"] = subject
        streams.write_headers(message, links)
        _fill(message, text, html, row)
        message["Content-Language"] = one_line(row.language)
        content = message.as_bytes(policy=SMTPUTF8 if needs_utf8 else SMTP)
    except CannotRender:
        raise
    except Exception as fault:
        raise CannotRender(f"{type(fault).__name__}: {fault}") from fault
    return Envelope(row.id, settings.mail_from, recipient, content, needs_utf8)


def _deliverable(address: str) -> tuple[str, bool]:
    """The address in ASCII where its domain alone is not; whether SMTPUTF8 is needed for the rest."""
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as fault:
        raise CannotRender(f"The address cannot be used: {fault}") from fault
    if checked.ascii_email is not None:
        return checked.ascii_email, False
    return checked.normalized, True


def _bodies(row: OutboxMessage, links: Mapping[str, str], settings: Settings) -> tuple[str, str, str]:
    if not KIND.fullmatch(row.kind):
        raise CannotRender(f"There is no kind of mail called {row.kind!r}.")
    known = {
        **msgspec.json.decode(row.context),
        **links,
        "network": settings.network_name,
        "base_url": settings.base_url,
        "reply_to": settings.mail_reply_to,
        "recipient_name": one_line(row.recipient_name),
        "recipient_email": row.recipient_email,
        "language": row.language,
    }
    made = environment()
    subject, text, html = (
        made.get_template(f"email/{row.kind}/{name}").render(known)
        for name in ("subject.txt", "body.txt", "body.html")
    )
    return one_line(subject), text.strip() + "\n", html.strip() + "\n"


def _message(row: OutboxMessage, recipient: str, *, settings: Settings, now: datetime) -> EmailMessage:
    """The message with every header but the subject and those of its content."""
    message = EmailMessage(policy=SMTPUTF8)
    message["From"] = Address(one_line(settings.network_name), addr_spec=settings.mail_from)
    message["Reply-To"] = Address(one_line(settings.network_name), addr_spec=settings.mail_reply_to)
    local, _, domain = recipient.rpartition("@")
    message["To"] = Address(one_line(row.recipient_name), username=local, domain=domain)
    message["Date"] = format_datetime(now.astimezone(UTC))
    message["Message-ID"] = message_id(row.message_id, host=settings.host)
    if row.in_reply_to:
        earlier = message_id(row.in_reply_to, host=settings.host)
        message["In-Reply-To"] = earlier
        message["References"] = earlier
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    return message


def message_id(stored: str, *, host: str) -> str:
    """The header of a stored id, the same at each attempt."""
    plain = one_line(stored).strip("<> ")
    return f"<{plain}>" if "@" in plain else f"<{plain}@{host}>"


def _fill(message: EmailMessage, text: str, html: str, row: OutboxMessage) -> None:
    """Plain text first, then HTML, then the calendar entry, and that again as a file."""
    message.set_content(text, subtype="plain", charset="utf-8", cte="quoted-printable")
    message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    if row.calendar is None:
        return
    entry, method = row.calendar.encode(), one_line(row.calendar_method).upper()
    message.add_alternative(entry, maintype="text", subtype="calendar", cte="base64")
    part = list(message.iter_parts())[-1]
    part.set_param("charset", "utf-8")
    if method:
        part.set_param("method", method)
    message.add_attachment(entry, maintype="application", subtype="ics", filename="invite.ics")


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
    )
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
