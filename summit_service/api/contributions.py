"""JSON: proposing a contribution to a summit, and what came in, for the secretariat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.api import rates
from summit_service.contributions import actions, queries
from summit_service.contributions.queries import Judged
from summit_service.contributions.rules import Form
from summit_service.summits import queries as summits


class ContributionInput(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is proposed by whom; `co_authors` has a line each, `Name; Affiliation`."""

    title: str
    kind: str
    abstract: str
    name: str
    email: str
    theme: str = ""
    affiliation: str = ""
    co_authors: str = ""


class ContributionAnswer(msgspec.Struct, kw_only=True):
    """Its number; the link that changes it goes by mail alone."""

    number: int
    title: str


class JudgedAnswer(msgspec.Struct, kw_only=True):
    """A contribution as the secretariat sees it; `state` is empty, `accepted`, `declined` or `withdrawn`."""

    number: int
    title: str
    kind: str
    theme: str
    state: str
    is_told: bool
    reviews: int
    score: float | None
    session: str


class ContributionList(msgspec.Struct, kw_only=True):
    """All of an edition's contributions, the best first; there is one page of them."""

    items: list[JudgedAnswer]
    next: str | None = None


@post("/summits/{year:int}/contributions", status_code=201)
async def submit(
    request: Request[Any, Any, Any],
    year: FromPath[int],
    data: JSONBody[ContributionInput],
    now: NamedDependency[datetime],
) -> ContributionAnswer:
    """Propose a contribution while the call is open; no account is needed."""
    rates.check(request, "contribution")
    row = await actions.submit(year, Form(**msgspec.structs.asdict(data)), now=now)
    return ContributionAnswer(number=row.number, title=row.title)


@get("/summits/{year:int}/contributions")
async def contributions(year: FromPath[int], actor: NamedDependency[Actor]) -> ContributionList:
    """Everything that came in, with scores and decisions."""
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    return ContributionList(items=[_answer(one) for one in await queries.judged(edition.id)])


def _answer(one: Judged) -> JudgedAnswer:
    return JudgedAnswer(
        number=one.row.number,
        title=one.row.title,
        kind=one.row.kind,
        theme=one.row.theme,
        state=one.state,
        is_told=one.row.told_at is not None,
        reviews=one.judgement.number,
        score=one.judgement.mean,
        session=one.row.session,
    )


ROUTES: list[Any] = [submit, contributions]
