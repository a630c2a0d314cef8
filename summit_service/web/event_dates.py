"""The dates of a series: the list of them, and the forms that move, cancel or put back one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import zones
from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.events import actions, listing, overrides, queries
from summit_service.events.overrides import Override
from summit_service.events.queries import EventView
from summit_service.web.event_forms import managed_event
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other

AnyRequest = Request[Any, Any, Any]
SHOWN = 20
DONE = {
    "moved": "The date is changed.",
    "cancelled": "The date is cancelled.",
    "restored": "The date is as the series has it again.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DateForm:
    """One date as it was typed."""

    summary: str = ""
    description: str = ""
    starts_on: str = ""
    starts_time: str = ""
    ends_on: str = ""
    ends_time: str = ""
    location: str = ""
    reason: str = ""


@get("/events/{slug:str}/occurrences")
async def dates(
    request: AnyRequest,
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[str]:
    """The dates of a series from today on, or from another day on; for who posts it with what can be done."""
    event = await queries.event_by_slug(slug, viewer=actor)
    if event is None or not event.details.recurrence:
        raise NotFound("There is no such series.")
    after = _first_moment(request, event, now)
    found = listing.dates_of(event, after=after, before=after + listing.HORIZON, limit=SHOWN + 1)
    aside = overrides.set_aside(event.details, event.overrides)
    return page(
        request,
        "events/dates.html",
        actor=actor,
        event=event,
        dates=found[:SHOWN],
        later=found[SHOWN].first_day.isoformat() if len(found) > SHOWN else "",
        overrides={one.day: one for one in event.overrides},
        can_change=actor.can_manage(event.organisation.id) and not event.is_cancelled,
        set_aside=aside if actor.can_manage(event.organisation.id) else [],
        done=DONE.get(str(request.query_params.get("done", "")), ""),
        zone="",
        noindex=event.details.visibility != "public",
    )


@get("/events/{slug:str}/occurrences/{when:str}/edit")
async def edit(
    request: AnyRequest, slug: FromPath[str], when: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """The form of one date as it is now."""
    event, day = await _managed_date(slug, when, actor)
    return _form_page(request, actor, event, day, _form_of(event, day))


@post("/events/{slug:str}/occurrences/{when:str}/edit")
async def move(
    request: AnyRequest,
    slug: FromPath[str],
    when: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Move it, or show the form again with everything that was typed."""
    event, day = await _managed_date(slug, when, actor)
    data = await request.form()
    form = DateForm(**{field.name: text(data, field.name).strip() for field in fields(DateForm)})
    try:
        await actions.move_date(
            slug,
            day.isoformat(),
            starts_at=_moment(event, form.starts_on, form.starts_time),
            ends_at=_moment(event, form.ends_on, form.ends_time) if form.ends_on or form.ends_time else "",
            location=form.location,
            reason=form.reason,
            summary=form.summary,
            description=form.description,
            actor=actor,
            now=now,
        )
    except Invalid as refusal:
        return _form_page(request, actor, event, day, form, refusal)
    return see_other(f"/events/{slug}/occurrences?done=moved")


@get("/events/{slug:str}/occurrences/{when:str}/cancellation")
async def cancellation(
    request: AnyRequest, slug: FromPath[str], when: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """Sure? And why?"""
    event, day = await _managed_date(slug, when, actor)
    if (known := _override(event, day)) is not None and known.is_cancelled:
        raise Conflict("This date is cancelled already.")
    return _cancel_page(request, actor, event, day, "")


@post("/events/{slug:str}/occurrences/{when:str}/cancellation")
async def cancel(
    request: AnyRequest,
    slug: FromPath[str],
    when: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Call this date off."""
    event, day = await _managed_date(slug, when, actor)
    reason = text(await request.form(), "reason")
    try:
        await actions.cancel_date(slug, day.isoformat(), reason=reason, actor=actor, now=now)
    except Invalid as refusal:
        return _cancel_page(request, actor, event, day, reason, refusal)
    return see_other(f"/events/{slug}/occurrences?done=cancelled")


@post("/events/{slug:str}/occurrences/{when:str}/restoration")
async def restore(
    slug: FromPath[str], when: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Hold it as the series has it."""
    _, day = await _managed_date(slug, when, actor)
    await actions.restore_date(slug, day.isoformat(), actor=actor, now=now)
    return see_other(f"/events/{slug}/occurrences?done=restored")


async def _managed_date(slug: str, when: str, actor: Actor) -> tuple[EventView, date]:
    event = await managed_event(slug, actor)
    if event.is_cancelled:
        raise Conflict("This event was cancelled and can no longer be changed. Post a new one instead.")
    return event, overrides.day_of(event.details, when)


def _override(event: EventView, day: date) -> Override | None:
    return next((one for one in event.overrides if one.day == day), None)


def _first_moment(request: AnyRequest, event: EventView, now: datetime) -> datetime:
    given = str(request.query_params.get("from", ""))
    try:
        return zones.day_start(zones.parse_day(given, field="from"), event.details.timezone)
    except Invalid:
        return now


def _form_of(event: EventView, day: date) -> DateForm:
    known = _override(event, day)
    at = overrides.times_of(event.details, known or Override(day=day))
    return DateForm(
        starts_on=at[0][:10],
        starts_time=at[0][11:],
        ends_on=at[1][:10],
        ends_time=at[1][11:],
        location=(known.location if known else "") or event.details.location,
        reason=known.reason if known else "",
        summary=(known.summary if known else "") or event.details.summary,
        description=(known.description if known else "") or event.details.description,
    )


def _moment(event: EventView, day: str, time: str) -> str:
    return day if event.details.all_day else f"{day}T{time}".strip("T")


def _form_page(
    request: AnyRequest,
    actor: Actor,
    event: EventView,
    day: date,
    form: DateForm,
    refusal: Invalid | None = None,
) -> Response[str]:
    faults = refusal.by_field() if refusal is not None else {}
    return page(
        request,
        "events/date_form.html",
        actor=actor,
        status=422 if faults else 200,
        event=event,
        day=day,
        form=form,
        is_cancelled=(known := _override(event, day)) is not None and known.is_cancelled,
        faults={
            {"starts_at": "starts_on", "ends_at": "ends_on"}.get(name, name): sentence
            for name, sentence in faults.items()
        },
        noindex=True,
    )


def _cancel_page(
    request: AnyRequest,
    actor: Actor,
    event: EventView,
    day: date,
    reason: str,
    refusal: Invalid | None = None,
) -> Response[str]:
    return page(
        request,
        "events/date_cancel.html",
        actor=actor,
        status=422 if refusal else 200,
        event=event,
        day=day,
        reason=reason,
        faults=refusal.by_field() if refusal else {},
        noindex=True,
    )


ROUTES: list[Any] = [dates, edit, move, cancellation, cancel, restore]
