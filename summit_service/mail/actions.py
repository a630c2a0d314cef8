"""What a person at the desk does with the outbox: send again, stop, let the queue go on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from summit_service import db, journal, links
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.mail import history, outbox, pauses, queries, streams, waking
from summit_service.mail.tables import BouncingAddress, OutboxMessage, ReceivedMail

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
    OutboxMessage.stream,
)
ENDED_LINK = (
    "The link in this mail was ended: somebody else is asked now, or what it opened is over. "
    "It is not sent any more."
)
KNOWN = {"moved": "Another address is known", "given_up": "Nobody is to be reached there"}
"""What a person may know of an address that takes no mail, in words."""


async def resend(identifier: int, *, actor: Actor, now: datetime) -> int:
    """The same mail as a new row with its own Message-ID; its id. Two presses of the button make one row.

    Raises NotFound, or Conflict while the first is still on its way or when its time is over.
    """
    return (await resend_all([identifier], actor=actor, now=now))[0]


async def resend_all(identifiers: Sequence[int], *, actor: Actor, now: datetime) -> list[int]:
    """Each of these mails once more, all of them or none; their new ids. Raises as `resend`."""
    check_may(actor)
    async with db.transaction():
        return list((await copy_all(identifiers, actor=actor, now=now)).values())


async def copy_all(identifiers: Sequence[int], *, actor: Actor, now: datetime) -> dict[int, int]:
    """As `resend_all`, in the caller's transaction: the new ids by those of the mails that they repeat."""
    check_may(actor)
    transaction = db.current_transaction()
    made = {one: await _copy(one, actor=actor, now=now) for one in sorted(set(identifiers))}
    await waking.notify()
    transaction.after_commit(waking.wake)
    first = next(iter(made.values()), "")
    await journal.note("mail.resent", actor, first, now=now, detail=f"{len(made)} of them")
    return made


async def why_not_again(rows: Sequence[OutboxMessage], *, now: datetime) -> dict[int, str]:
    """Why each of these mails cannot be sent again, in a sentence, by its id; empty when it can.

    A copy has links of its own. So a mail whose link was ended has none: whoever got it has no business there any more.
    """
    ended = await links.ended_with([row.id for row in rows])
    return {row.id: ENDED_LINK if row.id in ended else _why_not_again(row, now=now) for row in rows}


def _why_not_again(row: OutboxMessage, *, now: datetime) -> str:
    if row.settled_at is None:
        return "This mail is still on its way. Wait until it has arrived or failed."
    if row.state == "stopped":
        return "This mail was stopped, because what it speaks of is over. It is not sent any more."
    if row.expires_at is not None and row.expires_at <= now:
        return "This mail's time is over, so it is not sent any more."
    return ""


async def _copy(identifier: int, *, actor: Actor, now: datetime) -> int:
    row = await db.for_update(OutboxMessage.objects().where(OutboxMessage.id == identifier)).first()
    if row is None:
        raise NotFound("There is no such mail.")
    refusal = (await why_not_again([row], now=now))[row.id]
    if refusal:
        raise Conflict(refusal)
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
    new: int = made[0]["id"]
    await row.update_self({OutboxMessage.looked_at: now})
    await history.note(row.id, history.RESENT, now=now, words=f"As mail {new}.", who=actor.name)
    await history.note(new, history.COPY, now=now, words=f"Of mail {row.id}.", who=actor.name)
    return new


