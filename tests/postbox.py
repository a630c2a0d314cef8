"""The other end of the mail in tests: the outbox is delivered through the real path, into memory."""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from summit_service.mail.delivery import deliver_due
from summit_service.mail.render import Envelope
from summit_service.mail.rules import Answer, Phase
from summit_service.mail.sinks import BeforeDot
from tests.clients import BASE_URL


class Postbox:
    """Takes every mail; `messages` has all of them, in the order of their arrival."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []

    async def deliver(self, now: datetime) -> list[EmailMessage]:
        """Deliver what is due at `now`; the mails that arrived by it, parsed from their bytes."""
        before = len(self.messages)
        await deliver_due(now, self, chance=lambda: 0.5)
        return self.messages[before:]

    async def send(self, envelope: Envelope, *, before_dot: BeforeDot) -> Answer:
        """As a server does it: the phase is written down, then the mail is taken."""
        content = envelope.content
        await before_dot()
        self.messages.append(parsed(content))
        self.envelopes.append(envelope)
        return Answer(Phase.DOT, 250, "taken by the postbox")

    async def close(self) -> None:
        """There is nothing to close."""


def parsed(content: bytes) -> EmailMessage:
    """A message as its reader's program would read it."""
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    """The plain text part."""
    return _part(message, "plain")


def html_of(message: EmailMessage) -> str:
    """The HTML part."""
    return _part(message, "html")


def calendar_of(message: EmailMessage) -> str:
    """The iCalendar object inside the alternative, CRLF and all; empty when there is none."""
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return bytes(parts[0].get_payload(decode=True)).decode() if parts else ""


def link_in(message: EmailMessage, start: str) -> str:
    """The path of the one link in the text that starts with `start`, such as `/sign/`."""
    found = set(re.findall(re.escape(BASE_URL) + r"(" + re.escape(start) + r"[^\s<>\"]*)", text_of(message)))
    assert len(found) == 1, f"{len(found)} links start with {start} in:\n{text_of(message)}"
    return str(found.pop())


def _part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    assert body is not None, f"There is no {subtype} part."
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.fixture
def postbox(database: object) -> Postbox:
    """An empty postbox on this test's database."""
    return Postbox()
