"""The waiting list of whoever is signed in: every domain tells its own, and they are sorted by urgency here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from summit_service import handovers
from summit_service.accounts.actor import Actor
from summit_service.consortia import waiting as consortia
from summit_service.contributions import waiting as contributions
from summit_service.desk import unreachable
from summit_service.doors import waiting as doors
from summit_service.enquiries import waiting as enquiries
from summit_service.events import waiting as events
from summit_service.following import waiting as following
from summit_service.funding import waiting as funding
from summit_service.mail import waiting as mail
from summit_service.members import waiting as members
from summit_service.officers import waiting as officers
from summit_service.registrations import waiting as registrations
from summit_service.resources import waiting as resources
from summit_service.speakers import waiting as speakers
from summit_service.statements import waiting as statements
from summit_service.summits import waiting as summits
from summit_service.waiting import Waiting, by_urgency


class DeskSource(Protocol):
    """What waits in one domain for the secretariat, in a number of queries that does not grow with it."""

    async def __call__(self, now: datetime, /) -> list[Waiting]: ...


class PersonSource(Protocol):
    """What waits in one domain for one person, in a number of queries that does not grow with it."""

    async def __call__(self, actor: Actor, /, *, now: datetime) -> list[Waiting]: ...


DESK: tuple[DeskSource, ...] = (
    mail.for_secretariat,
    unreachable.for_secretariat,
    statements.for_secretariat,
    summits.for_secretariat,
    registrations.for_secretariat,
    doors.for_secretariat,
    speakers.for_secretariat,
    events.for_secretariat,
    resources.for_secretariat,
    funding.for_secretariat,
    following.for_secretariat,
    contributions.for_secretariat,
    enquiries.for_secretariat,
    members.for_secretariat,
    officers.for_secretariat,
    handovers.for_secretariat,
)
MEMBERS: tuple[PersonSource, ...] = (
    events.for_member,
    following.for_member,
    resources.for_member,
    funding.for_member,
    consortia.for_member,
    statements.for_member,
)
"""Asked for who represents an organisation."""
PEOPLE: tuple[PersonSource, ...] = (
    contributions.for_reviewer,
    members.for_contact,
    statements.for_contact,
    handovers.for_contact,
)
"""Asked for everybody who is signed in."""


async def for_actor(actor: Actor, *, now: datetime) -> list[Waiting]:
    """What waits for whoever is signed in, the most urgent first; nothing for the public."""
    if not actor.is_signed_in:
        return []
    sources = PEOPLE + (MEMBERS if actor.represents else ())
    found = [item for source in sources for item in await source(actor, now=now)]
    desk = await for_secretariat(now) if actor.is_secretariat else []
    return by_urgency(desk + found)


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Everything that waits for the secretariat, the most urgent first."""
    return by_urgency([replace(item, source=_name(source)) for source in DESK for item in await source(now)])


def _name(source: DeskSource) -> str:
    """`summit_service.events.waiting.for_secretariat` is events."""
    return str(getattr(source, "__module__", "")).removeprefix("summit_service.").partition(".")[0]
