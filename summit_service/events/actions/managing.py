"""Loading an event to change it, and the event as it stands afterwards."""

from __future__ import annotations

from summit_service import db
from summit_service.accounts.actor import Actor, check_manages
from summit_service.errors import NotFound
from summit_service.events.queries import EventView, event_by_slug
from summit_service.events.tables import Event
from summit_service.members import queries as members
from summit_service.members.tables import Organisation


async def managed(slug: str, actor: Actor) -> tuple[Event, Organisation]:
    """The row, locked until the commit, and its organisation; raises where this actor may not change it."""
    event = await db.for_update(Event.objects().where(Event.slug == slug)).first()
    if event is None or await event_by_slug(slug, viewer=actor) is None:
        raise NotFound("There is no such event.")
    check_manages(actor, event.organisation)
    host = await members.organisation_by_id(event.organisation)
    if host is None:
        raise NotFound("The organisation of this event is gone.")
    return event, host


async def seen(slug: str, actor: Actor) -> EventView:
    """The event as this actor sees it; raises NotFound."""
    view = await event_by_slug(slug, viewer=actor)
    if view is None:
        raise NotFound("There is no such event.")
    return view
