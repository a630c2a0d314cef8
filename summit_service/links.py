"""Links with a secret in them: what each opens, until when, and what became of it. Only the hash is kept."""

from __future__ import annotations

from datetime import datetime

from piccolo.columns import Integer, Serial, Timestamptz, Varchar
from piccolo.table import Table

from summit_service import tokens


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


async def issue(
    purpose: str,
    *,
    subject: str,
    now: datetime,
    expires_at: datetime | None = None,
    outbox_id: int | None = None,
) -> str:
    """Mint a token, keep its hash, and hand the token out this one time."""
    token = tokens.mint()
    await Link.insert(
        Link(
            purpose=purpose,
            subject=subject,
            token_hash=tokens.fingerprint(purpose, token),
            outbox_id=outbox_id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return token


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


async def end_all(purpose: str, *, subject: str, reason: str, now: datetime) -> None:
    """End every live link to that subject, in the caller's transaction."""
    await Link.update({Link.ended_at: now, Link.ended_reason: reason}).where(
        (Link.purpose == purpose) & (Link.subject == subject) & Link.ended_at.is_null()
    )
