"""The desk's feed check: one of our feeds, or a pasted address, and what calendar apps will show of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from summit_service import settings
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Invalid
from summit_service.feeds import probing
from summit_service.feeds.checking import Checked
from summit_service.web import rates
from summit_service.web.forms import text
from summit_service.web.layout import page
from summit_service.web.reader_zone import zone_of

AnyRequest = Request[Any, Any, Any]


@get("/desk/feed-check")
async def ask(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[str]:
    """Which feed?"""
    check_secretariat(actor)
    return _page(request, actor, "")


@post("/desk/feed-check", status_code=200)
async def check(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """Fetch it twice (does it know that nothing has changed?), and tell what apps will show."""
    check_secretariat(actor)
    rates.check(request, "calendar_file")
    given = text(await request.form(), "address").strip()
    try:
        checked = await probing.probe(request.app, given, timezone=zone_of(actor), now=now)
    except Invalid as refusal:
        return _page(request, actor, given, fault=refusal.sentence)
    return _page(request, actor, given, checked=checked)


def _page(
    request: AnyRequest, actor: Actor, address: str, *, fault: str = "", checked: Checked | None = None
) -> Response[str]:
    return page(
        request,
        "desk/feed_check.html",
        actor=actor,
        status=422 if fault else 200,
        address=address,
        faults={"address": fault} if fault else {},
        checked=checked,
        base=settings.current().base_url,
        noindex=True,
    )


ROUTES: list[Any] = [ask, check]
