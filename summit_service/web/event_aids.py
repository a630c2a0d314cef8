"""What the form of an event tells while it is filled in: its next dates, and what stands near it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency

from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.errors import Invalid
from summit_service.events.preview import preview_of
from summit_service.members import queries as members
from summit_service.web.event_forms import form_page, hosts_of, managed_event
from summit_service.web.event_values import details_from, faults_by_field, read_form
from summit_service.web.event_warnings import NOTHING, near_to
from summit_service.web.forms import text
from summit_service.web.layout import html, is_htmx, render

AnyRequest = Request[Any, Any, Any]


@post("/events/preview", status_code=200)
async def preview(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """The next dates of what is typed so far: a fragment for htmx, else the whole form with them."""
    check_signed_in(actor)
    data = await request.form()
    form, slug = read_form(data), text(data, "slug")
    event = await managed_event(slug, actor) if slug else None
    hosts = [] if event else await hosts_of(actor)
    shown, refusal = None, None
    try:
        details = details_from(form)
        if not details.timezone:
            host = await members.organisation_by_slug(event.organisation.slug if event else form.organisation)
            details = replace(details, timezone=host.timezone if host else actor.timezone or "")
        shown = preview_of(details, known=event.overrides if event else (), now=now)
    except Invalid as fault:
        refusal = fault
    if not is_htmx(request):
        return await form_page(request, actor, form, hosts=hosts, event=event, refusal=refusal, preview=shown)
    faults = faults_by_field(refusal, form) if refusal else {}
    return html(render(request, "events/_preview.html", actor=actor, preview=shown, faults=faults))


@post("/events/neighbours", status_code=200)
async def neighbours(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """What stands near what is typed so far: a fragment for htmx, else the whole form with it."""
    check_signed_in(actor)
    data = await request.form()
    form, slug = read_form(data), text(data, "slug")
    event = await managed_event(slug, actor) if slug else None
    hosts = [] if event else await hosts_of(actor)
    near, refusal = NOTHING, None
    try:
        near = await near_to(form, details_from(form), actor=actor, now=now, event=event)
    except Invalid as fault:
        refusal = fault
    if not is_htmx(request):
        return await form_page(request, actor, form, hosts=hosts, event=event, refusal=refusal, near=near)
    if near.mark == text(data, "shown"):
        return Response(None, status_code=204)
    return html(render(request, "events/_near.html", actor=actor, near=near))


ROUTES: list[Any] = [preview, neighbours]
