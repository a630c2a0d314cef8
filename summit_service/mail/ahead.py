"""What of the mail comes by itself: mails of the outbox whose turn comes, and old returns that are deleted."""

from __future__ import annotations

from datetime import timedelta

from summit_service import settings
from summit_service.ahead import Ahead, Window, number
from summit_service.mail import streams
from summit_service.mail.tables import OptOut, OutboxMessage, ReceivedMail


async def coming(window: Window) -> list[Ahead]:
    """Mails by the day on which they are due, and returned mails by the day on which they go."""
    return [*await _outbox(window), *await _returned(window)]


async def _outbox(window: Window) -> list[Ahead]:
    """Without those whose time is over before their turn comes, and those that their reader has stopped."""
    table = OutboxMessage
    rows = await table.select(table.due_at, table.expires_at, table.recipient_email, table.stream).where(
        table.settled_at.is_null() & (table.state != "sending") & (table.due_at < window.until)
    )
    opted_out = await OptOut.select(OptOut.email_key, OptOut.stream)
    stopped = {(row["email_key"], row["stream"]) for row in opted_out}
    moments = [
        row["due_at"]
        for row in rows
        if (row["expires_at"] is None or max(row["due_at"], window.now) < row["expires_at"])
        and (streams.email_key(row["recipient_email"]), row["stream"]) not in stopped
    ]
    return [
        Ahead(
            at,
            f"{number(count, 'mail', 'mails')} in the outbox {'goes' if count == 1 else 'go'} out.",
            "/desk/mails",
            "Look at the outbox",
            count=count,
        )
        for at, count in window.by_day(moments)
    ]


async def _returned(window: Window) -> list[Ahead]:
    kept = timedelta(days=settings.current().bounce_days)
    table = ReceivedMail
    rows = await table.select(table.received_at).where(table.received_at < window.until - kept)
    return [
        Ahead(
            at,
            f"{number(count, 'mail', 'mails')} that came back {'is' if count == 1 else 'are'} deleted.",
            "/desk/mails/received",
            "Read before",
            count=count,
        )
        for at, count in window.by_day(row["received_at"] + kept for row in rows)
    ]
