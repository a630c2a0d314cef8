"""When signing ends because everybody has answered: a day after the last answer, so that a slip can be mended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service.statements import disputes, queries, rules
from summit_service.statements.tables import Response, SigningRequest, Statement


async def judge(statement: Statement, *, now: datetime) -> None:
    """Write down when it ends after what has just happened, or that it goes on until the deadline.

    The caller holds the lock on the statement's row. Each answer that is changed begins the day anew, and while one is
    disputed nothing ends before the deadline.
    """
    if statement.state != "signing":
        return
    ends = now + rules.AFTER_THE_LAST if await _is_whole(statement) else None
    if ends != statement.ends_early_at:
        statement.ends_early_at = ends
        changed: dict[Any, Any] = {Statement.ends_early_at: ends}
        await Statement.update(changed).where(Statement.id == statement.id)


async def _is_whole(statement: Statement) -> bool:
    """Whether everybody who is asked has an answer that nobody disputes; two counts, as long as some are missing."""
    asked = await SigningRequest.count().where(SigningRequest.text_set == statement.text_set)
    mine = Response.request.text_set == statement.text_set
    if await Response.count(distinct=[Response.request]).where(mine) < asked:
        return False
    waiting = await disputes.open_disputes(statement)
    is_disputed = any(row.response.request.text_set == statement.text_set for row in waiting)
    return not is_disputed and not await queries.missing_of(statement)
