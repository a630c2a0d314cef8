"""Consortia for tests: a call, a lead and a partner with their people, with no surprises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from summit_service.accounts.actor import Actor
from summit_service.consortia import actions
from summit_service.funding.queries import CallView
from tests.factories import make_organisation, representative_of
from tests.factories_funding import make_call


@dataclass(frozen=True, slots=True)
class Together:
    """A consortium that `lead` leads, with a partner that is in it where `is_accepted` was asked for."""

    id: int
    call: CallView
    lead: Actor
    partner: Actor


async def make_together(
    *, now: datetime, is_accepted: bool = True, deadline_at: str = "2026-04-15"
) -> Together:
    """Led by the centre (`centre`), the museum (`museum`) invited; the deadline is anywhere on Earth."""
    centre = await make_organisation("Centre", slug="centre")
    museum = await make_organisation("Museum", slug="museum")
    lead = await representative_of(centre, name="Lea Lead", email="lea@centre.example", timezone="Asia/Tokyo")
    partner = await representative_of(museum, name="Pia Partner", email="pia@museum.example")
    call = await make_call(centre, actor=lead, now=now, deadline_at=deadline_at)
    made = await actions.begin(call.slug, "One question", actor=lead, now=now)
    await actions.invite(made, "museum", "Join us?", actor=lead, now=now)
    if is_accepted:
        await actions.accept(made, actor=partner, now=now)
    return Together(made, call, lead, partner)
