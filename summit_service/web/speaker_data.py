"""Pages: what is kept of a speaker, a copy of it, and erasing it at once, by the link in their mails."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings
from summit_service.errors import NotFound
from summit_service.own_data import speaker as own_data
from summit_service.speakers import rules
from summit_service.web import kept, rates
from summit_service.web.layout import page

Page = Request[Any, Any, Any]


@get("/speakers/{token:str}")
async def data_page(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """What we keep, to be read."""
    try:
        held = await own_data.held(token, now=now)
    except NotFound as fault:
        return _unknown(request, fault)
    told = rules.FIELDS[: 3 if held.data["note"] else 2]
    return page(
        request,
        "speakers/data.html",
        token=token,
        edition=held.edition,
        held=held.data,
        kept_rows=kept.rows(told, held.edition),
        noindex=True,
    )


@get("/speakers/{token:str}/data.json")
async def data_file(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """The same, for a program."""
    try:
        held = await own_data.held(token, now=now)
    except NotFound as fault:
        return _unknown(request, fault)
    headers = {"Content-Disposition": f'attachment; filename="speaker-{held.edition.year}.json"'}
    return Response(held.data, media_type="application/json", headers=headers)


@get("/speakers/{token:str}/erasure")
async def confirm_erasure(
    request: Page, token: FromPath[str], now: NamedDependency[datetime]
) -> Response[Any]:
    """Ask once more before erasing, and say what stays and how that is changed."""
    try:
        held = await own_data.held(token, now=now)
    except NotFound as fault:
        return _unknown(request, fault)
    return page(
        request,
        "speakers/erase.html",
        token=token,
        edition=held.edition,
        held=held.data,
        contributions=held.contributions,
        reply_to=settings.current().mail_reply_to,
        is_done=False,
        noindex=True,
    )


@post("/speakers/{token:str}/erasure", status_code=200)
async def erase(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Erase it now; from then on the link opens nothing."""
    try:
        await own_data.erase_speaker(token, now=now)
    except NotFound as fault:
        return _unknown(request, fault)
    return page(request, "speakers/erase.html", is_done=True, noindex=True)


def _unknown(request: Page, fault: NotFound) -> Response[Any]:
    rates.check(request, "wrong_link")
    return page(request, "speakers/unknown.html", status=404, sentence=fault.sentence, noindex=True)


ROUTES: list[Any] = [data_page, data_file, confirm_erasure, erase]
