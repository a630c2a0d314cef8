"""Answers kept for a day, so that a program that repeats a POST gets the first answer and not a second act."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from piccolo.columns import Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service import caseless, db
from summit_service.errors import Conflict, Invalid

KEPT = timedelta(days=1)
GONE = (
    '{"title":"Gone","status":410,"detail":"What this answer spoke of has been erased.",'
    '"code":"erased","type":"about:blank","errors":[]}'
)


class KeptAnswer(Table, tablename="kept_answer"):
    """The answer to one POST with an `Idempotency-Key`; `status` 0 while the first request is under way."""

    id: Serial
    key_hash = Varchar(length=64)
    request_hash = Varchar(length=64)
    status = Integer(default=0)
    content_type = Varchar(length=80, default="")
    body = Text(default="")
    created_at = Timestamptz()


async def begin(key_hash: str, request_hash: str, *, now: datetime) -> KeptAnswer | None:
    """Take the key for this request; None when it is new, else the answer that was given.

    Raises Invalid when the key was used for another request, and Conflict while (or, after a crash, because) the
    outcome of the first request is not known: repeating it blindly could do it twice.
    """
    row = KeptAnswer(key_hash=key_hash, request_hash=request_hash, created_at=now)
    try:
        with db.unique_violations():
            await row.save()
    except db.UniqueViolation:
        return await _known(key_hash, request_hash)
    return None


async def _known(key_hash: str, request_hash: str) -> KeptAnswer:
    kept = await KeptAnswer.objects().where(KeptAnswer.key_hash == key_hash).first()
    if kept is None or kept.status == 0:
        raise Conflict(
            "The first request with this Idempotency-Key has not been answered yet. Look whether it took effect "
            "before you send it with another key.",
            code="idempotency_unknown",
        )
    if kept.request_hash != request_hash:
        raise Invalid.one("", "This Idempotency-Key was used for another request. Use a new one.")
    return kept


async def finish(key_hash: str, *, status: int, content_type: str, body: str) -> None:
    """Keep the answer of the first request."""
    await KeptAnswer.update(
        {KeptAnswer.status: status, KeptAnswer.content_type: content_type, KeptAnswer.body: body}
    ).where(KeptAnswer.key_hash == key_hash)


async def forget(key_hash: str) -> None:
    """Let the key be used again: nothing came of the request."""
    await KeptAnswer.delete().where((KeptAnswer.key_hash == key_hash) & (KeptAnswer.status == 0))


SHORTEST = 3
"""Characters of a name that is looked for within words; shorter ones are found everywhere."""


async def erase(*values: str, is_within: bool = False) -> None:
    """Blank every kept answer in which one of these stands as a whole value; a repeat of the POST is told 410.

    Or anywhere in its words (`is_within`). In the caller's transaction: what is erased at once is not to stay here
    until its day is over.
    """
    db.current_transaction()
    gone: dict[Any, Any] = {
        KeptAnswer.status: 410,
        KeptAnswer.content_type: "application/problem+json",
        KeptAnswer.body: GONE,
    }
    for value in values:
        if value:
            written = msgspec.json.encode(value).decode()
            if is_within and len(value) >= SHORTEST:
                written = written[1:-1]
            await KeptAnswer.update(gone).where(caseless.has(KeptAnswer.body, written))


async def forget_old(now: datetime) -> None:
    """Housekeeping: answers older than a day go."""
    await KeptAnswer.delete().where(KeptAnswer.created_at < now - KEPT)
