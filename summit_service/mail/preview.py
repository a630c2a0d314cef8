"""A mail as it was or would be sent, with every link's secret masked, for the people at the desk."""

from __future__ import annotations

from datetime import datetime

import msgspec

from summit_service import settings
from summit_service.mail import mailbox, outbox, render, streams
from summit_service.mail.mailbox import Kept, Letter
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.mail.tables import OutboxMessage

MASK = "…"


def letter_of(row: OutboxMessage, *, now: datetime) -> Letter:
    """The mail of a row by the templates of today; raises render.CannotRender with a sentence."""
    at = row.settled_at or now
    envelope = render.envelope(row, links=_masked_links(row), settings=settings.current(), now=at)
    return mailbox.opened(Kept(row.id, row.recipient_name, row.recipient_email, "", at), envelope.content)


def draft_of(mail: Mail, *, now: datetime) -> tuple[str, str]:
    """Subject and plain text of a mail as it would go out, before it is queued; raises render.CannotRender."""
    row = outbox.row_of(mail, now=now)
    return render.words_of(row, links=_masked_links(row), settings=settings.current())


def _masked_links(row: OutboxMessage) -> dict[str, str]:
    specs = msgspec.json.decode(row.links, type=dict[str, LinkSpec])
    paths = {name: spec.path for name, spec in specs.items()}
    if row.stream:
        paths[streams.LINK_NAME] = streams.PATH
    base_url = settings.current().base_url
    return {name: base_url + path.replace("{token}", MASK) for name, path in paths.items()}
