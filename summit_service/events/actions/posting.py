"""Posting, changing and cancelling one event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from summit_service import db, settings
from summit_service.accounts.actor import Actor, check_acts_for, check_signed_in
from summit_service.errors import Conflict
from summit_service.events import rules, stored
from summit_service.events.actions import writing
from summit_service.events.actions.managing import managed, seen, with_hosts
from summit_service.events.changes import note_change
from summit_service.events.details import Details
from summit_service.events.queries import EventView
from summit_service.events.tables import Cancellation, Event
from summit_service.members import queries as members

FORM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIMES = ("starts_at", "timezone", "all_day", "recurrence")


async def post_event(
    details: Details,
    *,
    organisation: str,
    actor: Actor,
    now: datetime,
    form_id: str = "",
    is_draft: bool = False,
) -> EventView:
    """Publish an event of the organisation (slug or name; may be empty for who represents one alone), or draft it.

    What a new organisation posts waits until the secretariat has confirmed it.
    The same `form_id` (a UUID) twice is the same event: a button was pressed twice.
    Raises NotSignedIn, NotAllowed, or Invalid with every fault of the details.
    """
    check_signed_in(actor)
    host = await members.organisation_for(organisation, actor, missing="Say whose event this is.")
    check_acts_for(actor, host.id)
    if not details.timezone:
        details = replace(details, timezone=host.timezone)
    checked, span = rules.check_details(details)
    checked = await with_hosts(checked, host)
    state = rules.first_state(is_draft=is_draft, is_new=host.is_new, is_trusted=actor.is_secretariat)
    uid = f"{form_id}@{settings.current().host}" if FORM_ID.fullmatch(form_id) else ""
    try:
        async with db.transaction():
            event = await writing.insert(
                checked, span, organisation=host, actor=actor, now=now, uid=uid, state=state
            )
            if state == "published":
                await note_change(now)
    except db.UniqueViolation:
        return await _posted_before(uid, actor)
    return await seen(event.slug, actor)


async def change_event(slug: str, changes: Mapping[str, Any], *, actor: Actor, now: datetime) -> EventView:
    """Change the named fields of `Details`; a change that changes nothing leaves every byte as it was.

    Raises NotFound, NotSignedIn, NotAllowed, Conflict for a cancelled event, Invalid with every fault.
    """
    async with db.transaction():
        event, host = await managed(slug, actor)
        rules.check_can_change(event.status)
        before = stored.details_of(event)
        after = replace(before, **changes)
        if "excluded" not in changes and set(TIMES) & set(changes):
            after = rules.carry_excluded(before, after)
        checked, span = rules.check_details(after)
        if "hosts" in changes:
            checked = await with_hosts(checked, host)
        if (
            await writing.update(event, checked, span, organisation=host.name, now=now, actor=actor)
            and event.state == "published"
        ):
            await note_change(now)
    return await seen(slug, actor)


async def cancel_event(slug: str, *, reason: str = "", actor: Actor, now: datetime) -> EventView:
    """Call the event off; calendars show it as cancelled for 90 days. Raises Conflict the second time."""
    why = rules.check_reason(reason)
    async with db.transaction():
        event, host = await managed(slug, actor)
        if event.status == "CANCELLED":
            raise Conflict("This event is cancelled already.")
        if event.state != "published":
            raise Conflict("This event was never published, so nobody has to be told. Discard the draft.")
        await writing.write_cancelled(event, organisation=host.name, reason=why, now=now, actor=actor)
        await Cancellation.insert(
            Cancellation(event=event.id, person=actor.person_id, reason=why, created_at=now)
        )
        await note_change(now)
    return await seen(slug, actor)


async def _posted_before(uid: str, actor: Actor) -> EventView:
    row = await Event.select(Event.slug, Event.organisation).where(Event.uid == uid).first()
    if row is None or not actor.can_manage(row["organisation"]):
        raise Conflict("This form was sent before. Open an empty one.")
    return await seen(row["slug"], actor)
