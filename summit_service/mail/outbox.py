"""Putting mails into the outbox and stopping them, always inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
from piccolo.columns import Column
from piccolo.custom_types import Combinable

from summit_service import db, settings
from summit_service.mail import history, mailbox, rules, waking
from summit_service.mail.tables import OutboxMessage

WAITING = ("queued", "deferred")
AT_ONCE = 100
"""Rows of one INSERT."""


class LinkSpec(msgspec.Struct, frozen=True):
    """A link that the mailer mints when it sends the mail: `path` has `{token}` in it.

    It ends at `expires_at`, or `lifetime_seconds` after the mail was sent, whichever is given.
    """

    purpose: str
    subject: str
    path: str
    expires_at: datetime | None = None
    lifetime_seconds: int | None = None

    def ends_at(self, sent_at: datetime) -> datetime | None:
        """When a link that is sent at this moment ends; None for one that never does."""
        if self.expires_at is None and self.lifetime_seconds is not None:
            return sent_at + timedelta(seconds=self.lifetime_seconds)
        return self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one person.

    `kind` names the folder under templates/email/. `about` is what it speaks of (`registration:12`), so that
    what makes it pointless can stop it. `context` is JSON without a secret. `links` become variables of the
    template. `is_repeatable` says whether it is sent once more when nobody knows if it arrived (RFC 1047).
    `calendar` is an iCalendar object for RFC 6047, with its method. `in_reply_to` is the `message_id` of an
    earlier row. `stream` is one of `streams.STREAMS` for what a person can stop by a click, and empty for what
    they have asked for or have to know. `due_at` is a later moment than now for what somebody may still stop.
    """

    kind: str
    to_name: str
    to_email: str
    about: str
    dedupe_key: str
    context: Mapping[str, Any]
    links: Mapping[str, LinkSpec] = field(default_factory=dict)
    language: str = "en"
    expires_at: datetime | None = None
    is_repeatable: bool = True
    in_reply_to: str = ""
    calendar: str | None = None
    calendar_method: str = ""
    stream: str = ""
    due_at: datetime | None = None


async def add(mail: Mail, *, now: datetime) -> int | None:
    """Queue a mail in the caller's transaction; its id, or None when the same cause has queued it before.

    Raises RuntimeError outside a transaction: a mail must commit with what caused it.
    """
    added = await add_all([mail], now=now)
    return added[0] if added else None


async def add_all(mails: Sequence[Mail], *, now: datetime) -> list[int]:
    """Queue many mails in the caller's transaction, some at a time; the ids of those that no cause had queued before.

    Raises RuntimeError outside a transaction.
    """
    transaction = db.current_transaction()
    added: list[int] = []
    for start in range(0, len(mails), AT_ONCE):
        rows = [row_of(mail, now=now) for mail in mails[start : start + AT_ONCE]]
        inserted = (
            await OutboxMessage.insert(*rows)
            .on_conflict(target=OutboxMessage.dedupe_key, action="DO NOTHING")
            .returning(OutboxMessage.id)
        )
        added.extend(row["id"] for row in inserted)
    if added:
        await waking.notify()
        transaction.after_commit(waking.wake)
    return added


def row_of(mail: Mail, *, now: datetime) -> OutboxMessage:
    """The mail as a row that is not stored."""
    values: dict[Column, Any] = {
        OutboxMessage.dedupe_key: mail.dedupe_key,
        OutboxMessage.kind: mail.kind,
        OutboxMessage.about: mail.about,
        OutboxMessage.recipient_name: rules.one_line(mail.to_name)[:200],
        OutboxMessage.recipient_email: mail.to_email,
        OutboxMessage.language: mail.language,
        OutboxMessage.context: msgspec.json.encode(mail.context).decode(),
        OutboxMessage.links: msgspec.json.encode(mail.links).decode(),
        OutboxMessage.calendar: mail.calendar,
        OutboxMessage.calendar_method: mail.calendar_method,
        OutboxMessage.in_reply_to: mail.in_reply_to,
        OutboxMessage.message_id: uuid4().hex,
        OutboxMessage.is_repeatable: mail.is_repeatable,
        OutboxMessage.expires_at: mail.expires_at,
        OutboxMessage.created_at: now,
        OutboxMessage.due_at: mail.due_at or now,
        OutboxMessage.stream: mail.stream,
        OutboxMessage.priority: _priority(mail),
    }
    return OutboxMessage(values)


