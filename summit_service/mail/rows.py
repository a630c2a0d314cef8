"""A row of the outbox as the mailer reads it: plain values, made by the thousand at little cost."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from summit_service.mail.tables import OutboxMessage


@dataclass(slots=True)
class OutboxRow:
    """What `OutboxMessage` says of a mail that is to be sent, without what is only written."""

    id: int
    kind: str
    about: str
    recipient_name: str
    recipient_email: str
    language: str
    context: str
    links: str
    calendar: str | None
    calendar_method: str
    in_reply_to: str
    message_id: str
    expires_at: datetime | None
    state: str
    attempts: int
    tried_at: datetime | None
    repeats: int
    phase: str
    refused_at: datetime | None
    stream: str


Row = OutboxMessage | OutboxRow
"""A mail from the table, whichever way it was read."""
COLUMNS: tuple[Any, ...] = tuple(getattr(OutboxMessage, field.name) for field in fields(OutboxRow))
