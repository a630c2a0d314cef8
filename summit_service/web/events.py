"""The page of one event."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor
from summit_service.errors import NotFound
from summit_service.events import listing, queries
from summit_service.events.details import MODES, VISIBILITIES
from summit_service.events.overrides import set_aside
from summit_service.events.phrases import recurrence_words
from summit_service.events.queries import EventView
from summit_service.members import queries as members
from summit_service.web.event_data import event_data
from summit_service.web.event_lists import WINDOW
from summit_service.web.event_warnings import Near, near_draft
from summit_service.web.languages import language_name
from summit_service.web.layout import page
from summit_service.web.reader_zone import named_zone
from summit_service.web.subscribe import event_file

NEXT_DATES = 6
DONE = {
    "drafted": ("The draft is kept", "Your organisation and the secretariat see it, nobody else."),
    "waiting": (
        "The event waits for confirmation",
        "The secretariat reads the first event of each new member.",
    ),
    "confirmed": ("The event is confirmed and published", "Who posted it is told by mail."),
    "returned": ("The event is a draft again", "Who posted it is told by mail, with your reason."),
    "undone": ("The change is undone", "Calendars take it over when they next look, usually within a day."),
    "posted": ("The event is published", "It reaches everybody who subscribed, usually within a day."),
    "changed": (
        "The event is changed",
        "Calendars take over the change when they next look, usually within a day.",
    ),
    "cancelled": ("The event is cancelled", "Calendars show it as cancelled when they next look."),
}


@get("/events/{slug:str}")
async def event(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """One event; with `.ics` at the end, the calendar file of it."""
    if slug.endswith(".ics"):
        return await event_file(request, slug.removesuffix(".ics"), actor=actor, now=now)
    view = await queries.event_by_slug(slug, viewer=actor)
    if view is None:
        raise NotFound(
            "There is no such event. It may have been mistyped, or it is for members who are signed in."
        )
    near = Near() if view.is_published else await near_draft(view, actor=actor, now=now)
    return await event_page(request, view, actor=actor, now=now, near=near)


async def event_page(
    request: Request[Any, Any, Any], view: EventView, *, actor: Actor, now: datetime, near: Near
) -> Response[str]:
    """The page of an event; a draft's with what stands `near` it."""
    details, dates = view.details, _next_dates(view, now)
    return page(
        request,
        "events/event.html",
        actor=actor,
        event=view,
        details=details,
        dates=dates,
        data=event_data(view, dates) if view.is_published and details.visibility == "public" else "",
        overrides={one.day: one for one in view.overrides},
        repeats=recurrence_words(
            details.recurrence,
            timezone=details.timezone,
            first_day=date.fromisoformat(details.starts_at[:10]),
        ),
        reason=await queries.cancellation_reason(view.id) if view.is_cancelled else "",
        done=DONE.get(str(request.query_params.get("done", "")), ()),
        can_change=actor.can_manage(view.organisation.id),
        set_aside=set_aside(details, view.overrides) if actor.can_manage(view.organisation.id) else [],
        mode_words=MODES[details.mode],
        is_new=await _is_new(view),
        near=near,
        visibility_words=VISIBILITIES[details.visibility],
        language=language_name(details.language),
        zone=named_zone(request),
        noindex=details.visibility != "public" or not view.is_published,
    )


async def _is_new(view: EventView) -> bool:
    """Whether the draft would have to wait for the secretariat."""
    if view.is_published:
        return False
    organisation = await members.organisation_by_id(view.organisation.id)
    return organisation is not None and organisation.is_new


def _next_dates(view: EventView, now: datetime) -> list[listing.Dated]:
    """The dates that are still to come, else the last that was."""
    horizon = now + listing.HORIZON
    ahead = listing.dates_of(view, after=now, before=max(horizon, view.ends), limit=NEXT_DATES)
    if ahead:
        return ahead
    past_from = (
        max(view.starts - timedelta(days=1), now - listing.HORIZON)
        if view.details.recurrence
        else view.starts
    )
    past = listing.dates_of(
        view, after=past_from - timedelta(days=1), before=now + WINDOW, limit=listing.MOST_DATES
    )
    return past[-1:] or listing.dates_of(
        view, after=view.starts - timedelta(days=1), before=view.ends, limit=1
    )


ROUTES: list[Any] = [
    event,
]
