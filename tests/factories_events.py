"""Events for tests: what is not said has a plain default."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.events import actions
from summit_service.events.details import Details
from summit_service.events.queries import EventView
from summit_service.members.tables import Organisation
from tests.factories import LONG_AGO

PLAIN = Details(
    summary="Listening on the ward round",
    starts_at="2026-04-20T09:00",
    ends_at="2026-04-20T10:30",
    timezone="Europe/London",
)
FIRST_THURSDAYS = "FREQ=MONTHLY;BYDAY=1TH;BYMONTH=1,2,3,4,5,6,7,9,10,11"


def make_details(**changes: Any) -> Details:
    """A valid event, changed in what is named."""
    return replace(PLAIN, **changes)


async def make_event(
    organisation: Organisation, *, actor: Actor = OPERATOR, now: datetime = LONG_AGO, **changes: Any
) -> EventView:
    """A published event."""
    details = make_details(**changes)
    return await actions.post_event(details, organisation=organisation.slug, actor=actor, now=now)
