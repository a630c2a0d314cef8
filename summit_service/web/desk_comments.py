"""Pages: every comment on a draft on the desk, each with its answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.statements import actions, comment_rules, comments, queries
from summit_service.web import statements_steps as steps
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other
from summit_service.web.statements_comments import BADGES

BASE = "/desk/statements/{slug:str}/comments"
DONE = {
    "yes": "The answer is kept",
    "adopted": "The wording is in the text, as a new version, and its comment is accepted",
}


@get(BASE)
async def listed(
    request: Request[Any, Any, Any], slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """Every comment in the order of the text; those without an answer are counted first."""
    check_secretariat(actor)
    return await _shown(request, slug, actor)


@post(BASE + "/{comment_id:int}/disposition", status_code=200)
async def dispose(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    comment_id: FromPath[int],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[Any]:
    """Answer one comment, or show what is missing beside it."""
    check_secretariat(actor)
    form = await fields(request, "kind", "reason")
    try:
        await actions.dispose(slug, comment_id, **form, actor=actor, now=database_now)
    except (Invalid, Conflict) as fault:
        return await _shown(request, slug, actor, answered=comment_id, form=form, fault=fault)
    return see_other(f"/desk/statements/{slug}/comments?done=yes#comment-{comment_id}")


@post(BASE + "/{comment_id:int}/adoption", status_code=200)
async def take_over(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    comment_id: FromPath[int],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[Any]:
    """Put the proposed wording into the text, or say beside the comment why that is not possible."""
    check_secretariat(actor)
    try:
        await actions.take_over(slug, comment_id, actor=actor, now=database_now)
    except (Invalid, Conflict) as fault:
        told = fault if isinstance(fault, Conflict) else Conflict(fault.sentence, code="nothing_changed")
        return await _shown(request, slug, actor, answered=comment_id, fault=told)
    return see_other(f"/desk/statements/{slug}/comments?done=adopted#comment-{comment_id}")


async def _shown(
    request: Request[Any, Any, Any],
    slug: str,
    actor: Actor,
    *,
    answered: int = 0,
    form: dict[str, str] | None = None,
    fault: Invalid | Conflict | None = None,
) -> Response[str]:
    row = await queries.statement_by_slug(slug)
    found = await comments.told(row)
    return page(
        request,
        "statements/desk_comments.html",
        actor=actor,
        status=422 if isinstance(fault, Invalid) else 409 if fault else 200,
        statement=row,
        told=found,
        waiting=sum(one.disposition is None for one in found),
        can_answer=row.state in comment_rules.COMMENTABLE,
        kinds=comment_rules.DISPOSITIONS,
        badges=BADGES,
        answered=answered,
        form=form or {"kind": "", "reason": ""},
        faults=steps.faults_of(fault),
        linked_faults={
            f"{'reason' if field == 'reason' else 'kind'}-{answered}": sentence
            for field, sentence in steps.faults_of(fault).items()
        },
        done=DONE.get(request.query_params.get("done", ""), ""),
        ends_consultation=row.state == "consulting",
    )


ROUTES: list[Any] = [listed, dispose, take_over]
