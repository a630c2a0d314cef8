"""A refusal as a page: what happened in a sentence, and what to do next."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Redirect

from summit_service.accounts.actor import PUBLIC
from summit_service.errors import NotSignedIn, SummitError, TooMany
from summit_service.web.layout import page

TITLES = {
    400: "This request could not be read",
    401: "Sign in first",
    403: "You may not do this",
    404: "There is no such page",
    405: "This cannot be done here",
    409: "This is not possible now",
    410: "This has ended",
    413: "This is too large",
    422: "Something needs another look",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "We cannot answer just now",
}


def error_page(request: Request[Any, Any, Any], fault: SummitError, status: int) -> Response[Any]:
    """The page for a refusal; somebody who has to sign in first is sent there and comes back afterwards."""
    if isinstance(fault, NotSignedIn) and request.method in {"GET", "HEAD"}:
        query = f"?{request.url.query}" if request.url.query else ""
        return Redirect(f"/sign-in?next={quote(request.url.path + query, safe='/')}", status_code=303)
    headers = {"Retry-After": str(fault.retry_after)} if isinstance(fault, TooMany) else {}
    if status == 503:
        headers["Retry-After"] = "30"
    return page(
        request,
        "error.html",
        actor=getattr(request.state, "actor", PUBLIC),
        status=status,
        headers=headers,
        title=TITLES.get(status, TITLES[500]),
        sentence=fault.sentence,
        status_code=status,
        noindex=True,
    )
