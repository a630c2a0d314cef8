"""The desk's page about a call for contributions: what it asks for, and who reviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.contributions import actions, queries, rules
from summit_service.contributions.queries import OpenCall
from summit_service.contributions.rules import CallForm
from summit_service.errors import Invalid
from summit_service.summits import queries as summits
from summit_service.web import kept
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other

Asked = Request[Any, Any, Any]
CALL_FIELDS = tuple(one.name for one in fields(CallForm))
BASE = "/desk/summits/{year:int}"


@get(f"{BASE}/call")
async def call_form(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The call as it is, or an empty form."""
    check_secretariat(actor)
    return await _call_page(request, year, actor, now=now)


@post(f"{BASE}/call", status_code=200)
async def put_call(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep the call."""
    check_secretariat(actor)
    form = await request.form()
    typed = CallForm(**{name: text(form, name) for name in CALL_FIELDS})
    try:
        await actions.put_call(year, typed, actor=actor, now=now)
    except Invalid as fault:
        return await _call_page(request, year, actor, now=now, typed=typed, faults=fault.by_field())
    return see_other(f"/desk/summits/{year}/call?done=call")


@post(f"{BASE}/call/closure")
async def close_call(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Take nothing more from now on."""
    await actions.close_call(year, actor=actor, now=now)
    return see_other(f"/desk/summits/{year}/call?done=closed")


@post(f"{BASE}/reviewers", status_code=200)
async def appoint(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Ask somebody to review."""
    check_secretariat(actor)
    email = text(await request.form(), "email")
    try:
        await actions.appoint_reviewer(year, email, actor=actor, now=now)
    except Invalid as fault:
        return await _call_page(request, year, actor, now=now, email=email, faults=fault.by_field())
    return see_other(f"/desk/summits/{year}/call?done=reviewer#reviewers")


@post(BASE + "/reviewers/{person:int}/end")
async def end_reviewer(
    year: FromPath[int],
    person: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """They review no more."""
    await actions.end_reviewer(year, person, actor=actor, now=now)
    return see_other(f"/desk/summits/{year}/call#reviewers")


async def _call_page(
    request: Asked,
    year: int,
    actor: Actor,
    *,
    now: datetime,
    typed: CallForm | None = None,
    email: str = "",
    faults: Mapping[str, str] | None = None,
) -> Response[Any]:
    edition = await summits.found_edition(year)
    call = await queries.call_of(edition)
    return page(
        request,
        "contributions/desk_call.html",
        actor=actor,
        status=422 if faults else 200,
        edition=edition,
        has_call=call is not None,
        is_open=call is not None and call.is_open(now),
        form=asdict(typed or _as_typed(call)),
        reviewers=await queries.reviewers_of(edition.id),
        kept_rows=kept.rows(rules.REVIEWERS_KEPT, edition),
        email=email,
        faults=dict(faults or {}),
        done=request.query_params.get("done", ""),
        noindex=True,
    )


def _as_typed(call: OpenCall | None) -> CallForm:
    if call is None:
        return CallForm(kinds="Talk; 20\nPoster; 5\nWorkshop; 60")
    return queries.form_of(call)


ROUTES: list[Any] = [call_form, put_call, close_call, appoint, end_reviewer]
