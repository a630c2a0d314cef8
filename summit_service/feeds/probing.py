"""Fetching a feed for its check: one of ours from this very process, or an address elsewhere; secret ones inside."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from summit_service import fetching, settings
from summit_service.accounts.actor import Actor
from summit_service.errors import Invalid, NotFound
from summit_service.feeds import checking, looking
from summit_service.feeds.checking import Checked, Sent
from summit_service.fetching import Fetched, Unfetched
from summit_service.logs import logger

log = logger("feed-check")
Application = Callable[[Any, Any, Any], Awaitable[None]]
"""An ASGI application."""
OWN = re.compile(
    r"/(calendar|organisations/[a-z0-9-]+/calendar|events/[a-z0-9-]+|summits/\d{4}/programme)\.ics"
)
"""Our public feeds."""
SECRET = re.compile(r"/feeds/([^/]+)\.ics")
EVENT = re.compile(r"/events/([a-z0-9-]+)\.ics")


async def probe(app: Application, given: str, *, actor: Actor, timezone: str, now: datetime) -> Checked:
    """Fetch it twice (does it know that nothing has changed?), and tell what calendar apps will show.

    `given` is a path of ours, such as /calendar.ics, or a whole address; our own feeds are asked of `app`, secret ones
    and those for members looked at inside (`looking`), as the actor may. Times that float are shown in `timezone`.
    Raises Invalid for the field `address`: no address, not reached, no feed of ours.
    """
    given = given.strip()
    own = _own_path(given)
    try:
        looked = await _looked_inside(own, actor=actor, timezone=timezone, now=now)
        if looked is not None:
            return looked
        found, sent = await _fetched(app, given, own)
    except Unfetched as refusal:
        log.info("a feed was not fetched for its check", detail=refusal.detail)
        raise Invalid.one("address", refusal.sentence) from refusal
    return await asyncio.to_thread(checking.check, found.body, sent, timezone=timezone, now=now)


def is_secret(given: str) -> bool:
    """Whether this is the secret address of one of our feeds, which no page shows again."""
    return SECRET.fullmatch(_path_of(given.strip())) is not None


async def _looked_inside(own: str, *, actor: Actor, timezone: str, now: datetime) -> Checked | None:
    """What is found without a request; None for a feed that everybody may fetch."""
    path = urlsplit(own).path
    secret, event = SECRET.fullmatch(path), EVENT.fullmatch(path)
    try:
        if secret:
            return await looking.check_secret(secret[1], actor=actor, timezone=timezone, now=now)
        if event:
            return await looking.check_event(event[1], actor=actor, timezone=timezone, now=now)
    except NotFound as refusal:
        raise Invalid.one("address", refusal.sentence) from refusal
    return None


async def _fetched(app: Application, given: str, own: str) -> tuple[Fetched, Sent]:
    """The feed, and how it was sent."""
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
    given = _path_of(given)
    if not given.startswith("/"):
        return ""
    path = urlsplit(given).path
    if not OWN.fullmatch(path) and not SECRET.fullmatch(path):
        raise Invalid.one("address", "This is none of our feeds. They end in .ics, such as /calendar.ics.")
    return given


def _path_of(given: str) -> str:
    """An address of ours without its host; any other as it is."""
    base = settings.current().base_url
    for prefix in (base, base.replace("https://", "webcal://").replace("http://", "webcal://")):
        given = given.removeprefix(prefix)
    return given


async def _of_ours(app: Application, address: str, *, etag: str = "") -> Fetched:
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
