"""Pages: the call for contributions, proposing one without an account, and what the mailed link opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import zones
from summit_service.accounts.actor import Actor
from summit_service.contributions import actions, queries, rules
from summit_service.contributions.queries import OpenCall
from summit_service.contributions.rules import Form
from summit_service.contributions.tables import Contribution
from summit_service.errors import Conflict, Gone, Invalid, NotFound
from summit_service.own_data import contribution as own_data
from summit_service.summits import retention
from summit_service.web import kept, rates
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other

Asked = Request[Any, Any, Any]
DONE = {"changed": "What you changed is saved."}


@get("/summits/{year:int}/call")
async def call(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """What is asked for, until when, and the form while it is open."""
    found = await queries.announced_call(year)
    typed = Form(name=actor.name, email=actor.email)
    return _call_page(request, found, typed, actor=actor, now=now)


@post("/summits/{year:int}/contributions", status_code=200)
async def submit(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Propose something; a form with faults comes back as it was typed."""
    rates.check(request, "contribution")
    found = await queries.announced_call(year)
    typed = await _typed(request)
    try:
        row = await actions.submit(year, typed, now=now)
    except Invalid as fault:
        return _call_page(request, found, typed, actor=actor, now=now, faults=fault.by_field())
    except (Conflict, Gone) as fault:
        status = 409 if isinstance(fault, Conflict) else 410
        return _call_page(request, found, typed, actor=actor, now=now, refusal=fault.sentence, status=status)
    return page(request, "contributions/submitted.html", actor=actor, call=found, row=row, noindex=True)


@get("/contributions/{token:str}")
async def contribution(request: Asked, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """The contribution behind the link, with the form while the call is open. Opening it changes nothing."""
    try:
        row, found = await queries.behind(token)
    except NotFound as fault:
        return _unknown(request, fault)
    done = DONE.get(request.query_params.get("done", ""), "")
    return _own_page(request, token, row, found, _form_of(row), now=now, done=done)


@post("/contributions/{token:str}", status_code=200)
async def change(request: Asked, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Change it while the call is open."""
    try:
        row, found = await queries.behind(token)
    except NotFound as fault:
        return _unknown(request, fault)
    typed = await _typed(request, email=row.email)
    try:
        await actions.change(token, typed, now=now)
    except Invalid as fault:
        return _own_page(request, token, row, found, typed, now=now, faults=fault.by_field())
    except Gone as fault:
        return _own_page(request, token, row, found, typed, now=now, refusal=fault.sentence)
    return see_other(f"/contributions/{token}?done=changed")


@post("/contributions/{token:str}/withdrawal")
async def withdraw(request: Asked, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Take it back."""
    try:
        await actions.withdraw(token, now=now)
    except NotFound as fault:
        return _unknown(request, fault)
    return see_other(f"/contributions/{token}")


@get("/contributions/{token:str}/data.json")
async def data_file(request: Asked, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """A copy of all that is kept of whoever proposed it."""
    try:
        kept = await own_data.held(token, now=now)
    except NotFound as fault:
        return _unknown(request, fault)
    headers = {"Content-Disposition": f'attachment; filename="contribution-{kept["number"]}.json"'}
    return Response(kept, media_type="application/json", headers=headers)


@get("/contributions/{token:str}/erasure")
async def confirm_erasure(request: Asked, token: FromPath[str]) -> Response[Any]:
    """Ask once more before erasing."""
    try:
        row, found = await queries.behind(token)
    except NotFound as fault:
        return _unknown(request, fault)
    return page(
        request,
        "contributions/erase.html",
        token=token,
        title=row.title,
        edition=found.edition,
        in_programme=bool(row.session),
        is_done=False,
        noindex=True,
    )


@post("/contributions/{token:str}/erasure", status_code=200)
async def erase(request: Asked, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Erase it all now; from then on the link opens nothing."""
    try:
        await own_data.erase_contribution(token, now=now)
    except NotFound as fault:
        return _unknown(request, fault)
    return page(request, "contributions/erase.html", is_done=True, noindex=True)


async def _typed(request: Asked, *, email: str | None = None) -> Form:
    form = await request.form()
    values = {name: text(form, name) for name in rules.FIELDS}
    return Form(**(values if email is None else {**values, "email": email}))


def _form_of(row: Contribution) -> Form:
    return Form(**{name: getattr(row, name) for name in rules.FIELDS})


def _choices(call: OpenCall) -> dict[str, Any]:
    kinds = [(kind.name, f"{kind.name} ({kind.minutes} minutes)") for kind in call.kinds]
    return {
        "call": call,
        "edition": call.edition,
        "kinds": [("", "Choose one"), *kinds],
        "themes": [("", "Choose one"), *((theme, theme) for theme in call.themes)],
        "closes": zones.long_deadline(call.row.closes_instant, call.edition.timezone),
        "kept_rows": kept.rows(rules.KEPT, call.edition),
        "erased_on": retention.erased_on(call.edition.ends_on, retention.REST_KEPT),
    }


def _call_page(
    request: Asked,
    call: OpenCall,
    typed: Form,
    *,
    actor: Actor,
    now: datetime,
    faults: Mapping[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> Response[Any]:
    return page(
        request,
        "contributions/call.html",
        actor=actor,
        status=422 if faults else status,
        form=asdict(typed),
        faults=dict(faults or {}),
        refusal=refusal,
        is_open=call.is_open(now),
        **_choices(call),
    )


def _own_page(
    request: Asked,
    token: str,
    row: Contribution,
    call: OpenCall,
    typed: Form,
    *,
    now: datetime,
    faults: Mapping[str, str] | None = None,
    refusal: str = "",
    done: str = "",
) -> Response[Any]:
    return page(
        request,
        "contributions/own.html",
        status=422 if faults else 410 if refusal else 200,
        token=token,
        row=row,
        form=asdict(typed),
        faults=dict(faults or {}),
        refusal=refusal,
        done=done,
        is_open=call.is_open(now) and row.withdrawn_at is None and row.told_at is None,
        decision=row.decision if rules.knows_decision(row.told_at, now=now) else "",
        authors=queries.authors_of(row),
        **_choices(call),
        noindex=True,
    )


def _unknown(request: Asked, fault: NotFound) -> Response[Any]:
    rates.check(request, "wrong_link")
    return page(request, "contributions/unknown.html", status=404, sentence=fault.sentence, noindex=True)


ROUTES: list[Any] = [
    call, submit, contribution, change, withdraw, data_file, confirm_erasure, erase,
]  # fmt: skip
