"""JSON: answers that somebody says were not theirs, settled with a reason; and a statement that was not adopted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.api.statement_bodies import StatementBody, body_of, moment
from summit_service.errors import NotFound
from summit_service.statements import actions, disputes, evidence, queries
from summit_service.statements.tables import Dispute


class DisputeBody(msgspec.Struct):
    """Who disputes which answer, as its signatory or the main contact, and what became of it."""

    id: int
    organisation: str
    signatory: str
    answer: str
    record: str
    raised_by: str
    name: str
    email: str
    reason: str
    raised_at: str
    outcome: str | None
    note: str
    settled_at: str | None


class DisputeList(msgspec.Struct):
    """The disputes about a statement, settled ones too, the newest first."""

    items: list[DisputeBody]
    next: str | None = None


class Settlement(msgspec.Struct, forbid_unknown_fields=True):
    """`upheld` takes the answer off, `rejected` lets it stand; with the reason, which both sides are mailed."""

    outcome: str
    note: str


@get("/statements/{slug:str}/disputes")
async def list_disputes(slug: FromPath[str], actor: NamedDependency[Actor]) -> DisputeList:
    """Answers that somebody says were not theirs."""
    check_secretariat(actor)
    statement = await queries.statement_by_slug(slug)
    return DisputeList([_body(one) for one in await disputes.all_about(statement)])


@post("/statements/{slug:str}/disputes/{dispute_id:int}/settlement")
async def settle_dispute(
    slug: FromPath[str],
    dispute_id: FromPath[int],
    data: JSONBody[Settlement],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> DisputeBody:
    """Say whether the answer stands; once."""
    check_secretariat(actor)
    statement = await queries.statement_by_slug(slug)
    found = await disputes.dispute_by_id(dispute_id) if dispute_id < 2**31 else None
    if found is None or found.response.request.statement.id != statement.id:
        raise NotFound("There is no such dispute.")
    await actions.settle_dispute(
        dispute_id, actor=actor, now=database_now, outcome=data.outcome, note=data.note
    )
    return next(_body(one) for one in await disputes.all_about(statement) if one.id == dispute_id)


@post("/statements/{slug:str}/settlement")
async def settle(
    slug: FromPath[str], actor: NamedDependency[Actor], database_now: NamedDependency[datetime]
) -> StatementBody:
    """Record what the count says by the policy: adopted or not; publishing does so by itself where it is adopted."""
    statement = await actions.settle(slug, actor=actor, now=database_now)
    return await body_of(statement, actor, now=database_now)


def _body(one: Dispute) -> DisputeBody:
    answer: Any = one.response
    return DisputeBody(
        id=one.id,
        organisation=answer.organisation_name,
        signatory=answer.signatory_name,
        answer=answer.kind,
        record=answer.record_id,
        raised_by=one.raised_by,
        name=one.name,
        email=one.email,
        reason=one.reason,
        raised_at=evidence.moment(one.raised_at),
        outcome=one.outcome or None,
        note=one.note,
        settled_at=moment(one.settled_at),
    )


ROUTES: list[Any] = [list_disputes, settle_dispute, settle]
