"""The desk's feed check: one of our feeds, or a pasted address, and what calendar apps will show of it."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar, Request, Response, get, post
from litestar.di import NamedDependency

from summit_service import fetching, settings
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Invalid
from summit_service.feeds import checking
from summit_service.feeds.checking import Checked, Sent
from summit_service.fetching import Fetched, Unfetched
from summit_service.logs import logger
from summit_service.web import rates
from summit_service.web.forms import text
from summit_service.web.layout import page

log = logger("feed-check")
AnyRequest = Request[Any, Any, Any]
OWN = re.compile(
    r"/(calendar|organisations/[a-z0-9-]+/calendar|events/[a-z0-9-]+|summits/\d{4}/programme)\.ics"
)
"""Our public feeds. A personal one is its owner's: to look at it would count as a fetch."""


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
        found, sent = await _fetched(request.app, given)
        zone = actor.timezone or "Etc/UTC"
        checked = await asyncio.to_thread(checking.check, found.body, sent, timezone=zone, now=now)
    except Invalid as refusal:
        return _page(request, actor, given, fault=refusal.sentence)
    except Unfetched as refusal:
        log.info("a feed was not fetched for its check", detail=refusal.detail)
        return _page(request, actor, given, fault=refusal.sentence)
    return _page(request, actor, given, checked=checked)


async def _fetched(app: Litestar, given: str) -> tuple[Fetched, Sent]:
    """The feed, and how it was sent."""
    own = _own_path(given)
    if own:
        first = await _of_ours(app, own)
        second = await _of_ours(app, own, etag=first.headers.get("etag", ""))
    else:
        allowed = fetching.limits()
        address = fetching.checked_address(given, allowed=allowed)
        first = await fetching.fetch(address, allowed=allowed)
        etag, since = first.headers.get("etag", ""), first.headers.get("last-modified", "")
        second = first
        if etag or since:
            second = await fetching.fetch(address, allowed=allowed, etag=etag, last_modified=since)
    return first, Sent(first.headers, first.packed, second.status == 304)


def _own_path(given: str) -> str:
    """The path of one of our feeds, given as it is or as a whole address; empty for what is elsewhere."""
    base = settings.current().base_url
    for prefix in (base, base.replace("https://", "webcal://").replace("http://", "webcal://")):
        given = given.removeprefix(prefix)
    if not given.startswith("/"):
        return ""
    if not OWN.fullmatch(urlsplit(given).path):
        raise Invalid.one(
            "address", "This is none of our public feeds. They end in .ics, such as /calendar.ics."
        )
    return given


async def _of_ours(app: Litestar, address: str, *, etag: str = "") -> Fetched:
    """The answer of this very process, as an app gets it."""
    path, _, query = address.partition("?")
    pairs = [
        (b"host", b"localhost"),
        (b"accept-encoding", b"gzip"),
        *([(b"if-none-match", etag.encode())] if etag else []),
    ]
    scope: Any = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": query.encode(),
        "headers": pairs, "client": None, "server": None, "state": {},
    }  # fmt: skip
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    await app(scope, receive, send)
    names = {name.decode().lower(): value.decode("latin-1") for name, value in messages[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in messages[1:])
    if messages[0]["status"] not in {200, 304}:
        raise Invalid.one("address", "There is no feed of ours at this address.")
    return fetching.unpacked(messages[0]["status"], names, body)


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
