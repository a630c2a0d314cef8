"""Requests to sign that have reached nobody: no consent, and a task for the desk."""

from __future__ import annotations

from collections.abc import Sequence

from summit_service.mail.tables import OutboxMessage
from summit_service.statements import counting, mails, queries
from summit_service.statements.tables import SigningRequest, Statement

LOST = frozenset({"failed", "returned"})


async def undeliverable_of(statement: Statement) -> list[SigningRequest]:
    """Those without an answer whose last mail failed or came back, by organisation. A later mail that stays ends it."""
    answers = await queries.answers_of(statement)
    return await lost_among(
        [request for request in await queries.requests_of(statement) if request.id not in answers]
    )


async def lost_among(open_ones: Sequence[SigningRequest]) -> list[SigningRequest]:
    """Of requests without an answer, those whose last mail failed or came back, in their order."""
    if not open_ones:
        return []
    theirs = OutboxMessage.about.is_in([mails.about(request) for request in open_ones])
    asking = OutboxMessage.kind.is_in(list(counting.ASKING)) & (OutboxMessage.state != "stopped")
    told = OutboxMessage.select(OutboxMessage.about, OutboxMessage.state, OutboxMessage.returned_at)
    rows = await told.where(theirs & asking).order_by(OutboxMessage.id)
    last = {row["about"]: row["state"] if row["returned_at"] is None else "returned" for row in rows}
    return [request for request in open_ones if last.get(mails.about(request)) in LOST]
