"""What a person at the desk does with the outbox: send again, stop, let the queue go on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from summit_service import db
from summit_service.errors import Conflict, NotAllowed, NotFound
from summit_service.mail import outbox, pauses, waking
from summit_service.mail.tables import OutboxMessage

if TYPE_CHECKING:
    from summit_service.accounts.actor import Actor  # people are built on top of mail

KEPT = (
    OutboxMessage.kind,
    OutboxMessage.about,
    OutboxMessage.recipient_name,
    OutboxMessage.recipient_email,
    OutboxMessage.language,
    OutboxMessage.context,
    OutboxMessage.links,
    OutboxMessage.calendar,
    OutboxMessage.calendar_method,
    OutboxMessage.in_reply_to,
    OutboxMessage.is_repeatable,
    OutboxMessage.expires_at,
    OutboxMessage.priority,
)


async def resend(identifier: int, *, actor: Actor, now: datetime) -> int:
    """The same mail as a new row with its own Message-ID; its id. Two presses of the button make one row.

    Raises NotFound, or Conflict while the first is still on its way or when its time is over.
    """
    check_may(actor)
    async with db.transaction():
        row = await db.for_update(OutboxMessage.objects().where(OutboxMessage.id == identifier)).first()
        if row is None:
            raise NotFound("There is no such mail.")
        if row.settled_at is None:
            raise Conflict("This mail is still on its way. Wait until it has arrived or failed.")
        if row.state == "stopped":
            raise Conflict(
                "This mail was stopped, because what it speaks of is over. It is not sent any more."
            )
        if row.expires_at is not None and row.expires_at <= now:
            raise Conflict("This mail's time is over, so it is not sent any more.")
        copy = OutboxMessage({column: getattr(row, column._meta.name) for column in KEPT})
        copy.dedupe_key, copy.message_id = f"again:{row.id}", uuid4().hex
        copy.created_at = copy.due_at = now
        made = (
            await OutboxMessage.insert(copy)
            .on_conflict(target=OutboxMessage.dedupe_key, action="DO NOTHING")
            .returning(OutboxMessage.id)
        )
        if not made:
            raise Conflict("This mail has been sent again already. Send the newer one again if you need to.")
        await waking.notify()
        db.current_transaction().after_commit(waking.wake)
    new: int = made[0]["id"]
    return new


async def stop_mail(identifier: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Stop one mail that waits. Raises NotFound, or Conflict when it is done."""
    check_may(actor)
    async with db.transaction():
        row = await db.for_update(OutboxMessage.objects().where(OutboxMessage.id == identifier)).first()
        if row is None:
            raise NotFound("There is no such mail.")
        if row.settled_at is not None:
            raise Conflict("This mail is done; it cannot be stopped any more.")
        await outbox.stop_matching(OutboxMessage.id == identifier, reason=reason, now=now)


async def resume(*, actor: Actor, now: datetime) -> None:
    """Let a paused queue go on at once."""
    check_may(actor)
    async with db.transaction():
        await pauses.resume(now=now)
        db.current_transaction().after_commit(waking.wake)


def check_may(actor: Actor) -> None:
    """The outbox is the secretariat's."""
    if not actor.is_secretariat:
        raise NotAllowed("Only the secretariat can do this.")
