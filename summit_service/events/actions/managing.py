"""Loading an event to change it, and the event as it stands afterwards."""

from __future__ import annotations

from dataclasses import replace

from summit_service import db
from summit_service.accounts.actor import Actor, check_manages
from summit_service.errors import Fault, Invalid, NotFound
from summit_service.events import rules
from summit_service.events.details import Details
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
    rules.check_is_free(event.uid, event.url)
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


async def with_hosts(details: Details, host: Organisation) -> Details:
    """The details with the other hosts as they are kept; raises Invalid for one that there is not."""
    hosts: list[str] = []
    faults = []
    for number, named in enumerate(details.hosts):
        found = await members.organisation_by_slug(named) or await members.organisation_by_name(named)
        if found is None:
            faults.append(Fault(f"hosts/{number}", f"There is no organisation “{named[:80]}”."))
        elif found.id != host.id and found.slug not in hosts:
            hosts.append(found.slug)
    if faults:
        raise Invalid(faults)
    return replace(details, hosts=tuple(hosts))
