"""Pages: what has changed in a programme, release by release, and what runs at this moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import zones
from summit_service.accounts.actor import Actor
from summit_service.feeds import atom
from summit_service.feeds.releases import release_feed
from summit_service.summits import queries
from summit_service.summits.rules.running import next_session, rooms_now
from summit_service.web import feeds_http
from summit_service.web.layout import html, is_htmx, page, render

Asked = Request[Any, Any, Any]
MOST_RELEASES = 50


@get("/summits/{year:int}/programme/changes")
async def changes(request: Asked, year: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The last releases with their notes and what each changed."""
    edition = await queries.found_edition(year, is_announced_only=not actor.is_secretariat)
    found = await queries.release_changes(edition.id, most=MOST_RELEASES)
    if not found:
        return page(request, "summits/no_programme.html", actor=actor, edition=edition)
    return page(request, "summits/changes.html", actor=actor, edition=edition, releases=found)


@get("/summits/{year:int}/programme/changes.atom")
async def changes_feed(
    request: Asked, year: FromPath[int], now: NamedDependency[datetime]
) -> Response[bytes]:
    """The same for feed readers."""
    edition = await queries.found_edition(year, is_announced_only=True)
    await queries.shown_release(edition.id, None)
    found = await queries.release_changes(edition.id, most=MOST_RELEASES)
    feed = release_feed(edition, found)
    return await feeds_http.calendar_response(request, feed, now=now, media_type=atom.MEDIA_TYPE)


@get("/summits/{year:int}/now")
async def running_now(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """What runs and what comes next in each room; a page that is left open asks again each minute."""
    edition = await queries.found_edition(year, is_announced_only=not actor.is_secretariat)
    last = await queries.last_release(edition.id)
    if last is None:
        return page(request, "summits/no_programme.html", actor=actor, edition=edition)
    snapshot = queries.snapshot_of(last)
    wall = zones.at_wall(now, snapshot.header.timezone)
    context: dict[str, Any] = {
        "edition": edition,
        "header": snapshot.header,
        "wall": wall,
        "rooms": rooms_now(snapshot, now=now, today=wall.date().isoformat()),
        "following": next_session(snapshot, now=now),
    }
    if is_htmx(request):
        return html(render(request, "summits/_now.html", actor=actor, **context))
    return page(request, "summits/now.html", actor=actor, **context)


ROUTES: list[Any] = [changes, changes_feed, running_now]