async def stop_mail(identifier: int, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """Stop one mail that waits. Raises NotFound, or Conflict when it is done."""
    check_may(actor)
    async with db.transaction():
        row = await db.for_update(OutboxMessage.objects().where(OutboxMessage.id == identifier)).first()
        if row is None:
            raise NotFound("There is no such mail.")
        if row.settled_at is not None:
            raise Conflict("This mail is done; it cannot be stopped any more.")
        reason = reason or f"Stopped by {actor.name}."
        await outbox.stop_matching(OutboxMessage.id == identifier, reason=reason, now=now)
        await journal.note("mail.stopped", actor, identifier, now=now)


async def resume(*, actor: Actor, now: datetime) -> None:
    """Let a paused queue go on at once."""
    check_may(actor)
    async with db.transaction():
        await pauses.resume(now=now)
        await journal.note("mail.resumed", actor, "", now=now)
        db.current_transaction().after_commit(waking.wake)


async def mark_looked_at(state: str, *, until: datetime, actor: Actor, now: datetime) -> int:
    """A person has seen which mails did not arrive by `until`, when their page was made; how many. Raises Invalid."""
    check_may(actor)
    if state not in queries.TO_LOOK_AT:
        raise Invalid.one("state", f"Say which: {', '.join(queries.TO_LOOK_AT)}.")
    async with db.transaction():
        seen = (
            await OutboxMessage.update({OutboxMessage.looked_at: now})
            .where(queries.unseen(state, until=until))
            .returning(OutboxMessage.id)
        )
        if seen:
            told = f"{len(seen)} of them"
            await journal.note("mail.looked_at", actor, "", now=now, detail=told)
    return len(seen)


async def mark_read(identifier: int, *, actor: Actor, now: datetime) -> None:
    """A person has looked at a mail that came back; raises NotFound for one that is read already."""
    check_may(actor)
    waits = (ReceivedMail.id == identifier) & queries.WAITS
    async with db.transaction():
        read = (
            await ReceivedMail.update({ReceivedMail.seen_at: now, ReceivedMail.seen_by: actor.name[:200]})
            .where(waits)
            .returning(ReceivedMail.id)
        )
        if read:
            await journal.note("mail.read", actor, "", now=now, detail=f"number {identifier}")
    if not read:
        raise NotFound("Somebody has read this mail already.")


async def clear_address(identifier: int, *, actor: Actor, now: datetime) -> None:
    """A person knows that an address takes mail again; raises NotFound where it is not marked."""
    check_may(actor)
    async with db.transaction():
        found = (
            await BouncingAddress.delete()
            .where(BouncingAddress.id == identifier)
            .returning(BouncingAddress.id)
        )
        if found:
            await journal.note("mail.address_cleared", actor, "", now=now)
    if not found:
        raise NotFound("This address is not marked any more.")


async def settle_address(identifier: int, known: str, *, actor: Actor, now: datetime) -> None:
    """A person knows what becomes of an address: it waits no longer, and stays marked.

    Raises NotFound where it is not marked, and Invalid for what is none of `KNOWN`.
    """
    check_may(actor)
    if known not in KNOWN:
        raise Invalid.one("known", f"Say which: {', '.join(KNOWN)}.")
    async with db.transaction():
        found = (
            await BouncingAddress.update({BouncingAddress.settled_as: known, BouncingAddress.settled_at: now})
            .where(BouncingAddress.id == identifier)
            .returning(BouncingAddress.id)
        )
        if found:
            await journal.note("mail.address_settled", actor, "", now=now, detail=KNOWN[known])
    if not found:
        raise NotFound("This address is not marked any more.")


async def unsubscribe(token: str, *, now: datetime) -> OutboxMessage:
    """Stop the stream of the mail that this link came with, for its reader; raises NotFound."""
    return await _choose(token, is_wanted=False, now=now)


async def resubscribe(token: str, *, now: datetime) -> OutboxMessage:
    """The other way round, by the same link; raises NotFound."""
    return await _choose(token, is_wanted=True, now=now)


async def _choose(token: str, *, is_wanted: bool, now: datetime) -> OutboxMessage:
    async with db.transaction():
        row = await streams.mail_of(token)
        await streams.keep_choice(row.recipient_email, row.stream, is_wanted=is_wanted, now=now)
    return row


async def choose_streams(wanted: Collection[str], *, actor: Actor, now: datetime) -> None:
    """What the actor's own address is to get of the streams that ask nobody first; raises NotSignedIn."""
    if not actor.is_signed_in:
        raise NotSignedIn("Sign in to do this.")
    async with db.transaction():
        for stream in (streams.NEWS, streams.REMINDERS, streams.CALENDAR):
            await streams.keep_choice(actor.email, stream, is_wanted=stream in wanted, now=now)


def check_may(actor: Actor) -> None:
    """The outbox is the secretariat's."""
    if not actor.is_secretariat:
        raise NotAllowed("Only the secretariat can do this.")
