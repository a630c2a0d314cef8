"""The JSON face of events."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from summit_service import zones
from summit_service.accounts.actor import Actor, check_acts_for, check_signed_in
from summit_service.api.event_bodies import (
    CancellationBody,
    EventBody,
    EventChange,
    EventList,
    EventOut,
    EventPosted,
    Neighbourhood,
    event_out,
    event_posted,
    hours_out,
    neighbours_out,
)
from summit_service.errors import Invalid, NotFound
from summit_service.events import actions, queries
from summit_service.events.details import FIELDS, Details
from summit_service.events.hours import hours_of
from summit_service.events.overrides import dates
from summit_service.events.queries import EventView
from summit_service.feeds.calendars import filters_from
from summit_service.members import queries as members
from summit_service.neighbours import Neighbour, neighbours_of

PAGE = 50
MOST = 200


@post("/events")
async def post_event(
    data: JSONBody[EventBody], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[EventPosted]:
    """Publish an event of an organisation that you represent. `warnings` name what stands near it."""
    view = await actions.post_event(
        _details(data), organisation=data.organisation, actor=actor, now=now, is_draft=data.draft
    )
    answer = event_posted(view, await near_posted(view, actor, now))
    return Response(answer, status_code=201, headers={"Location": f"/api/v1/events/{view.slug}"})


@post("/events/neighbours", status_code=200)
async def neighbours(
    data: JSONBody[EventBody], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Neighbourhood:
    """What stands near an event that you may post: like ones, clashes, the summit. Nothing is posted."""
    check_signed_in(actor)
    host = await members.organisation_by_slug(data.organisation.strip())
    if host is None:
        raise Invalid.one("organisation", "Say whose event this is, by the address of the organisation.")
    check_acts_for(actor, host.id)
    details = _details(data)
    found = await neighbours_of(details, host=host, viewer=actor, now=now)
    return Neighbourhood(neighbours_out(found), hours_out(await hours_of(details, host=host, now=now)))


@get("/events")
async def list_events(
    actor: NamedDependency[Actor],
    *,
    since: Annotated[str, QueryParameter(name="from")] = "",
    category: FromQuery[str] = "",
    organisation: FromQuery[str] = "",
    country: FromQuery[str] = "",
    language: FromQuery[str] = "",
    mode: FromQuery[str] = "",
    words: Annotated[
        str, QueryParameter(name="q", description="Words that have all to be in its texts.")
    ] = "",
    until: Annotated[str, QueryParameter(name="to")] = "",
    cursor: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MOST)] = PAGE,
) -> EventList:
    """Events by their start; those only with a date between the days `from` and `to` (UTC, both included).

    The filters are those of the page and of the feeds.
    """
    after = _day(since, "from")
    before = _day(until, "to", past_its_end=True)
    filters = filters_from(
        {
            "category": category,
            "organisation": organisation,
            "country": country,
            "language": language,
            "mode": mode,
            "q": words,
        }
    )
    beyond = _read_cursor(cursor)
    found: list[EventView] = []
    while len(found) <= limit:
        batch = await queries.events_between(
            filters, viewer=actor, after=after, before=before, beyond=beyond, limit=limit + 1
        )
        found += [view for view in batch if _has_a_date(view, after, before)]
        if len(batch) <= limit:
            break
        beyond = (batch[-1].starts, batch[-1].id)
    following = _cursor(found[limit - 1]) if len(found) > limit else None
    return EventList([event_out(view) for view in found[:limit]], following)


@get("/events/{slug:str}")
async def get_event(slug: FromPath[str], actor: NamedDependency[Actor]) -> EventOut:
    """One event; one for members only needs a token."""
    view = await queries.event_by_slug(slug, viewer=actor)
    if view is None:
        raise NotFound("There is no such event.")
    return event_out(view)


@patch("/events/{slug:str}")
async def change_event(
    slug: FromPath[str],
    data: JSONBody[EventChange],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> EventPosted:
    """Change some fields. SEQUENCE rises where calendars have to look again. `warnings` as for a new event."""
    changes: dict[str, Any] = {
        name: getattr(data, name) for name in FIELDS if getattr(data, name) is not msgspec.UNSET
    }
    if "starts_at" in changes and "all_day" not in changes:
        changes["all_day"] = len(changes["starts_at"].strip()) == 10
    view = await actions.change_event(slug, changes, actor=actor, now=now)
    return event_posted(view, await near_posted(view, actor, now))


@post("/events/{slug:str}/cancellation")
async def cancel_event(
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    data: JSONBody[CancellationBody | None] = None,
) -> Response[EventOut]:
    """Call an event off. Calendars show it as cancelled."""
    reason = data.reason if data is not None else ""
    view = await actions.cancel_event(slug, reason=reason, actor=actor, now=now)
    return Response(event_out(view), status_code=201)


def _details(data: EventBody) -> Details:
    values = {name: getattr(data, name) for name in FIELDS}
    if data.all_day is None:
        values["all_day"] = len(data.starts_at.strip()) == 10
    return Details(**values)


async def near_posted(view: EventView, actor: Actor, now: datetime) -> list[Neighbour]:
    """What stands near an event that is there."""
    host = await members.organisation_by_id(view.organisation.id)
    return await neighbours_of(view.details, host=host, viewer=actor, now=now, slug=view.slug)


def _day(text: str, field: str, *, past_its_end: bool = False) -> datetime | None:
    """The instant at which a day begins in UTC, or ends; an instant with an offset is taken as it is."""
    if not text:
        return None
    if len(text) > 10:
        try:
            moment = datetime.fromisoformat(text.replace(" ", "+"))
        except ValueError:
            raise Invalid.one(field, "Give a day such as 2027-03-04.") from None
        zones.parse_day(moment.date().isoformat(), field=field)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    day = zones.parse_day(text, field=field) + timedelta(days=1 if past_its_end else 0)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _has_a_date(view: EventView, after: datetime | None, before: datetime | None) -> bool:
    """Whether a series has a date in the range, and not just one before and one after it."""
    if not view.details.recurrence or after is None:
        return True
    horizon = before or after + timedelta(days=3660)
    return bool(dates(view.details, view.overrides, after=after, before=horizon, limit=1))


def _cursor(view: EventView) -> str:
    return base64.urlsafe_b64encode(f"{view.starts.isoformat()}|{view.id}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, int] | None:
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, _, event_id = text.partition("|")
        moment, number = datetime.fromisoformat(at), int(event_id)
    except (ValueError, binascii.Error):
        raise Invalid.one("cursor", "This cursor is not one of ours. Begin the list anew.") from None
    if moment.tzinfo is None or not 0 <= number < 2**31 or not 1800 < moment.year < 2300:
        raise Invalid.one("cursor", "This cursor is not one of ours. Begin the list anew.")
    return moment, number


ROUTES: list[Any] = [post_event, neighbours, list_events, get_event, change_event, cancel_event]
