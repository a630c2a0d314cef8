"""Pages of a draft's way to the public, and of an event's history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.events import actions, changelog
from summit_service.events.queries import EventView
from summit_service.web.event_forms import DONE_WHEN, managed_event
from summit_service.web.event_warnings import near_draft
from summit_service.web.events import event_page
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other

AnyRequest = Request[Any, Any, Any]


@post("/events/{slug:str}/publication")
async def publish(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Publish a draft; first, once, tell what stands near it that its page did not show."""
    draft = await managed_event(slug, actor)
    if draft.state == "draft":
        near = await near_draft(draft, actor=actor, now=now)
        if not set(near.keys.split()) <= set(text(await request.form(), "seen").split()):
            return await event_page(request, draft, actor=actor, now=now, near=replace(near, is_asking=True))
    view = await actions.publish_event(slug, actor=actor, now=now)
    return see_other(f"/events/{slug}?done={DONE_WHEN[view.state]}")


@post("/events/{slug:str}/confirmation")
async def confirm(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Publish the first event of a new organisation."""
    await actions.confirm_event(slug, actor=actor, now=now)
    return see_other(f"/events/{slug}?done=confirmed")


@get("/events/{slug:str}/return")
async def why_return(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """Why is it given back?"""
    check_secretariat(actor)
    return _return_page(request, actor, await managed_event(slug, actor))


@post("/events/{slug:str}/return")
async def give_back(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Make it a draft again, with a reason."""
    reason = text(await request.form(), "reason")
    try:
        await actions.return_event(slug, reason=reason, actor=actor, now=now)
    except Invalid as refusal:
        event = await managed_event(slug, actor)
        return _return_page(request, actor, event, reason=reason, refusal=refusal)
    return see_other(f"/events/{slug}?done=returned")


@post("/events/{slug:str}/discard")
async def discard(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Forget a draft."""
    await actions.discard_event(slug, actor=actor, now=now)
    return see_other("/events")


@get("/events/{slug:str}/history")
async def history(request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[str]:
    """Who did what when, with undo; for those who may change the event."""
    return await _history_page(request, actor, await managed_event(slug, actor))


@post("/events/{slug:str}/history/{change_id:int}/undo")
async def undo(
    request: AnyRequest,
    slug: FromPath[str],
    change_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Give the fields of one change their values before it."""
    try:
        await actions.undo_change(slug, change_id, actor=actor, now=now)
    except Conflict as refusal:
        event = await managed_event(slug, actor)
        return await _history_page(request, actor, event, problem=refusal.sentence)
    return see_other(f"/events/{slug}?done=undone")


async def _history_page(
    request: AnyRequest, actor: Actor, event: EventView, *, problem: str = ""
) -> Response[str]:
    return page(
        request,
        "events/history.html",
        actor=actor,
        status=409 if problem else 200,
        event=event,
        changes=await changelog.changes_of(event.id),
        problem=problem,
        zone=actor.timezone or event.details.timezone,
        noindex=True,
    )


def _return_page(
    request: AnyRequest, actor: Actor, event: EventView, *, reason: str = "", refusal: Invalid | None = None
) -> Response[str]:
    return page(
        request,
        "events/return.html",
        actor=actor,
        status=422 if refusal else 200,
        event=event,
        reason=reason,
        faults=refusal.by_field() if refusal else {},
        noindex=True,
    )


ROUTES: list[Any] = [publish, confirm, why_return, give_back, discard, history, undo]
