"""Pages: the link “this was not me”, and the desk's page on which the secretariat settles it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings, zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.statements import actions, answer_words, board, disputes
from summit_service.statements.actions.disputing import OUTCOMES
from summit_service.web import rates
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other

Page = Request[Any, Any, Any]


@get("/disputes/{token:str}")
async def doubt(
    request: Page, token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """The answer that the mail told of, and the form that disputes it. Opening it changes nothing."""
    found = await disputes.doubt_of(token, now=database_now)
    return _nothing(request) if found is None else _shown(request, token, found)


@post("/disputes/{token:str}", status_code=200)
async def dispute(
    request: Page, token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep the dispute; the page says then what happens next."""
    rates.check(request, "answer")
    form = await fields(request, "reason", "confirmed")
    try:
        await actions.raise_dispute(
            token, reason=form["reason"], confirmed=form["confirmed"] == "yes", now=database_now
        )
    except NotFound:
        return _nothing(request)
    except Invalid as fault:
        found = await disputes.doubt_of(token, now=database_now)
        if found is None:
            return _nothing(request)
        return _shown(request, token, found, status=422, form=form, faults=fault.by_field())
    return see_other(f"/disputes/{token}")


def _nothing(request: Page) -> Response[Any]:
    rates.check(request, "wrong_link")
    reply_to = settings.current().mail_reply_to
    return page(request, "signing/nothing.html", status=404, reply_to=reply_to, noindex=True)


def _shown(
    request: Page,
    token: str,
    found: disputes.Doubt,
    *,
    status: int = 200,
    form: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Response[Any]:
    return page(
        request,
        "signing/dispute.html",
        status=status,
        noindex=True,
        token=token,
        doubt=found,
        words=answer_words.OTHERS[found.answer.kind],
        when=zones.long_moment(found.answer.signed_at, found.statement.closes_timezone or "Etc/UTC"),
        form={"reason": "", "confirmed": ""} | (form or {}),
        faults=faults or {},
        reply_to=settings.current().mail_reply_to,
    )


@get("/desk/disputes/{number:int}")
async def on_the_desk(request: Page, number: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Who disputes which answer, what the evidence says, and the two outcomes."""
    check_secretariat(actor)
    return await _desk_page(request, number, actor)


@post("/desk/disputes/{number:int}", status_code=200)
async def settle(
    request: Page,
    number: FromPath[int],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[Any]:
    """Record the outcome with its reason; both who were told of the answer are mailed."""
    check_secretariat(actor)
    given = await fields(request, "outcome", "note")
    try:
        await actions.settle_dispute(number, actor=actor, now=database_now, **given)
    except (Invalid, Conflict) as fault:
        faults = fault.by_field() if isinstance(fault, Invalid) else {"outcome": fault.sentence}
        status = 422 if isinstance(fault, Invalid) else 409
        return await _desk_page(request, number, actor, status=status, form=given, faults=faults)
    return see_other(f"/desk/disputes/{number}")


async def _desk_page(
    request: Page,
    number: int,
    actor: Actor,
    *,
    status: int = 200,
    form: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Response[Any]:
    found = await disputes.dispute_by_id(number)
    if found is None:
        raise NotFound("There is no such dispute.")
    answer = found.response
    private = (await board.private_of([answer])).get(answer.record_id, {})
    return page(
        request,
        "statements/desk_dispute.html",
        actor=actor,
        status=status,
        dispute=found,
        answer=answer,
        statement=answer.request.statement,
        words=answer_words.OTHERS[answer.kind],
        private=private,
        mail=json.dumps(private.get("mail"), ensure_ascii=False) if private.get("mail") else "",
        outcomes=list(OUTCOMES.items()),
        form={"outcome": "", "note": ""} | (form or {}),
        faults=faults or {},
    )


ROUTES: list[Any] = [doubt, dispute, on_the_desk, settle]
