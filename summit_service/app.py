"""The application: every route, what all of them share, and what runs beside them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp

from summit_service import __version__, api, background, db, edge, logs, settings, web
from summit_service.api import idempotency, problems, rates
from summit_service.api.reading import JSONRequest
from summit_service.errors import (
    Conflict,
    Gone,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    SummitError,
    TooMany,
    Unavailable,
)
from summit_service.logs import logger
from summit_service.preferences import actions as preferences
from summit_service.web import faults, layout
from summit_service.web.forms import FormRequest

API = "/api/"
STATUS: dict[type[SummitError], int] = {
    NotFound: 404,
    NotSignedIn: 401,
    NotAllowed: 403,
    Conflict: 409,
    Gone: 410,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
}
COLLECT_AFTER = (10_000, 20, 50)
"""Objects made and not freed yet, and walks of the younger ones, after which cycles are looked for."""
log = logger("web")


def application() -> ASGIApp:
    """What the server runs: settings from the environment, the database bound."""
    current = settings.current()
    logs.configure(current.log_format, current.log_level)
    db.bind(db.connect(current.database_url))
    made = edge.wrap(made_once())
    settle()
    return made


@cache
def made_once() -> Litestar:
    """The application of this process; its routes take a second or two, and processes forked later have it at once."""
    return create_app()


def settle() -> None:
    """What is there once the application is made stays: the search for cycles need not walk through it again.

    Whatever is answered from memory would pay a fifth more for such walks.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def create_app(*, clock: Callable[[], datetime] | None = None) -> Litestar:
    """The Litestar application on the database that is bound; `clock` gives the time of a request (aware, UTC)."""
    read_clock = clock or (lambda: datetime.now(UTC))

    def provide_now() -> datetime:
        return read_clock()

    async def provide_database_now() -> datetime:
        """For deadlines: the one clock that all processes share."""
        return clock() if clock is not None else await db.database_now()

    return Litestar(
        route_handlers=[web_router(), api_router(), static_router()],
        dependencies={
            "now": Provide(provide_now, sync_to_thread=False),
            "database_now": Provide(provide_database_now),
        },
        exception_handlers={
            SummitError: refused,
            HTTPException: misunderstood,
            Exception: broken,
        },
        lifespan=[running],
        openapi_config=OpenAPIConfig(
            title=f"{settings.current().network_name}: API",
            version=__version__,
            path="/api",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        compression_config=CompressionConfig(
            # these come compressed already; once more, and no reader could read them
            backend="brotli",
            gzip_fallback=True,
            exclude=[r"\.(ics|atom|zip)$", r"/schedule\.(json|xml)$"],
        ),
        request_max_body_size=2_000_000,
        logging_config=None,
    )


def web_router() -> Router:
    """The pages; who asks is known by the cookie."""
    return Router(
        "/",
        route_handlers=web.routes(),
        dependencies={"actor": Provide(web.provide_actor)},
        before_request=web.refuse_cross_site,
        request_class=FormRequest,
        include_in_schema=False,
    )


def api_router() -> Router:
    """The JSON face; who asks is known by the bearer token."""
    return Router(
        "/api/v1",
        route_handlers=problems.documented(api.routes()),
        dependencies={"actor": Provide(api.provide_actor)},
        middleware=[idempotency.honour],
        request_class=JSONRequest,
    )


def static_router() -> Router:
    """Our own files; their addresses carry a hash, so they are kept for a year."""
    return create_static_files_router(
        path="/static",
        directories=[layout.STATIC],
        cache_control=None,
        after_request=_cache_for_ever,
        include_in_schema=False,
    )


@asynccontextmanager
async def running(_app: Litestar) -> AsyncIterator[None]:
    """Connections open while the server runs, and the mailer beside it where the settings say so."""
    await db.open()
    task = asyncio.create_task(background.run_mailer()) if settings.current().mailer == "inside" else None
    try:
        async with preferences.followed():
            yield
    finally:
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await db.close()


def refused(request: Request[Any, Any, Any], fault: SummitError) -> Response[Any]:
    """One of our own refusals, in the manner of the face that was asked; wrong links are counted as on the pages."""
    if fault.code == "unknown_link" and request.url.path.startswith(API):
        try:
            rates.check(request, "wrong_link")
        except TooMany as too_many:
            fault = too_many
    status = next(number for kind, number in STATUS.items() if isinstance(fault, kind))
    return _tell(request, fault, status)


def misunderstood(request: Request[Any, Any, Any], fault: HTTPException) -> Response[Any]:
    """A request that never reached an action: an unknown address, a wrong method, a body that cannot be read."""
    extra = fault.extra if isinstance(fault.extra, list) else []
    found = [
        problems.misread(str(item.get("key", "")), str(item.get("message", "")))
        for item in extra
        if isinstance(item, dict)
    ]
    told: SummitError
    if found:
        told = Invalid(found)
    elif fault.status_code == 404:
        told = NotFound("There is nothing at this address. It may have been mistyped or cut off.")
    elif fault.status_code == 405:
        told = SummitError("This address does not take that kind of request.", code="method_not_allowed")
    elif fault.status_code == 413:
        told = SummitError("What was sent is larger than we take (2 MB).", code="too_large")
    else:
        told = SummitError(fault.detail or "The request could not be read.", code="bad_request")
    return _tell(request, told, fault.status_code)


def broken(request: Request[Any, Any, Any], fault: Exception) -> Response[Any]:
    """A fault of ours: logged whole, told in a sentence without its insides."""
    log.error("unexpected fault", path=request.url.path, exc_info=fault)
    sentence = "Something went wrong on our side. Nothing was changed. Try again, and tell us if it stays."
    return _tell(request, SummitError(sentence, code="internal"), 500)


def _tell(request: Request[Any, Any, Any], fault: SummitError, status: int) -> Response[Any]:
    if request.url.path.startswith(API):
        return problems.problem(fault, status)
    return faults.error_page(request, fault, status)


def _cache_for_ever(response: Response[Any]) -> Response[Any]:
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
