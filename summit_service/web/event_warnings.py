"""What is told of an event before it is posted, once: what stands near it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from summit_service import settings
from summit_service.accounts.actor import Actor
from summit_service.events import rules
from summit_service.events.details import Details
from summit_service.events.hours import Hours, hours_of
from summit_service.events.queries import EventView
from summit_service.members import queries as members
from summit_service.neighbours import Neighbour, neighbours_of
from summit_service.web.event_values import EventForm
from summit_service.web.forms import text


@dataclass(frozen=True, slots=True)
class Near:
    """What the form tells beside its fields. `is_asking`: nothing was posted yet; `seen` are the keys told of."""

    neighbours: tuple[Neighbour, ...] = ()
    hours: Hours | None = None
    is_asking: bool = False
    seen: str = ""

    @property
    def mark(self) -> str:
        """The same for the same words, so that a screen reader does not read them again; empty for nothing."""
        told = "\n".join(one.sentence for one in self.neighbours) + (self.hours.mark if self.hours else "")
        return hashlib.sha256(told.encode()).hexdigest()[:16] if told else ""

    @property
    def keys(self) -> str:
        """What is told of, as the form that acknowledges it has it."""
        return " ".join(sorted(one.key for one in self.neighbours))


NOTHING = Near()


async def near_to(
    form: EventForm, details: Details, *, actor: Actor, now: datetime, event: EventView | None = None
) -> Near:
    """What stands near what is typed, and its hours elsewhere; raises Invalid for times that cannot be read."""
    host = await members.organisation_by_slug(event.organisation.slug if event else form.organisation)
    found = await neighbours_of(
        details,
        host=host,
        viewer=actor,
        now=now,
        slug=event.slug if event else "",
        uid=f"{form.form_id}@{settings.current().host}",
    )
    return Near(tuple(found), await hours_of(details, host=host, now=now))


async def near_draft(event: EventView, *, actor: Actor, now: datetime) -> Near:
    """What stands near a draft as it is kept."""
    return await near_to(EventForm(), event.details, actor=actor, now=now, event=event)


async def asked_first(
    data: Any,
    form: EventForm,
    details: Details,
    *,
    actor: Actor,
    now: datetime,
    event: EventView | None = None,
) -> Near | None:
    """What has to be told before it is posted; None where there is nothing new, or something else is wrong.

    Told once: what the form was shown with is acknowledged by sending it again, and what stood near the event
    before a change was told of when it was posted.
    """
    host = await members.organisation_by_slug(event.organisation.slug if event else form.organisation)
    if host is None or not actor.can_manage(host.id):
        return None
    rules.check_details(replace(details, timezone=details.timezone or host.timezone))
    near = await near_to(form, details, actor=actor, now=now, event=event)
    known = set(text(data, "seen").split())
    keys = {one.key for one in near.neighbours}
    if keys <= known:
        return None
    if event is not None and event.is_published:
        before = await near_to(form, event.details, actor=actor, now=now, event=event)
        known |= {one.key for one in before.neighbours}
    return None if keys <= known else replace(near, is_asking=True, seen=" ".join(sorted(keys | known)))
