"""The list of events by month, and the page of one event."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import zones
from summit_service.accounts.actor import Actor
from summit_service.errors import Invalid, NotFound
from summit_service.events import listing, queries
from summit_service.events.choices import choices
from summit_service.events.details import MODES, VISIBILITIES
from summit_service.events.overrides import set_aside
from summit_service.events.phrases import recurrence_words
from summit_service.events.queries import EventView
from summit_service.feeds import calendars
from summit_service.members import queries as members
from summit_service.templating import country_name
from summit_service.web import event_aids, event_dates, event_forms, event_import, event_states
from summit_service.web.event_values import EventForm
from summit_service.web.event_warnings import Near, near_to
from summit_service.web.languages import language_name
from summit_service.web.layout import html, is_htmx, page, render
from summit_service.web.subscribe import event_file, filters_of

WINDOW = timedelta(days=366)
NEXT_DATES = 6
LONGEST_WORDS = 100
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


@get("/events")
async def events(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """The dates of the next twelve months, or of those from another month on."""
    filters = filters_of(request)
    words = str(request.query_params.get("q", ""))[:LONGEST_WORDS].strip()
    zone = _chosen_zone(request)
    after = _first_moment(request, now)
    found = await listing.dates_between(
        filters, words=words, viewer=actor, after=after, before=after + WINDOW
    )
    found, following, is_cut = _cut(found)
    months = [(month, list(dates)) for month, dates in groupby(found, key=lambda one: _month(one, after))]
    kept = {name: getattr(filters, name) for name in calendars.PARAMETERS} | {"q": words, "zone": zone}
    later = _address(following, kept) if following else _query(kept, after + WINDOW)
    return page(
        request,
        "events/list.html",
        actor=actor,
        months=months,
        jumps=[(f"{month:%B}", f"#{month:%Y-%m}") for month, _ in months],
        count=sum(1 + len(one.also_on) for one in found),
        filters=filters,
        words=words,
        zone=zone,
        is_filtered=filters != queries.ALL or bool(words),
        choices=await _choices(),
        feed_query=calendars.query_of(filters),
        can_post=bool(actor.represents) or actor.is_secretariat,
        later=f"/events?{later}",
        later_words="Later dates" if following else "Twelve months later",
        is_cut=is_cut,
        earlier=f"/events?{_query(kept, after - WINDOW)}",
        is_now="from" not in request.query_params,
        modes=MODES,
        language_name=language_name,
    )


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
    details = view.details
    return page(
        request,
        "events/event.html",
        actor=actor,
        event=view,
        details=details,
        dates=_next_dates(view, now),
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
        near=Near()
        if view.is_published
        else await near_to(EventForm(), details, actor=actor, now=now, event=view),
        visibility_words=VISIBILITIES[details.visibility],
        language=language_name(details.language),
        zone=_chosen_zone(request),
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


def _month(one: listing.Dated, after: datetime) -> date:
    """What began before the list does stands in the list's first month."""
    return max(one.month, after.date().replace(day=1))


def _chosen_zone(request: Request[Any, Any, Any]) -> str:
    given = str(request.query_params.get("zone", ""))
    try:
        return zones.zone(given).key if given else ""
    except Invalid:
        return ""


def _first_moment(request: Request[Any, Any, Any], now: datetime) -> datetime:
    given = str(request.query_params.get("from", ""))
    try:
        return zones.day_start(
            zones.parse_day(f"{given}-01" if len(given) == 7 else given, field="from"), "Etc/UTC"
        )
    except Invalid:
        return now


def _cut(found: list[listing.Dated]) -> tuple[list[listing.Dated], str, bool]:
    """The dates of one page, whole days of them; the day on which the next page begins; whether one day was cut."""
    if len(found) <= listing.MOST_DATES:
        return found, "", False
    first, last = (one.starts.astimezone(UTC).date() for one in (found[0], found[-1]))
    whole = [one for one in found if one.starts.astimezone(UTC).date() < last]
    if whole and first < last:
        return whole, last.isoformat(), False
    return found, (last + timedelta(days=1)).isoformat(), True


def _address(following: str, kept: dict[str, str]) -> str:
    return urlencode({"from": following} | {name: value for name, value in kept.items() if value})


def _query(kept: dict[str, str], first: datetime) -> str:
    return urlencode({"from": f"{first:%Y-%m}"} | {name: value for name, value in kept.items() if value})


async def _choices() -> dict[str, list[tuple[str, str]]]:
    found = await choices()
    countries = sorted(((code, country_name(code)) for code, _ in found["country"]), key=lambda pair: pair[1])
    languages = [(code, language_name(code)) for code, _ in found["language"]]
    return found | {"country": countries, "language": languages, "mode": list(MODES.items())}


@get("/zones")
async def time_zones(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[Any]:
    """Every zone that a form takes; for htmx the choices of a field, which are too many to send with each form."""
    names = zones.zone_names()
    if is_htmx(request):
        kept = {"Cache-Control": "public, max-age=86400", "Vary": "HX-Request"}
        return html(render(request, "events/_zones.html", zone_names=names), headers=kept)
    regions: dict[str, list[str]] = {}
    for name in names:
        regions.setdefault(name.partition("/")[0] if "/" in name else "Others", []).append(name)
    return page(request, "events/zones.html", actor=actor, regions=sorted(regions.items()))


ROUTES: list[Any] = [
    events,
    event,
    time_zones,
    *event_import.ROUTES,
    *event_forms.ROUTES,
    *event_aids.ROUTES,
    *event_dates.ROUTES,
    *event_states.ROUTES,
]
