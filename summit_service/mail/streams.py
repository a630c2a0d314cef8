"""The mails that a person can stop by a click (RFC 8058): which there are, and who has stopped them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from summit_service import db, links
from summit_service.errors import NotFound
from summit_service.mail.outbox import LinkSpec
from summit_service.mail.rows import Row
from summit_service.mail.tables import OptOut, OutboxMessage

NEWS, DIGESTS, REMINDERS, CALENDAR = "news", "digests", "reminders", "calendar"
BEST_PRACTICE, MORNING = "best_practice", "morning"
STREAMS = {
    NEWS: "announcements to the members",
    DIGESTS: "digests of the calendar",
    REMINDERS: "reminders to answer a statement",
    CALENDAR: "mails about changes that your calendar has not seen yet",
    BEST_PRACTICE: "mails about what others say of the best practice that you share",
    MORNING: "the morning mail of what waits at the desk",
}
PURPOSE = "unsubscribe"
PATH = "/unsubscribe/{token}"
LINK_NAME = "unsubscribe_url"
NOT_WANTED = "The recipient has unsubscribed from such mails."
UNKNOWN_LINK = "This link stops no mails. It may have been cut off: copy the whole link from the mail."


def email_key(email: str) -> str:
    """What two spellings of one address have in common."""
    return email.strip().lower()


def headers(given: Mapping[str, str], *, mailbox: str | None = None) -> list[tuple[str, str]]:
    """The headers by which a mail program offers to unsubscribe (RFC 2369, RFC 8058).

    By mail too where `mailbox` is read; the secret then travels in the subject, whose case nobody changes.
    """
    if LINK_NAME not in given:
        return []
    url = given[LINK_NAME]
    by_mail = f", <mailto:{mailbox}?subject=unsubscribe%20{url.rpartition('/')[2]}>" if mailbox else ""
    return [
        ("List-Unsubscribe", f"<{url}>{by_mail}"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def link(row: Row) -> dict[str, LinkSpec]:
    """The link of a mail that can be stopped; it never ends, because nobody must be kept from leaving."""
    return {LINK_NAME: LinkSpec(PURPOSE, str(row.id), PATH)} if row.stream else {}


async def mail_of(token: str) -> OutboxMessage:
    """The mail that the link came with, its address and its stream; raises NotFound."""
    link = await links.find(PURPOSE, token)
    row = None
    if link is not None:
        row = await OutboxMessage.objects().where(OutboxMessage.id == int(link.subject)).first()
    if row is None or not row.stream or not row.recipient_email:
        raise NotFound(UNKNOWN_LINK, code="unknown_link")
    return row


async def unwanted(rows: Sequence[Row]) -> frozenset[int]:
    """The ids of those whose reader has stopped such mails; what cannot be stopped is never looked up."""
    keys = {row.id: _key(row.recipient_email, row.stream) for row in rows if row.stream}
    if not keys:
        return frozenset()
    found = await OptOut.select(OptOut.key).where(OptOut.key.is_in(sorted(set(keys.values()))))
    stopped = {row["key"] for row in found}
    return frozenset(identifier for identifier, key in keys.items() if key in stopped)


async def is_stopped(email: str, stream: str) -> bool:
    """Whether this address wants no more of the stream."""
    return bool(await OptOut.exists().where(OptOut.key == _key(email, stream)))


async def stopped_by(email: str) -> frozenset[str]:
    """The streams that this address has stopped."""
    rows = await OptOut.select(OptOut.stream).where(OptOut.email_key == email_key(email))
    return frozenset(row["stream"] for row in rows)


async def opted_out(stream: str) -> frozenset[str]:
    """The keys of all addresses that have stopped the stream."""
    rows = await OptOut.select(OptOut.email_key).where(OptOut.stream == stream)
    return frozenset(row["email_key"] for row in rows)


async def forget(email: str) -> None:
    """Forget what this address has stopped, in the caller's transaction: nothing here would write to it."""
    db.current_transaction()
    await OptOut.delete().where(OptOut.email_key == email_key(email))


async def keep_choice(email: str, stream: str, *, is_wanted: bool, now: datetime) -> None:
    """Whether this address wants the stream from now on, in the caller's transaction; twice is once.

    Mails of a stopped stream that wait are stopped when their turn comes.
    """
    db.current_transaction()
    if is_wanted:
        await OptOut.delete().where(OptOut.key == _key(email, stream))
        return
    row = OptOut(key=_key(email, stream), email_key=email_key(email), stream=stream, created_at=now)
    await OptOut.insert(row).on_conflict(target=OptOut.key, action="DO NOTHING")


def _key(email: str, stream: str) -> str:
    return f"{stream}:{email_key(email)}"
