"""The whole queue's stop and go: paused when a server refuses us, not just a mail; tried now and then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from summit_service.mail import rules, waking
from summit_service.mail.rows import Row
from summit_service.mail.rules import Phase
from summit_service.mail.tables import MailerStatus, OutboxMessage

HEARTBEAT = timedelta(seconds=10)
_status = MailerStatus.id == 1


async def pause(reason: str, *, now: datetime) -> None:
    """Stop the queue and say why; one that is paused keeps the time at which it began."""
    await _ensure_row()
    await MailerStatus.update({MailerStatus.pause_reason: reason}).where(_status)
    await MailerStatus.update({MailerStatus.paused_at: now, MailerStatus.probed_at: now}).where(
        _status & MailerStatus.paused_at.is_null()
    )


async def resume(*, now: datetime) -> None:
    """Let the queue go on; what was put off because of the server rather than by itself is due at once."""
    await MailerStatus.update({MailerStatus.paused_at: None, MailerStatus.pause_reason: ""}).where(_status)
    await _hurry(OutboxMessage.refused_at.is_not_null(), now=now)
    await forget_absence(now=now)
    await waking.notify()


async def forget_absence(*, now: datetime) -> None:
    """The server can be reached: what only waited for that is due at once."""
    await _hurry(OutboxMessage.phase.is_in([Phase.CONNECT.value, Phase.AUTH.value]), now=now)


async def _hurry(matching: Any, *, now: datetime) -> None:
    put_off = (OutboxMessage.state == "deferred") & (OutboxMessage.due_at > now)
    await OutboxMessage.update({OutboxMessage.due_at: now}).where(put_off & matching)


async def allowance(limit: int, *, now: datetime) -> int:
    """How many mails may be claimed: all, or, while the queue is paused, one every quarter of an hour."""
    status = await MailerStatus.select(MailerStatus.paused_at).where(_status).first()
    if status is None or status["paused_at"] is None:
        return limit
    since: Any = MailerStatus.probed_at.is_null() | (MailerStatus.probed_at <= now - rules.PROBE_EVERY)
    won = (
        await MailerStatus.update({MailerStatus.probed_at: now})
        .where(_status & since)
        .returning(MailerStatus.id)
    )
    return 1 if won else 0


async def note_acceptance(*, now: datetime) -> None:
    """The server takes mail, so a pause is over."""
    paused = await MailerStatus.exists().where(_status & MailerStatus.paused_at.is_not_null())
    if paused:
        await resume(now=now)


async def was_refused_alone(row: Row) -> bool:
    """Whether others were accepted after this mail was refused."""
    if row.refused_at is None:
        return False
    later = (OutboxMessage.state == "accepted") & (OutboxMessage.settled_at > row.refused_at)
    return bool(await OutboxMessage.exists().where(later))


async def beat(*, now: datetime) -> None:
    """Say that a mailer looks after the queue."""
    await _ensure_row()
    is_old: Any = MailerStatus.seen_at.is_null() | (MailerStatus.seen_at <= now - HEARTBEAT)
    await MailerStatus.update({MailerStatus.seen_at: now}).where(_status & is_old)


async def _ensure_row() -> None:
    if not await MailerStatus.exists().where(_status):
        await MailerStatus.insert(MailerStatus(id=1)).on_conflict(target=MailerStatus.id, action="DO NOTHING")
