"""Pages: asking for a sign-in link, the link's own page with its button, and signing out."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts import actions, rules
from summit_service.accounts.actor import Actor
from summit_service.errors import Gone, Invalid, NotFound, SummitError
from summit_service.web import rates
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.session import cookie_name, login_cookie


@get("/sign-in")
async def sign_in_form(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[Any]:
    """The form; somebody who is signed in already goes where they wanted to go."""
    next_path = rules.local_path(request.query_params.get("next", ""))
    if actor.is_signed_in:
        return see_other(next_path)
    return _form(request, next_path=next_path)


@post("/sign-in", status_code=200)
async def ask_for_link(request: Request[Any, Any, Any], now: NamedDependency[datetime]) -> Response[Any]:
    """Mail a link; the answer and its time are the same whether or not anybody has the address."""
    started = time.monotonic()
    rates.check(request, "sign_in")
    form = await request.form()
    email, next_path = text(form, "email"), rules.local_path(text(form, "next"))
    try:
        await actions.request_sign_in(email, next_path=next_path, now=now)
    except Invalid as fault:
        return _form(request, next_path=next_path, email=email, faults=fault.by_field())
    await asyncio.sleep(rules.wait_after(time.monotonic() - started))
    again = f"/sign-in?next={quote(next_path)}"
    return page(request, "sign_in/asked.html", email=email.strip(), again=again, noindex=True)


@get("/sign-in/{token:str}")
async def sign_in_page(
    request: Request[Any, Any, Any], token: FromPath[str], now: NamedDependency[datetime]
) -> Response[Any]:
    """The page behind the mailed link: one button. Mail scanners that open it change nothing."""
    next_path = rules.local_path(request.query_params.get("next", ""))
    try:
        await actions.check_sign_in_link(token, now=now)
    except (NotFound, Gone) as fault:
        return _ended(request, fault, next_path=next_path)
    return page(request, "sign_in/confirm.html", next_path=next_path, noindex=True)


@post("/sign-in/{token:str}")
async def sign_in(
    request: Request[Any, Any, Any], token: FromPath[str], now: NamedDependency[datetime]
) -> Response[Any]:
    """Use the link up and be signed in."""
    next_path = rules.local_path(text(await request.form(), "next"))
    try:
        login = await actions.sign_in(token, agent=request.headers.get("User-Agent", ""), now=now)
    except (NotFound, Gone) as fault:
        return _ended(request, fault, next_path=next_path)
    answer = see_other(next_path)
    answer.set_cookie(login_cookie(login))
    return answer


@post("/sign-out")
async def sign_out(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """End this browser's login."""
    if actor.is_signed_in:
        await actions.sign_out(request.cookies.get(cookie_name(), ""), now=now)
    answer = see_other("/")
    answer.set_cookie(login_cookie(""))
    return answer


def _form(
    request: Request[Any, Any, Any], *, next_path: str, email: str = "", faults: dict[str, str] | None = None
) -> Response[Any]:
    return page(
        request,
        "sign_in/form.html",
        status=422 if faults else 200,
        next_path=next_path,
        email=email,
        faults=faults or {},
        noindex=True,
    )


def _ended(request: Request[Any, Any, Any], fault: SummitError, *, next_path: str) -> Response[Any]:
    """The one page for a link that opens nothing, with the form to ask for another."""
    rates.check(request, "wrong_link")
    status = 404 if isinstance(fault, NotFound) else 410
    return page(
        request,
        "sign_in/ended.html",
        status=status,
        sentence=fault.sentence,
        was_sent=status == 410,
        next_path=next_path,
        noindex=True,
    )


ROUTES: list[Any] = [sign_in_form, ask_for_link, sign_in_page, sign_in, sign_out]
