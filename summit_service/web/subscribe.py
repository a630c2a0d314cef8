"""Feeds of events, and the page that helps to subscribe to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service import qr, settings
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.errors import NotFound
from summit_service.events import queries
from summit_service.events.changes import Version
from summit_service.events.queries import Filters
from summit_service.feeds import agendas, atom, cache, calendars, personal, rules
from summit_service.feeds.new_events import new_events
from summit_service.feeds.stored import StoredCalendar
from summit_service.members import queries as members
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition
from summit_service.web import feeds_http
from summit_service.web.layout import page


@get("/calendar.ics")
async def all_events(request: Request[Any, Any, Any], now: NamedDependency[datetime]) -> Response[bytes]:
    """Every public event, or those that the filters leave."""
    filters = filters_of(request)
    calendar = await _calendar(filters, name=calendars.name_of(filters), now=now)
    return await feeds_http.calendar_response(request, calendar, now=now)


@get("/events.atom")
async def newest_events(request: Request[Any, Any, Any], now: NamedDependency[datetime]) -> Response[bytes]:
    """What is new in the calendar, for feed readers; the same filters."""
    filters = filters_of(request)

    async def build(version: Version, _before: StoredCalendar | None) -> StoredCalendar:
        return await new_events(filters, version=version)

    feed = await cache.shelf().calendar(("atom", filters), build)
    return await feeds_http.calendar_response(request, feed, now=now, media_type=atom.MEDIA_TYPE)


@get("/organisations/{slug:str}/calendar.ics")
async def events_of_organisation(
    request: Request[Any, Any, Any], slug: FromPath[str], now: NamedDependency[datetime]
) -> Response[bytes]:
    """The public events of one organisation."""
    organisation = await members.organisation_by_slug(slug)
    if organisation is None:
        raise NotFound("There is no such organisation.")
    filters = Filters(organisation=slug)
    name = calendars.name_of(filters, organisation=organisation.name)
    calendar = await _calendar(filters, name=name, now=now)
    return await feeds_http.calendar_response(request, calendar, now=now)


async def event_file(
    request: Request[Any, Any, Any], slug: str, *, actor: Actor, now: datetime
) -> Response[bytes]:
    """`/events/{slug}.ics`: one event, for whoever may see its page."""
    event = await queries.event_by_slug(slug, viewer=actor)
    if event is None or not event.is_published:
        raise NotFound("There is no such event.")
    filters, name = Filters(slug=slug), event.details.summary
    if event.details.visibility == "public":
        calendar = await _calendar(filters, name=name, now=now)
        return await feeds_http.calendar_response(request, calendar, now=now, name=slug)
    calendar = await calendars.calendar_for_members(event, viewer=actor, now=now)
    return await feeds_http.calendar_response(request, calendar, now=now, cache=feeds_http.PRIVATE, name=slug)


@get("/feeds/{name:str}")
async def personal_feed(
    request: Request[Any, Any, Any], name: FromPath[str], now: NamedDependency[datetime]
) -> Response[bytes]:
    """`/feeds/{token}.ics`: somebody's own calendar, for whoever has its secret address; needs no cookie."""
    token, _, ending = name.partition(".")
    if ending != "ics":
        raise NotFound("There is no calendar at this address. It ends in .ics; copy the whole of it.")
    # HEAD asks about a calendar and takes none, so it is not a fetch that its owner would be told of.
    is_fetch = not request.scope.get("state", {}).get("is_head", False)
    app = rules.app_of(request.headers.get("User-Agent", "")) if is_fetch else None
    calendar = await agendas.agenda_calendar(token, app=app, now=now)
    if calendar is None:
        calendar = await personal.personal_calendar(token, app=app, now=now)
    return await feeds_http.calendar_response(request, calendar, now=now, cache=feeds_http.PRIVATE)


@get("/calendar")
async def subscribe(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    *,
    summit: FromQuery[int | None] = None,
) -> Response[str]:
    """Where do you keep your calendar? For the events, or for the programme of a summit."""
    feed = _events_feed(filters_of(request)) if summit is None else await _programme_feed(summit)
    return page(
        request,
        "subscribe/subscribe.html",
        actor=actor,
        feed=feed,
        programme=None if summit else await _current_programme(now),
        **ways_into(feed),
    )


def ways_into(feed: Feed) -> dict[str, Any]:
    """What a page that helps to subscribe shows of a feed: one address for each kind of app, and the QR code."""
    webcal = "webcal://" + feed.address.partition("://")[2]
    asked = f"url={quote(feed.address, safe='')}&name={quote(feed.name)}"
    return {
        "ways": {
            "webcal": webcal,
            "google": f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
            "outlook": f"https://outlook.live.com/calendar/0/addfromweb?{asked}",
            "office": f"https://outlook.office.com/calendar/0/addfromweb?{asked}",
            "qr": qr.picture(feed.address),
        },
        "is_local": settings.current().host in {"127.0.0.1", "localhost"},
    }


@dataclass(frozen=True, slots=True)
class Feed:
    """What one subscribes to: its name in calendar apps, its address, and the page with the same things."""

    kind: str
    name: str
    address: str
    page: str
    query: str = ""


def _events_feed(filters: Filters) -> Feed:
    kind = "all" if filters == queries.ALL else "filtered"
    query = calendars.query_of(filters)
    return Feed(kind, calendars.name_of(filters), calendars.address_of(filters), f"/events{query}", query)


async def _programme_feed(year: int) -> Feed:
    edition = await summits.found_edition(year, is_announced_only=True)
    if await summits.last_release(edition.id) is None:
        raise NotFound(f"The programme of {year} has not been released yet.")
    path = f"/summits/{year}/programme"
    address = f"{settings.current().base_url}{path}.ics"
    return Feed("programme", f"Programme of {edition.title}", address, path)


async def _current_programme(now: datetime) -> Edition | None:
    """The next summit, or the last, where its programme can be subscribed to."""
    edition = await summits.current_edition(now)
    return edition if edition and await summits.last_release(edition.id) else None


def filters_of(request: Request[Any, Any, Any]) -> Filters:
    """The filters in an address. A value that nothing has gives an empty list, never an error."""
    return calendars.filters_from(request.query_params)


async def _calendar(filters: Filters, *, name: str, now: datetime) -> StoredCalendar:
    midnight = calendars.start_of_day(now)

    async def build(version: Version, before: StoredCalendar | None) -> StoredCalendar:
        return await calendars.events_calendar(
            filters, version=version, midnight=midnight, name=name, viewer=PUBLIC, before=before
        )

    return await cache.shelf().calendar((filters, name, midnight), build)


ROUTES: list[Any] = [all_events, newest_events, events_of_organisation, personal_feed, subscribe]
