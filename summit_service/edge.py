"""What every answer passes, outermost: one log line, counters, HEAD, and the security headers."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from summit_service import front, settings, tokens
from summit_service.logs import SECRET_FOLDERS, logger, mask
from summit_service.tally import REQUESTS, SECONDS

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FRAMED = "/widget/events"
"""The one page that other sites may show in a frame: nobody is signed in on it, and no form is on it."""
DOORS = "/doors/"
"""Where a helper scans tickets: the one page that may ask for the camera."""
POLICIES = {
    FRAMED: "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *",
    "/calendar/widget": f"{CSP}; frame-src 'self'",
}
SECRET_PREFIXES = (
    "/sign-in",
    *(f"{face}/{folder}/" for face in ("", "/api/v1") for folder in SECRET_FOLDERS),
)
CALENDAR = b"text/calendar"
FOR_CALENDARS = frozenset(
    {b"x-content-type-options", b"strict-transport-security", b"x-robots-tag", b"cache-control"}
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
READS = frozenset({"GET", "HEAD"})

log = logger("web")


def wrap(app: ASGIApp, *, clock: Callable[[], float] = time.time) -> ASGIApp:
    """The application with its edge around it; `clock` gives seconds as `time.time` does."""

    async def edge(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            is_feed = scope["path"].endswith(".ics") and scope["method"] in READS
            if not is_feed or not await front.answer(scope, send, clock()):
                await _answer(app, scope, receive, send)
        else:
            await app(scope, receive, send)

    return edge


async def _answer(app: ASGIApp, scope: HTTPScope, receive: Receive, send: Send) -> None:
    # a null character, which neither a database nor a file system looks for, reads as one that cannot be read
    scope["path"] = scope["path"].replace("\x00", "\ufffd")
    started, method, path = time.perf_counter(), scope["method"], scope["path"]
    seen: dict[str, Any] = {"status": 500}
    is_head = str(method) == "HEAD"
    if is_head:
        # Every page that can be read can be asked about.
        scope["method"] = HttpMethod.GET
        scope.setdefault("state", {})["is_head"] = True

    async def outward(message: Message) -> None:
        if message["type"] == "http.response.start":
            seen["status"] = message["status"]
            message["headers"] = [*message["headers"], *_headers(path, message)]
            front.keep(scope, message)
        elif message["type"] == "http.response.body" and is_head:
            message = {**message, "body": b""}
        await send(message)

    with bound_contextvars(request=tokens.mint()[:12]):
        try:
            await app(scope, receive, outward)
        finally:
            seconds = time.perf_counter() - started
            REQUESTS.labels(method if method in METHODS else "other", str(seen["status"])).inc()
            SECONDS.labels(_kind(path)).observe(seconds)
            if not path.startswith(("/static/", "/healthz")):
                log.info(
                    "request",
                    method=method,
                    path=mask(path),
                    status=seen["status"],
                    ms=round(seconds * 1000, 1),
                )


def _headers(path: str, message: Any) -> list[tuple[bytes, bytes]]:
    """What an answer still lacks. One that only says that nothing has changed leaves what is known as it is."""
    if message["status"] == HTTPStatus.NOT_MODIFIED:
        return []
    wanted = _wanted(path)
    if any(
        name.lower() == b"content-type" and value.startswith(CALENDAR) for name, value in message["headers"]
    ):
        # no browser shows it, so there is nothing in it to hold back; each line would cost every fetch
        wanted = {name: value for name, value in wanted.items() if name in FOR_CALENDARS}
    given = {name.lower() for name, _ in message["headers"]}
    return [(name, value) for name, value in wanted.items() if name not in given]


def _wanted(path: str) -> dict[bytes, bytes]:
    wanted = {
        b"content-security-policy": POLICIES.get(path, CSP).encode(),
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"DENY",
        b"referrer-policy": b"same-origin",
        b"permissions-policy": _permissions(path),
        b"cross-origin-opener-policy": b"same-origin",
    }
    if path == FRAMED:
        del wanted[b"x-frame-options"]
    if settings.current().is_https:
        wanted[b"strict-transport-security"] = b"max-age=31536000; includeSubDomains"
    if path.startswith(SECRET_PREFIXES):
        wanted[b"referrer-policy"] = b"no-referrer"
        wanted[b"x-robots-tag"] = b"noindex, nofollow"
        wanted[b"cache-control"] = b"no-store"
    return wanted


def _permissions(path: str) -> bytes:
    camera = "(self)" if path.startswith(DOORS) else "()"
    return f"geolocation=(), camera={camera}, microphone=(), interest-cohort=()".encode()


def _kind(path: str) -> str:
    if path.startswith("/api/"):
        return "api"
    if path.startswith("/static/"):
        return "static"
    return "feed" if path.endswith(".ics") else "page"
