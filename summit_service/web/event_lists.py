"""The events as a list by month, and as a month of days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency

from summit_service import settings, zones
from summit_service.accounts.actor import Actor
from summit_service.errors import Invalid
from summit_service.events import listing, month, queries
from summit_service.events.choices import choices
from summit_service.events.details import MODES
from summit_service.events.queries import Filters
from summit_service.feeds import calendars
from summit_service.templating import country_name
from summit_service.web.languages import language_name
from summit_service.web.layout import page
from summit_service.web.reader_zone import named_zone, reader_zone
from summit_service.web.subscribe import filters_of

WINDOW = timedelta(days=366)
MOST_IN_A_MONTH = 300
MONTHS_AHEAD = 12
FIRST_YEAR, LAST_YEAR = 1970, 2100


@get("/events")
async def events(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """The dates of the next twelve months, or of those from another month on; or one month as a grid."""
    filters, zone = filters_of(request), reader_zone(request, actor)
    is_grid = request.query_params.get("view") == "month"
    shown = await (_grid if is_grid else _list)(request, filters, zone, actor=actor, now=now)
    kept = _kept(filters, named_zone(request))
    return page(
        request,
        "events/month.html" if is_grid else "events/list.html",
        actor=actor,
        filters=filters,
        zone=zone if is_grid else named_zone(request),
        named_zone=named_zone(request),
        is_grid=is_grid,
        views=[
            ("List", f"/events?{urlencode(kept)}".rstrip("?"), not is_grid),
            ("Month", f"/events?{urlencode({'view': 'month'} | kept)}", is_grid),
        ],
        is_filtered=filters != queries.ALL,
        choices=await filter_choices(),
        feed_query=calendars.query_of(filters),
        can_post=actor.can_act,
        modes=MODES,
        language_name=language_name,
        **shown,
    )


async def _list(
    request: Request[Any, Any, Any], filters: Filters, zone: str, *, actor: Actor, now: datetime
) -> dict[str, Any]:
    after = _first_moment(request, now)
    found = await listing.dates_between(filters, viewer=actor, after=after, before=after + WINDOW)
    found, following, is_cut = _cut(found)
    months = [(first, list(dates)) for first, dates in groupby(found, key=lambda one: _month(one, after))]
    kept = _kept(filters, named_zone(request))
    return {
        "months": months,
        "jumps": [(f"{first:%B}", f"#{first:%Y-%m}") for first, _ in months],
        "count": sum(1 + len(one.also_on) for one in found),
        "later": _address({"from": following or f"{after + WINDOW:%Y-%m}"} | kept),
        "later_words": "Later dates" if following else "Twelve months later",
        "is_cut": is_cut,
        "earlier": _address({"from": f"{after - WINDOW:%Y-%m}"} | kept),
        "is_now": "from" not in request.query_params,
    }


async def _grid(
    request: Request[Any, Any, Any], filters: Filters, zone: str, *, actor: Actor, now: datetime
) -> dict[str, Any]:
    today = zones.at_wall(now, zone or settings.current().timezone).date()
    first = _chosen_month(request) or today.replace(day=1)
    after, before = month.bounds(first)
    found = await listing.dates_between(
        filters, viewer=actor, after=after, before=before, each=True, limit=MOST_IN_A_MONTH
    )
    is_cut, found = len(found) > MOST_IN_A_MONTH, found[:MOST_IN_A_MONTH]
    weeks = month.weeks_of(first, found, zone=zone)
    kept = {"view": "month"} | _kept(filters, named_zone(request))

    def address(other: date) -> str:
        return _address(kept | {"month": f"{other:%Y-%m}"})

    return {
        "month": first,
        "weeks": weeks,
        "today": today,
        "count": len({id(one.dated) for week in weeks for day in week for one in day.shown}),
        "cut_at": found[-1].starts.date() if is_cut else None,
        "earlier": address(month.preceding(first)) if first.year > FIRST_YEAR else "",
        "later": address(month.following(first)) if first.year < LAST_YEAR else "",
        "jumps": [(f"{one:%B %Y}" if one.month == 1 else f"{one:%B}", address(one)) for one in _ahead(today)],
    }


def _kept(filters: Filters, zone: str) -> dict[str, str]:
    return dict(calendars.pairs_of(filters)) | ({"zone": zone} if zone else {})


def _address(query: dict[str, str]) -> str:
    return f"/events?{urlencode(query)}"


def _ahead(today: date) -> list[date]:
    found = [today.replace(day=1)]
    while len(found) < MONTHS_AHEAD:
        found.append(month.following(found[-1]))
    return found


def _chosen_month(request: Request[Any, Any, Any]) -> date | None:
    given = str(request.query_params.get("month", ""))
    try:
        found = date.fromisoformat(f"{given}-01") if len(given) == 7 else None
    except ValueError:
        return None
    return found if found and FIRST_YEAR <= found.year <= LAST_YEAR else None


def _month(one: listing.Dated, after: datetime) -> date:
    """What began before the list does stands in the list's first month."""
    return max(one.month, after.date().replace(day=1))


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


async def filter_choices() -> dict[str, list[tuple[str, str]]]:
    """What lists can be filtered by, in words."""
    found = await choices()
    countries = sorted(((code, country_name(code)) for code, _ in found["country"]), key=lambda pair: pair[1])
    languages = [(code, language_name(code)) for code, _ in found["language"]]
    return found | {"country": countries, "language": languages, "mode": list(MODES.items())}


ROUTES: list[Any] = [events]
