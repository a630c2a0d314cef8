"""Pages: a circulated draft behind the link in the mail, to be read and commented on without signing in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.statements import actions, circulation
from summit_service.web import rates
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other
from summit_service.web.statements_comments import FIELDS, after, asked_for, read_form, shown

Page = Request[Any, Any, Any]


@get("/comments/{token:str}")
async def circulated(
    request: Page, token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """The draft, the organisation's comments with what became of each, and the form. Opening it changes nothing."""
    found = await circulation.opened(token, now=database_now)
    if found is None:
        return _nothing(request)
    if found.has_ended:
        return _ended(request, found, dict.fromkeys(FIELDS, ""))
    return await _draft(request, token, found, asked_for(request), now=database_now)


@post("/comments/{token:str}", status_code=200)
async def comment(
    request: Page, token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep the comment in the name of the organisation that the link is for."""
    rates.check(request, "answer")
    form = await fields(request, *FIELDS)
    found = await circulation.opened(token, now=database_now)
    if found is None:
        return _nothing(request)
    if found.has_ended:
        return _ended(request, found, form)
    try:
        await actions.comment(
            found.statement.slug,
            read_form(form),
            organisation=found.organisation.slug,
            actor=found.actor,
            now=database_now,
        )
    except (Invalid, Conflict) as fault:
        return await _draft(request, token, found, form, now=database_now, fault=fault)
    return see_other(f"/comments/{token}?{after(request)}")


async def _draft(
    request: Page,
    token: str,
    found: circulation.Opened,
    form: dict[str, str],
    *,
    now: datetime,
    fault: Invalid | Conflict | None = None,
) -> Response[Any]:
    address = f"/comments/{token}"
    try:
        return await shown(
            request, found.statement.slug, found.actor, form, now=now, fault=fault, address=address
        )
    except NotFound:
        return _nothing(request)


def _ended(request: Page, found: circulation.Opened, form: dict[str, str]) -> Response[Any]:
    """Circulated anew, given up, or its holder has left; what was typed is shown, so that it can be taken along."""
    return page(
        request,
        "statements/circulation_ended.html",
        status=410 if found.has_left else 409 if any(form.values()) else 200,
        has_left=found.has_left,
        statement=found.statement,
        organisation=found.organisation,
        form=form,
        reply_to=settings.current().mail_reply_to,
        noindex=True,
    )


def _nothing(request: Page) -> Response[Any]:
    rates.check(request, "wrong_link")
    reply_to = settings.current().mail_reply_to
    return page(request, "signing/nothing.html", status=404, reply_to=reply_to, noindex=True)


ROUTES: list[Any] = [circulated, comment]
