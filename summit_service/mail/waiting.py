"""What of the mail waits for the secretariat: a mailer that stands still, mails that did not arrive or came back."""

from __future__ import annotations

from datetime import datetime

from summit_service.mail import queries
from summit_service.waiting import Waiting


async def for_secretariat(now: datetime) -> list[Waiting]:
    """How the mailer does, and what did not reach anybody."""
    return [*await _outbox(now), *await _received()]


async def _outbox(now: datetime) -> list[Waiting]:
    health, counts = await queries.health(now=now), await queries.unseen_counts()
    found = []
    if not health.is_well:
        since = health.paused_at or health.oldest_due_at
        found.append(Waiting(0, health.sentence, "/desk/mails", "Look at the outbox", since=since))
    if failed := counts["failed"]:
        sentence = f"{_mails(failed)} could not be delivered."
        found.append(Waiting(1, sentence, "/desk/mails?state=failed", "See which", count=failed))
    if returned := counts["returned"]:
        sentence = f"{_mails(returned)} came back undelivered."
        found.append(Waiting(1, sentence, "/desk/mails?state=returned", "See which", count=returned))
    if uncertain := counts["uncertain"]:
        told = _mails(uncertain)
        sentence = f"Nobody knows whether {told} arrived: the connection broke at the last moment."
        found.append(Waiting(2, sentence, "/desk/mails?state=uncertain", "See which", count=uncertain))
    return found


async def _received() -> list[Waiting]:
    unread = await queries.unread_count()
    if not unread:
        return []
    sentence = f"{_mails(unread)} came back that no rule could sort."
    return [Waiting(1, sentence, "/desk/mails/received", "Read", count=unread)]


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count} mails"
