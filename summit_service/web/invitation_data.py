"""Pages: what is kept of somebody who was invited, a copy of it, and erasing it at once, by the link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.errors import NotFound
from summit_service.registrations import actions, invited, own_data, rules
from summit_service.web import kept
from summit_service.web.invitations import unknown
from summit_service.web.layout import page

Page = Request[Any, Any, Any]


@get("/invitations/{token:str}/data")
async def data_page(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """What we keep, to be read."""
    try:
        found = await invited.opened(token, now=now)
    except NotFound as fault:
        return unknown(request, fault)
    return page(
        request,
        "registrations/invitation_data.html",
        token=token,
        edition=found.edition,
        held=await own_data.of_invitation(found),
        words=rules.WORDS,
        kept_rows=kept.told_rows(invited.erased_on(found.invitation, found.edition)),
        noindex=True,
    )


@get("/invitations/{token:str}/data.json")
async def data_file(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """The same, for a program."""
    try:
        found = await invited.opened(token, now=now)
    except NotFound as fault:
        return unknown(request, fault)
    headers = {"Content-Disposition": f'attachment; filename="invitation-{found.edition.year}.json"'}
    content = await own_data.of_invitation(found)
    return Response(content, media_type="application/json", headers=headers)


@get("/invitations/{token:str}/erasure")
async def confirm_erasure(
    request: Page, token: FromPath[str], now: NamedDependency[datetime]
) -> Response[Any]:
    """Ask once more before erasing."""
    try:
        found = await invited.opened(token, now=now)
    except NotFound as fault:
        return unknown(request, fault)
    return page(
        request,
        "registrations/invitation_erase.html",
        token=token,
        edition=found.edition,
        ended=found.reason,
        is_done=False,
        noindex=True,
    )


@post("/invitations/{token:str}/erasure", status_code=200)
async def erase(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Erase it now; from then on the link opens nothing."""
    try:
        await actions.erase_invitation_at_once(token, now=now)
    except NotFound as fault:
        return unknown(request, fault)
    return page(request, "registrations/invitation_erase.html", is_done=True, noindex=True)


ROUTES: list[Any] = [data_page, data_file, confirm_erasure, erase]
