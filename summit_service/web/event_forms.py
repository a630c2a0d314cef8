"""The forms of an event: post it, change it, call it off."""

from __future__ import annotations

from calendar import month_name
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_manages, check_signed_in
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound
from summit_service.events import actions, queries
from summit_service.events.details import MODES, VISIBILITIES
from summit_service.events.preview import Preview
from summit_service.events.queries import EventView
from summit_service.members import queries as members
from summit_service.web.event_values import (
    DAYS,
    ENDS,
    NTHS,
    ONS,
    REPEATS,
    EventForm,
    changes_from,
    details_from,
    faults_by_field,
    form_from,
    new_form,
    read_form,
)
from summit_service.web.event_warnings import NOTHING, Near, asked_first
from summit_service.web.forms import text
from summit_service.web.languages import language_choices
from summit_service.web.layout import page, see_other

AnyRequest = Request[Any, Any, Any]
DONE_WHEN = {"published": "posted", "draft": "drafted", "waiting": "waiting"}


@get("/events/new")
async def new(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[str]:
    """An empty form."""
    hosts = await hosts_of(actor)
    first = hosts[0] if len(hosts) == 1 else ("", "")
    form = new_form(organisation=first[0], timezone=actor.timezone or "")
    return await form_page(request, actor, form, hosts=hosts)


@post("/events/new")
async def create(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Post it, or show the form again with everything that was typed."""
    check_signed_in(actor)
    data = await request.form()
    form = read_form(data)
    is_draft = text(data, "save") == "draft"
    try:
        details = details_from(form)
        near = None if is_draft else await asked_first(data, form, details, actor=actor, now=now)
        if near is not None:
            return await form_page(request, actor, form, hosts=await hosts_of(actor), near=near)
        view = await actions.post_event(
            details,
            organisation=form.organisation,
            actor=actor,
            now=now,
            form_id=form.form_id,
            is_draft=is_draft,
        )
    except Invalid as refusal:
        return await form_page(request, actor, form, hosts=await hosts_of(actor), refusal=refusal)
    return see_other(f"/events/{view.slug}?done={DONE_WHEN[view.state]}")


@get("/events/{slug:str}/edit")
async def edit(request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[str]:
    """The form as the event stands."""
    event = await managed_event(slug, actor)
    if event.is_cancelled:
        raise Conflict("This event was cancelled and can no longer be changed. Post a new one instead.")
    return await form_page(
        request, actor, form_from(event.details, organisation=event.organisation.slug), event=event
    )


@post("/events/{slug:str}/edit")
async def change(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Change it, or show the form again with everything that was typed."""
    event = await managed_event(slug, actor)
    data = await request.form()
    form = read_form(data)
    is_draft = event.state == "draft" and text(data, "save") != "publish"
    try:
        details = details_from(form)
        near = None if is_draft else await asked_first(data, form, details, actor=actor, now=now, event=event)
        if near is not None:
            return await form_page(request, actor, form, event=event, near=near)
        view = await actions.change_event(slug, changes_from(details), actor=actor, now=now)
    except Invalid as refusal:
        return await form_page(request, actor, form, event=event, refusal=refusal)
    if view.state == "draft" and text(data, "save") == "publish":
        view = await actions.publish_event(slug, actor=actor, now=now)
        return see_other(f"/events/{slug}?done={DONE_WHEN[view.state]}")
    return see_other(f"/events/{slug}?done={'drafted' if view.state == 'draft' else 'changed'}")


@get("/events/{slug:str}/cancellation")
async def cancellation(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """Sure? And why?"""
    event = await managed_event(slug, actor)
    if event.is_cancelled:
        raise Conflict("This event is cancelled already.")
    return page(request, "events/cancel.html", actor=actor, event=event, reason="", faults={}, noindex=True)


@post("/events/{slug:str}/cancellation")
async def cancel(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Call it off."""
    event = await managed_event(slug, actor)
    reason = str((await request.form()).get("reason", ""))
    try:
        await actions.cancel_event(slug, reason=reason, actor=actor, now=now)
    except Invalid as refusal:
        faults = refusal.by_field()
        return page(
            request,
            "events/cancel.html",
            actor=actor,
            status=422,
            event=event,
            reason=reason,
            faults=faults,
            noindex=True,
        )
    return see_other(f"/events/{slug}?done=cancelled")


async def managed_event(slug: str, actor: Actor) -> EventView:
    """The event, for whoever may change it; raises NotFound, NotSignedIn, NotAllowed."""
    check_signed_in(actor)
    event = await queries.event_by_slug(slug, viewer=actor)
    if event is None:
        raise NotFound("There is no such event.")
    check_manages(actor, event.organisation.id)
    return event


async def hosts_of(actor: Actor) -> list[tuple[str, str]]:
    """The organisations this person may post for, as (slug, name)."""
    check_signed_in(actor)
    found = await members.may_act_for(actor)
    if not found:
        raise NotAllowed("Events are posted by the representatives of member organisations.")
    return [(organisation.slug, organisation.name) for organisation in found]


async def _other_hosts(form: EventForm, event: EventView | None) -> list[tuple[str, str]]:
    """Who else may hold it, those that are chosen first, as (slug, name)."""
    own = event.organisation.slug if event else form.organisation
    everybody = await members.all_members(standings=("member", "associate"))
    found = [(one.slug, one.name) for one in everybody if one.slug != own]
    return sorted(found, key=lambda pair: pair[0] not in form.hosts)


async def form_page(
    request: AnyRequest,
    actor: Actor,
    form: EventForm,
    *,
    hosts: list[tuple[str, str]] | None = None,
    event: EventView | None = None,
    refusal: Invalid | None = None,
    preview: Preview | None = None,
    near: Near = NOTHING,
) -> Response[str]:
    """The form with what was typed, what is wrong with it, and what is told beside it."""
    faults = faults_by_field(refusal, form) if refusal is not None else {}
    asks_which_hour = form.repeated_hour or any("happens twice" in sentence for sentence in faults.values())
    return page(
        request,
        "events/form.html",
        actor=actor,
        status=422 if refusal is not None else 200,
        form=form,
        faults=faults,
        event=event,
        hosts=hosts or [],
        other_hosts=await _other_hosts(form, event),
        asks_which_hour=asks_which_hour,
        preview=preview,
        near=near,
        repeats=REPEATS,
        ons=ONS,
        nths=NTHS,
        days=DAYS,
        ends=ENDS,
        months=[(str(number), month_name[number]) for number in range(1, 13)],
        modes=list(MODES.items()),
        visibilities=list(VISIBILITIES.items()),
        languages=language_choices(),
        noindex=True,
    )


ROUTES: list[Any] = [new, create, edit, change, cancellation, cancel]
