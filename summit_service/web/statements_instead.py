"""Pages: asking somebody else of an organisation, where whoever was asked cannot answer or does not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.statements import actions, instead, queries
from summit_service.web import statements_steps as steps
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other
from summit_service.web.statements_desk import BASE

Page = Request[Any, Any, Any]
ADDRESS = f"{BASE}/{{slug:str}}/asked/{{organisation:str}}"


@get(ADDRESS)
async def others(
    request: Page, slug: FromPath[str], organisation: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """Who is asked now, who else is named for the organisation, and what asking them does."""
    check_secretariat(actor)
    return await _page(request, slug, organisation, actor)


@post(ADDRESS, status_code=200)
async def ask_instead(
    request: Page,
    slug: FromPath[str],
    organisation: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[Any]:
    """Mail the question to somebody else; the links that were mailed before end."""
    check_secretariat(actor)
    chosen = (await fields(request, "person"))["person"]
    try:
        await actions.ask_instead(
            slug, organisation=organisation, email=chosen, actor=actor, now=database_now
        )
    except (Invalid, Conflict, Gone) as fault:
        return await _page(request, slug, organisation, actor, chosen=chosen, fault=fault)
    return see_other(f"{BASE}/{slug}?done=asked")


async def _page(
    request: Page,
    slug: str,
    organisation: str,
    actor: Actor,
    *,
    chosen: str = "",
    fault: Invalid | Conflict | Gone | None = None,
) -> Response[str]:
    row = await queries.statement_by_slug(slug)
    question = await instead.request_of(row, organisation)
    return page(
        request,
        "statements/desk_instead.html",
        actor=actor,
        status=422 if isinstance(fault, Invalid) else 409 if fault else 200,
        statement=row,
        question=question,
        people=[(one.email, one.name, one.email) for one in question.others],
        chosen=chosen,
        faults=steps.faults_of(fault),
    )


ROUTES: list[Any] = [others, ask_instead]
