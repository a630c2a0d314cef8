"""Requests to sign that have reached nobody: no consent, and a task for the desk."""

from __future__ import annotations

from collections.abc import Sequence

from piccolo.query.functions import Max

from summit_service.mail.tables import OutboxMessage
from summit_service.statements import counting, mails, queries
from summit_service.statements.tables import SigningRequest, Statement


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
    about, sets = OutboxMessage.about, sorted({request.text_set for request in open_ones})
    asking = OutboxMessage.kind.is_in(list(counting.ASKING)) & (OutboxMessage.state != "stopped")
    theirs = about.is_in(queries.asked_in(sets, mails.ABOUT))
    last = OutboxMessage.select(Max(OutboxMessage.id)).where(theirs & asking).group_by(about)
    did_not_arrive = (OutboxMessage.state == "failed") | OutboxMessage.returned_at.is_not_null()
    rows = await OutboxMessage.select(about).where(OutboxMessage.id.is_in(last) & did_not_arrive)
    lost = {row["about"] for row in rows}
    return [request for request in open_ones if mails.about(request) in lost]
