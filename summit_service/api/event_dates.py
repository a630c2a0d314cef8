"""The JSON face of the dates of a series: list them, move one, cancel one, put one back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from summit_service import zones
from summit_service.accounts.actor import Actor
from summit_service.api.event_bodies import CancellationBody, Text
from summit_service.errors import NotFound
from summit_service.events import actions, overrides, queries
from summit_service.events.occurrences import Occurrence, on_day, wall_end
from summit_service.events.queries import EventView

PAGE, MOST = 100, 400
REACH = timedelta(days=3 * 366)


class MoveBody(msgspec.Struct, forbid_unknown_fields=True):
    """How one date is held instead, in wall times of the event's zone.

    An empty end keeps the length; an empty title, description or place is that of the series.
    """

    starts_at: Text
    ends_at: Text = ""
    location: Text = ""
    reason: Text = ""
    summary: Text = ""
    description: Text = ""


class DateOut(msgspec.Struct):
    """One date; `when` is the day on which the series has it, and the name of it in addresses."""

    when: date
    status: str
    moved: bool
    starts_at: str
    ends_at: str
    starts_instant: datetime
    ends_instant: datetime
    summary: str
    description: str
    location: str
    reason: str


class SetAsideOut(msgspec.Struct):
    """What was said of a date that the series does not have any more; it holds again when it has."""

    when: date
    status: str
    starts_at: str
    ends_at: str
    summary: str
    description: str
    location: str
    reason: str


class DateList(msgspec.Struct):
    """A part of the dates; `next` is the `from` of the rest, or null at the end."""

    items: list[DateOut]
    next: str | None
    set_aside: list[SetAsideOut]


@get("/events/{slug:str}/occurrences")
async def list_dates(
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    *,
    since: Annotated[str, QueryParameter(name="from")] = "",
    until: Annotated[str, QueryParameter(name="to")] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MOST)] = PAGE,
) -> DateList:
    """The dates between two days where the event takes place (both included); three years from today by default."""
    view = await queries.event_by_slug(slug, viewer=actor)
    if view is None:
        raise NotFound("There is no such event.")
    zone = view.details.timezone
    after = zones.day_start(zones.parse_day(since, field="from"), zone) if since else now
    before = zones.day_end(zones.parse_day(until, field="to"), zone) if until else after + REACH
    found = overrides.dates(
        view.details, view.overrides, after=after, before=before, limit=limit + overrides.MOST_OVERRIDES
    )
    shown = found[:limit]
    while shown and len(shown) < len(found) and found[len(shown)].day == shown[-1].day:
        shown.append(found[len(shown)])
    following = found[len(shown)].day.isoformat() if len(found) > len(shown) else None
    aside = (
        overrides.set_aside(view.details, view.overrides) if actor.can_manage(view.organisation.id) else []
    )
    return DateList([_out(view, one) for one in shown], following, [_aside(one) for one in aside])


@put("/events/{slug:str}/occurrences/{when:str}")
async def move_date(
    slug: FromPath[str],
    when: FromPath[str],
    data: JSONBody[MoveBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> DateOut:
    """Hold one date of the series at another time or place, or under its own title. SEQUENCE rises."""
    given = msgspec.structs.asdict(data)
    return _date(await actions.move_date(slug, when, **given, actor=actor, now=now), when)


@post("/events/{slug:str}/occurrences/{when:str}/cancellation")
async def cancel_date(
    slug: FromPath[str],
    when: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    data: JSONBody[CancellationBody | None] = None,
) -> Response[DateOut]:
    """Call one date of the series off. Calendars show it as cancelled."""
    reason = data.reason if data is not None else ""
    view = await actions.cancel_date(slug, when, reason=reason, actor=actor, now=now)
    return Response(_date(view, when), status_code=201)


@delete("/events/{slug:str}/occurrences/{when:str}", status_code=200)
async def restore_date(
    slug: FromPath[str], when: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> DateOut:
    """Forget that the date was moved or cancelled: it is held as the series has it."""
    return _date(await actions.restore_date(slug, when, actor=actor, now=now), when)


def _date(view: EventView, when: str) -> DateOut:
    day = date.fromisoformat(when[:10])
    known = next((one for one in view.overrides if one.day == day), overrides.Override(day=day))
    if known.is_cancelled or known.starts_at:
        return _out(view, overrides.occurrence_of(view.details, known))
    return _out(view, on_day(view.details, day))


def _out(view: EventView, one: Occurrence) -> DateOut:
    own = one.own_day or one.day
    known = next((known for known in view.overrides if known.day == one.own_day), None)
    return DateOut(
        when=own,
        status="CANCELLED" if one.is_cancelled or view.is_cancelled else view.status,
        moved=one.is_moved,
        starts_at=one.wall,
        ends_at=wall_end(view.details, one),
        starts_instant=one.starts,
        ends_instant=one.ends,
        summary=one.summary or view.details.summary,
        description=(known.description if known else "") or view.details.description,
        location=one.location or view.details.location,
        reason=known.reason if known else "",
    )


def _aside(one: overrides.Override) -> SetAsideOut:
    return SetAsideOut(
        when=one.day,
        status="CANCELLED" if one.is_cancelled else "CONFIRMED",
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        summary=one.summary,
        description=one.description,
        location=one.location,
        reason=one.reason,
    )


ROUTES: list[Any] = [list_dates, move_date, cancel_date, restore_date]