def _priority(mail: Mail) -> int:
    """Somebody sits in front of a sign-in page; everything else can wait for that."""
    return 0 if any(link.purpose in rules.URGENT_PURPOSES for link in mail.links.values()) else 1


async def stop(
    about: str,
    *,
    reason: str,
    now: datetime,
    kinds: Sequence[str] = (),
    queued_until: datetime | None = None,
) -> None:
    """Stop the waiting mails about a thing, in the caller's transaction.

    Where `kinds` or `queued_until` are given, only those of these kinds, and those that were queued by then.

    What is being sent at this moment cannot be called back, but it is not tried again.
    """
    db.current_transaction()
    matching: Combinable = OutboxMessage.about == about
    if kinds:
        matching = matching & OutboxMessage.kind.is_in(list(kinds))
    if queued_until is not None:
        matching = matching & (OutboxMessage.created_at <= queued_until)
    await stop_matching(matching, reason=reason, now=now)


async def erase(about: str, *, now: datetime) -> None:
    """Blank what is personal in the mails about a thing, in the caller's transaction; what waits is stopped.

    The rows stay, as a count; nobody can send them again, because their time is over. Where a folder stands in for
    a mail server, their files go. Their keys go, too: on SQLite the number of a deleted thing is given to the next one,
    whose mails would be taken for these.
    """
    await _erase_these(OutboxMessage.about == about, now=now)


async def erase_below(about: str, *, now: datetime) -> None:
    """As `erase`, for mails about a part of the thing, whether or not it is there still: `registration:12:seat:3`."""
    await _erase_these(OutboxMessage.about.like(f"{about}:%"), now=now)


async def _erase_these(these: Combinable, *, now: datetime) -> None:
    rows = await OutboxMessage.select(OutboxMessage.id).where(these)
    await erase_rows([row["id"] for row in rows], reason="What it is about has been erased.", now=now)
    await _forget_keys(these)


async def erase_rows(numbers: Sequence[int], *, reason: str, now: datetime) -> None:
    """As `erase`, for the mails with these numbers."""
    db.current_transaction()
    blank: dict[Any, Any] = {
        OutboxMessage.recipient_name: "",
        OutboxMessage.recipient_email: "",
        OutboxMessage.context: "{}",
        OutboxMessage.links: "{}",
        OutboxMessage.calendar: None,
        OutboxMessage.server_reply: "",
        OutboxMessage.returned_words: "",
        OutboxMessage.expires_at: now,
    }
    for first in range(0, len(numbers), AT_ONCE):
        batch = list(numbers[first : first + AT_ONCE])
        these = OutboxMessage.id.is_in(batch)
        await stop_matching(these, reason=reason, now=now)
        await _forget_keys(these & OutboxMessage.dedupe_key.like("%@%"))  # those that name an address
        await OutboxMessage.update(blank).where(these)
        await history.erase(batch)
    mailbox.forget(settings.current().mailbox_dir, numbers)


async def _forget_keys(these: Combinable) -> None:
    """Another key takes the place of the one that keeps a mail from being sent twice."""
    for row in await OutboxMessage.select(OutboxMessage.id).where(these):
        key: dict[Any, Any] = {OutboxMessage.dedupe_key: f"erased:{row['id']}"}
        await OutboxMessage.update(key).where(OutboxMessage.id == row["id"])


async def stop_matching(matching: Combinable, *, reason: str, now: datetime) -> None:
    """Stop every mail that matches and is not done, by what state it is in."""
    reason = rules.one_line(reason)[:200]
    waiting = OutboxMessage.state.is_in(list(WAITING))
    await OutboxMessage.update(
        {OutboxMessage.state: "stopped", OutboxMessage.server_reply: reason, OutboxMessage.settled_at: now}
    ).where(matching & waiting)
    to_be_repeated = (OutboxMessage.state == "uncertain") & OutboxMessage.settled_at.is_null()
    await OutboxMessage.update({OutboxMessage.settled_at: now, OutboxMessage.stop_reason: reason}).where(
        matching & to_be_repeated
    )
    await OutboxMessage.update({OutboxMessage.stop_reason: reason}).where(
        matching & (OutboxMessage.state == "sending")
    )


def wake() -> None:
    """Tell the mailers of this process that there is something to send."""
    waking.wake()
