"""The JSON face of drafts, confirmation, and an event's history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_manages
from summit_service.api.event_bodies import EventOut, EventPosted, Text, event_out, event_posted
from summit_service.api.events import near_posted
from summit_service.errors import NotFound
from summit_service.events import actions, changelog, queries


class ReturnBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why an event is given back as a draft; it is mailed to who posted it."""

    reason: Text


class ChangeOut(msgspec.Struct):
    """One entry of the history: `before` and `after` have the fields that differ, or a day with what became of it."""

    id: int
    kind: str
    who: str
    at: datetime
    before: dict[str, Any]
    after: dict[str, Any]
    note: str


class ChangeList(msgspec.Struct):
    """The history of an event, the newest first."""

    items: list[ChangeOut]
    next: str | None = None


@post("/events/{slug:str}/publication")
async def publish(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[EventPosted]:
    """Publish a draft; that of a new organisation waits for the secretariat. `warnings` name what stands near it."""
    view = await actions.publish_event(slug, actor=actor, now=now)
    return Response(event_posted(view, await near_posted(view, actor, now)), status_code=201)


@post("/events/{slug:str}/confirmation")
async def confirm(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[EventOut]:
    """Publish what a new organisation posted; for the secretariat."""
    return Response(event_out(await actions.confirm_event(slug, actor=actor, now=now)), status_code=201)


@post("/events/{slug:str}/return")
async def give_back(
    slug: FromPath[str],
    data: JSONBody[ReturnBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[EventOut]:
    """Make what a new organisation posted a draft again, and tell it why; for the secretariat."""
    view = await actions.return_event(slug, reason=data.reason, actor=actor, now=now)
    return Response(event_out(view), status_code=201)


@delete("/events/{slug:str}")
async def discard(slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]) -> None:
    """Forget a draft. What was published is cancelled instead."""
    await actions.discard_event(slug, actor=actor, now=now)


@get("/events/{slug:str}/changes")
async def list_changes(slug: FromPath[str], actor: NamedDependency[Actor]) -> ChangeList:
    """Who did what when; for those who may change the event."""
    view = await queries.event_by_slug(slug, viewer=actor)
    if view is None:
        raise NotFound("There is no such event.")
    check_manages(actor, view.organisation.id)
    return ChangeList(
        [
            ChangeOut(one.id, one.kind, one.who, one.at, dict(one.before), dict(one.after), one.note)
            for one in await changelog.changes_of(view.id)
        ]
    )


@post("/events/{slug:str}/changes/{change_id:int}/undo")
async def undo(
    slug: FromPath[str],
    change_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[EventOut]:
    """Give the fields of that change their values before it. SEQUENCE rises as with every change."""
    view = await actions.undo_change(slug, change_id, actor=actor, now=now)
    return Response(event_out(view), status_code=201)


ROUTES: list[Any] = [publish, confirm, give_back, discard, list_changes, undo]
