"""Links with a secret in them: what each opens, until when, and what became of it. Only the hash is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from piccolo.columns import Integer, Serial, Timestamptz, Varchar
from piccolo.table import Table

from summit_service import db, tokens

PURPOSES = {
    "sign_in": "/sign-in/{token}",
    "registration": "/registrations/{token}",
    "enquiry": "/join/{token}",
    "unsubscribe": "/unsubscribe/{token}",
    "sign": "/sign/{token}",
    "dispute": "/disputes/{token}",
    "delegation": "/delegations/{token}",
    "invitation": "/invitations/{token}",
    "contribution": "/contributions/{token}",
    "comment": "/comments/{token}",
    "door": "/doors/{token}",
    "thanks": "/thanks/{token}",
    "speaker": "/speakers/{token}",
}
"""What a link can be for, and its address. One of a purpose opens nothing of another: tests/web/test_links.py."""


COLUMNS = ("purpose", "subject", "token_hash", "outbox_id", "created_at", "expires_at", "ended_reason")
MOST_AT_ONCE = 500
"""Rows in one statement: both databases limit how many values it may have."""


class Link(Table, tablename="link"):
    """One secret that was sent to somebody. `subject` is the id of what it opens, in the words of its purpose."""

    id: Serial
    purpose = Varchar(length=40)
    subject = Varchar(length=80, index=True)
    token_hash = Varchar(length=64)
    outbox_id = Integer(null=True, default=None)
    created_at = Timestamptz()
    expires_at = Timestamptz(null=True, default=None)
    used_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    ended_reason = Varchar(length=40, default="")


@dataclass(frozen=True, slots=True)
class Order:
    """A link that is to be made: for what, until when, and with which mail it travels."""

    purpose: str
    subject: str
    expires_at: datetime | None = None
    outbox_id: int | None = None


async def issue_all(orders: Sequence[Order], *, now: datetime) -> list[str]:
    """Mint a token for each, keep their hashes, and hand the tokens out this one time."""
    minted = [tokens.mint() for _ in orders]
    rows = [
        (
            order.purpose,
            order.subject,
            tokens.fingerprint(order.purpose, token),
            order.outbox_id,
            now,
            order.expires_at,
            "",
        )
        for order, token in zip(orders, minted, strict=True)
    ]
    for first in range(0, len(rows), MOST_AT_ONCE):
        await db.insert_all(Link, COLUMNS, rows[first : first + MOST_AT_ONCE])
    return minted


async def issue(
    purpose: str,
    *,
    subject: str,
    now: datetime,
    expires_at: datetime | None = None,
    outbox_id: int | None = None,
) -> str:
    """The token of one new link."""
    order = Order(purpose, subject, expires_at=expires_at, outbox_id=outbox_id)
    return (await issue_all([order], now=now))[0]


async def find(purpose: str, token: str) -> Link | None:
    """The row of a token of that purpose, whatever its state; None when there is none.

    Always asks the database, so that a malformed token costs the time of an unknown one.
    """
    row = await Link.objects().where(Link.token_hash == tokens.fingerprint(purpose, token)).first()
    return row if row is not None and row.purpose == purpose else None


async def find_live(purpose: str, token: str, *, now: datetime) -> Link | None:
    """Like `find`, but None for a link that is used, ended or expired."""
    link = await find(purpose, token)
    return link if link is not None and is_live(link, now=now) else None


def is_live(link: Link, *, now: datetime) -> bool:
    """Whether the link still opens what it was made for."""
    return (
        link.used_at is None and link.ended_at is None and (link.expires_at is None or now < link.expires_at)
    )


async def use_up(link: Link, *, now: datetime) -> bool:
    """Spend a one-use link; False when somebody else was faster."""
    spent = (
        await Link.update({Link.used_at: now})
        .where((Link.id == link.id) & Link.used_at.is_null() & Link.ended_at.is_null())
        .returning(Link.id)
    )
    return bool(spent)


async def ended_with(mails: Sequence[int]) -> set[int]:
    """Those of the mails, by their ids in the outbox, with a link that was ended by somebody and not by its time."""
    if not mails:
        return set()
    theirs = Link.outbox_id.is_in(list(mails)) & Link.ended_at.is_not_null()
    return {row["outbox_id"] for row in await Link.select(Link.outbox_id).where(theirs)}


async def end_all(purpose: str, *, subject: str, reason: str, now: datetime) -> None:
    """End every live link to that subject, in the caller's transaction."""
    await Link.update({Link.ended_at: now, Link.ended_reason: reason}).where(
        (Link.purpose == purpose) & (Link.subject == subject) & Link.ended_at.is_null()
    )
