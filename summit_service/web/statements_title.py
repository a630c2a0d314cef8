"""Pages: another title for a statement, or another summit that it comes from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.statements import actions, queries, rules
from summit_service.web import statements_steps as steps
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other
from summit_service.web.statements_desk import BASE

Page = Request[Any, Any, Any]


@get(f"{BASE}/{{slug:str}}/title")
async def title_form(request: Page, slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[str]:
    """The title and the summit as they are, to be changed."""
    check_secretariat(actor)
    row = await queries.statement_by_slug(slug)
    return await _page(request, slug, actor, {"title": row.title, "edition": str(row.edition or "")})


@post(f"{BASE}/{{slug:str}}/title", status_code=200)
async def describe(
    request: Page, slug: FromPath[str], actor: NamedDependency[Actor], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep them, or the form again with what is wrong."""
    check_secretariat(actor)
    form = await fields(request, "title", "edition")
    try:
        edition = steps.year(form["edition"])
        await actions.describe(slug, actor=actor, now=database_now, title=form["title"], edition=edition)
    except (Invalid, Conflict) as fault:
        return await _page(request, slug, actor, form, fault=fault)
    return see_other(f"{BASE}/{slug}?done=described")


async def _page(
    request: Page, slug: str, actor: Actor, form: dict[str, str], *, fault: Invalid | Conflict | None = None
) -> Response[str]:
    row = await queries.statement_by_slug(slug)
    return page(
        request,
        "statements/desk_title.html",
        actor=actor,
        status=422 if isinstance(fault, Invalid) else 409 if fault else 200,
        statement=row,
        is_fixed=row.state not in rules.WRITABLE,
        form=form,
        faults=steps.faults_of(fault),
    )


ROUTES: list[Any] = [title_form, describe]
