"""What happens by itself in the next days: every domain tells its own, and they are sorted by day here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from summit_service import settings, zones
from summit_service.agendas import ahead as agendas
from summit_service.ahead import Ahead, Day, Window, day_by_day, next_days
from summit_service.consortia import ahead as consortia
from summit_service.contributions import ahead as contributions
from summit_service.desk import ahead as mornings
from summit_service.desk import rules
from summit_service.digests import ahead as digests
from summit_service.doors import ahead as doors
from summit_service.enquiries import ahead as enquiries
from summit_service.following import ahead as following
from summit_service.funding import ahead as funding
from summit_service.mail import ahead as mail
from summit_service.officers import ahead as officers
from summit_service.registrations import ahead as registrations
from summit_service.resources import ahead as resources
from summit_service.speakers import ahead as speakers
from summit_service.statements import ahead as statements
from summit_service.summits import ahead as summits


class Source(Protocol):
    """What comes in one domain within the window, in a number of queries that does not grow with it."""

    async def __call__(self, window: Window, /) -> list[Ahead]: ...


SOURCES: tuple[Source, ...] = (
    statements.coming,
    summits.coming,
    registrations.coming,
    contributions.coming,
    doors.coming,
    funding.coming,
    consortia.coming,
    enquiries.coming,
    officers.coming,
    mail.coming,
    digests.coming,
    resources.coming,
    following.coming,
    speakers.coming,
    agendas.coming,
    mornings.coming,
)
CHORES: tuple[Source, ...] = (following.coming, mornings.coming)
"""What comes every day and asks nobody for a look."""


@dataclass(frozen=True, slots=True)
class NextDays:
    """The days on which something happens by itself, and those on which something begins to wait for a person."""

    window: Window
    by_itself: list[Day]
    for_somebody: list[Day]


async def in_next_days(now: datetime) -> NextDays:
    """What comes, by the days of the network's own zone."""
    return await _within(next_days(now, settings.current().timezone), SOURCES)


async def until_morning(now: datetime, zone: str, *, hour: int) -> NextDays:
    """What comes after now in the zone, today and up to the end of the day of the next morning mail; no chores."""
    last = zones.at_wall(rules.next_morning(zone, hour=hour, now=now), zone).date()
    window = Window(now, zones.day_end(last, zone), zone)
    return await _within(window, [source for source in SOURCES if source not in CHORES], after=now)


async def _within(window: Window, sources: Sequence[Source], *, after: datetime | None = None) -> NextDays:
    found = [item for source in sources for item in await source(window) if after is None or item.at > after]
    return NextDays(
        window,
        day_by_day([item for item in found if not item.is_for_somebody], window),
        day_by_day([item for item in found if item.is_for_somebody], window),
    )
