"""Pages: stopping news, digests and reminders by the link in one of them (RFC 8058).

No cookie and no actor: the link is the authority, and it opens nothing else. A mail program posts by itself, a
person is shown a button; reading changes nothing, whatever fetches the link.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.errors import NotFound
from summit_service.mail import actions, streams
from summit_service.mail.tables import OutboxMessage
from summit_service.web import rates
from summit_service.web.layout import page


@get("/unsubscribe/{token:str}")
async def ask(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """What would be stopped for whom, and a button."""
    try:
        row = await streams.mail_of(token)
    except NotFound as fault:
        return _unknown(request, fault)
    is_stopped = await streams.is_stopped(row.recipient_email, row.stream)
    return _page(request, token, row, is_stopped=is_stopped)


@post("/unsubscribe/{token:str}", status_code=200)
async def stop(
    request: Request[Any, Any, Any], token: FromPath[str], now: NamedDependency[datetime]
) -> Response[str]:
    """Stop them, for a mail program's `List-Unsubscribe=One-Click` and for the button alike; answered at once."""
    try:
        row = await actions.unsubscribe(token, now=now)
    except NotFound as fault:
        return _unknown(request, fault)
    return _page(request, token, row, done=True)


@post("/unsubscribe/{token:str}/resumption", status_code=200)
async def resume(
    request: Request[Any, Any, Any], token: FromPath[str], now: NamedDependency[datetime]
) -> Response[str]:
    """For who has pressed by mistake."""
    try:
        row = await actions.resubscribe(token, now=now)
    except NotFound as fault:
        return _unknown(request, fault)
    return _page(request, token, row, resumed=True)


def _page(
    request: Request[Any, Any, Any],
    token: str,
    row: OutboxMessage,
    *,
    done: bool = False,
    resumed: bool = False,
    is_stopped: bool = False,
) -> Response[str]:
    return page(
        request,
        "unsubscribe/unsubscribe.html",
        email=row.recipient_email,
        what=streams.STREAMS[row.stream],
        path_here=streams.PATH.replace("{token}", token),
        done=done,
        resumed=resumed,
        is_stopped=is_stopped,
        noindex=True,
    )


def _unknown(request: Request[Any, Any, Any], fault: NotFound) -> Response[str]:
    rates.check(request, "wrong_link")
    return page(request, "unsubscribe/unknown.html", status=404, sentence=fault.sentence, noindex=True)


ROUTES: list[Any] = [ask, stop, resume]
