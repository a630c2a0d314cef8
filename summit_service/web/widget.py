"""The next events for the sites of others: a page for an iframe, a fragment, and the page that makes the snippet."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from markupsafe import escape

from summit_service import settings
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.events import listing
from summit_service.events.queries import Filters
from summit_service.feeds import calendars
from summit_service.web.event_lists import WINDOW, filter_choices
from summit_service.web.layout import page, render
from summit_service.web.reader_zone import named_zone
from summit_service.web.subscribe import filters_of

THEMES = {"auto": "As the reader's device has it", "light": "Light", "dark": "Dark"}
SNIPPET = '<iframe src="{}" title="{}" width="100%" height="480" loading="lazy" style="border:0"></iframe>'
USUAL, MOST = 5, 30
KEPT = "public, max-age=300"


@get("/widget/events")
async def framed(request: Request[Any, Any, Any], now: NamedDependency[datetime]) -> Response[str]:
    """The next public events as a page that any site may show in a frame: no cookie, no script."""
    return await _answer(request, "widget/page.html", now)


@get("/widget/events.html")
async def fragment(request: Request[Any, Any, Any], now: NamedDependency[datetime]) -> Response[str]:
    """The same as plain HTML that a site puts into its own page; its script or server may fetch it."""
    answer = await _answer(request, "widget/fragment.html", now)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@get("/calendar/widget")
async def builder(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[str]:
    """Choose which events, see them, and take the snippet for one's own site."""
    filters, theme, number = filters_of(request), _theme(request), _number(request)
    query = urlencode([*calendars.pairs_of(filters), ("theme", theme), ("number", number)])
    base = settings.current().base_url
    return page(
        request,
        "widget/builder.html",
        actor=actor,
        filters=filters,
        choices=await filter_choices(),
        theme=theme,
        themes=list(THEMES.items()),
        number=number,
        name=calendars.name_of(filters),
        path=f"/widget/events?{query}",
        snippet=SNIPPET.format(escape(f"{base}/widget/events?{query}"), escape(calendars.name_of(filters))),
        fragment_url=f"{base}/widget/events.html?{query}",
    )


async def _answer(request: Request[Any, Any, Any], template: str, now: datetime) -> Response[str]:
    filters = filters_of(request)
    found = await _next(filters, now=now, number=_number(request))
    body = render(
        request,
        template,
        dates=found,
        zone=named_zone(request),
        theme=_theme(request),
        name=calendars.name_of(filters),
        query=calendars.query_of(filters),
    )
    return Response(body, media_type=MediaType.HTML, headers={"Cache-Control": KEPT})


async def _next(filters: Filters, *, now: datetime, number: int) -> list[listing.Dated]:
    found = await listing.dates_between(
        filters, viewer=PUBLIC, after=now, before=now + WINDOW, each=True, limit=number
    )
    return found[:number]


def _theme(request: Request[Any, Any, Any]) -> str:
    given = str(request.query_params.get("theme", ""))
    return given if given in THEMES else "auto"


def _number(request: Request[Any, Any, Any]) -> int:
    given = str(request.query_params.get("number", ""))
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= 4 else USUAL
    return min(max(number, 1), MOST)


ROUTES: list[Any] = [framed, fragment, builder]
