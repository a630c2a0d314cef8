"""What happened to a mail, one entry each: attempts that did not get through, and what people did with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service.mail.tables import BouncingAddress, MailEvent, OutboxMessage, ReceivedMail

ATTEMPT, RESENT, COPY, STOPPED = "attempt", "resent", "copy", "stopped"


async def note(
    message: int, kind: str, *, now: datetime, words: str = "", phase: str = "", who: str = ""
) -> None:
    """Add an entry, in the caller's transaction; `words` must have no secret in them."""
    await MailEvent.insert(
        MailEvent(message=message, at=now, kind=kind, phase=phase, words=words[:1000], who=who[:200])
    )


async def note_attempt(row: OutboxMessage, *, words: str, phase: str, now: datetime) -> None:
    """An attempt that was not accepted. What was accepted at once says so itself and costs no row here."""
    await note(row.id, ATTEMPT, now=now, words=words, phase=phase)


async def events_of(message: int) -> list[MailEvent]:
    """Everything that is kept about one mail, the oldest first."""
    return list(await MailEvent.objects().where(MailEvent.message == message).order_by(MailEvent.id))


BLANK_RECEIVED: dict[Any, Any] = {
    ReceivedMail.sender: "",
    ReceivedMail.subject: "",
    ReceivedMail.words: "",
    ReceivedMail.text: "",
}


async def erase(messages: list[int]) -> None:
    """Blank what servers and people said about these mails; servers quote addresses."""
    mine = MailEvent.message.is_in(messages)
    await MailEvent.update({MailEvent.words: "", MailEvent.who: ""}).where(mine)
    await ReceivedMail.update(dict(BLANK_RECEIVED)).where(ReceivedMail.message.is_in(messages))
    await BouncingAddress.delete().where(BouncingAddress.message.is_in(messages))
