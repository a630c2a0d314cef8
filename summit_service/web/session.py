"""The browser's cookie to an actor and back, and the guard of every form that rides on that cookie."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from summit_service import settings, tokens
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.accounts.rules import LOGIN_DAYS
from summit_service.errors import NotAllowed
from summit_service.members import queries as members

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host where https lets it."""
    return "__Host-summit_login" if settings.current().is_https else "summit_login"


def login_cookie(token: str) -> Cookie:
    """The cookie of a new login; an empty token takes it away."""
    return Cookie(
        key=cookie_name(),
        value=token,
        path="/",
        httponly=True,
        secure=settings.current().is_https,
        samesite="lax",
        max_age=LOGIN_DAYS * 86_400 if token else 0,
    )


def refuse_cross_site(request: Request[Any, Any, Any]) -> None:
    """Before every handler: no other site presses buttons for people, also where no cookie could be forged.

    Only what the browser says of itself counts. `Origin` is `null` on our own pages behind a secret link, whose
    `Referrer-Policy: no-referrer` hides it.
    """
    if request.method not in SAFE and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise NotAllowed(
            "This form was sent from a page that is not ours. Open our page, or the link in the mail, to send it.",
            code="cross_site",
        )


async def provide_actor(request: Request[Any, Any, Any], now: NamedDependency[datetime]) -> Actor:
    """Who asks, by the cookie. For a request that changes something the form's `csrf` field must match the cookie.

    A handler that takes no `actor` does not ride on the cookie and needs no such field.
    """
    token = request.cookies.get(cookie_name(), "")
    if not tokens.is_well_formed(token):
        return PUBLIC
    person = await accounts.person_of_login(token, now=now)
    if person is None:
        return PUBLIC
    request.state.csrf = csrf_of(token)
    actor = await members.actor_of(person, via="page")
    request.state.actor = actor
    if request.method not in SAFE:
        await _check_csrf(request, request.state.csrf)
    return actor


def csrf_of(login_token: str) -> str:
    """The form secret that belongs to a login."""
    return tokens.sign(settings.current().secret_key, "csrf", login_token)


async def _check_csrf(request: Request[Any, Any, Any], expected: str) -> None:
    given = request.headers.get("X-CSRF-Token") or (await request.form()).get("csrf", "")
    if not isinstance(given, str) or not tokens.is_same(given, expected):
        raise NotAllowed(
            "This form was not sent from our page, or you have signed in anew since it was opened. "
            "Go back, reload the page and send it again.",
            code="csrf",
        )
