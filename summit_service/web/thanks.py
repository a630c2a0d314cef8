"""Pages: a speaker's letter of thanks, by the link in the mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.errors import NotFound
from summit_service.speakers import thanks
from summit_service.web import rates
from summit_service.web.desk_afterwards import pdf

Page = Request[Any, Any, Any]


@get("/thanks/{token:str}")
async def letter(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """The letter of thanks as a PDF, for whoever has its link."""
    try:
        data = await thanks.opened(token, now=now)
    except NotFound:
        rates.check(request, "wrong_link")
        raise
    return await pdf(data)


ROUTES: list[Any] = [letter]
