"""The home page: what the network is, what comes next, and for who is signed in what waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from summit_service import settings
from summit_service.accounts.actor import Actor
from summit_service.desk import holding, waiting_list
from summit_service.events import listing as events
from summit_service.events.details import MODES
from summit_service.registrations import queries as registrations
from summit_service.registrations import rules as registration_rules
from summit_service.resources import queries as resources
from summit_service.resources import rules as resource_rules
from summit_service.statements import queries as statements
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition
from summit_service.web.languages import language_name
from summit_service.web.layout import page
from summit_service.web.reader_zone import zone_of

NEXT = 3


@dataclass(frozen=True, slots=True)
class Summit:
    """The summit that comes next, or the last one: its dates, and its places in words."""

    edition: Edition
    registration: str
    places: tuple[str, ...]
    has_programme: bool


@get("/")
async def home(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """The first page."""
    listed = await statements.public_statements()
    shared, _ = await resources.listed(resources.ALL, viewer=actor, limit=NEXT)
    return page(
        request,
        "home/home.html",
        actor=actor,
        about=settings.current().about,
        waiting=await waiting_list.for_actor(actor, now=now),
        taken=await holding.told(actor, zone=zone_of(actor), now=now),
        events=await events.next_events(limit=NEXT, viewer=actor, now=now),
        zone="",
        modes=MODES,
        language_name=language_name,
        summit=await _summit(now),
        resources=shared,
        resource_kinds=resource_rules.KINDS,
        open_statements=[row for row in listed if row.state == "signing"],
        published_statements=[row for row in listed if row.state == "published"][:NEXT],
    )


async def _summit(now: datetime) -> Summit | None:
    edition = await summits.current_edition(now)
    if edition is None:
        return None
    return Summit(
        edition,
        summits.registration_state(edition, now=now),
        tuple(filter(None, (_places(edition, mode) for mode in registration_rules.ATTENDANCES))),
        await summits.last_release(edition.id) is not None,
    )


def _places(edition: Edition, attendance: str) -> str:
    """`60 of 120 places in person are left`; nothing for a mode that is not offered."""
    capacity = registrations.capacity_of(edition, attendance)
    left = max(0, capacity - registrations.taken_of(edition, attendance))
    if not capacity:
        return ""
    words = registration_rules.WORDS[attendance]
    return (
        f"{left} of {capacity} places {words} are left" if left else f"full {words}: there is a waiting list"
    )


ROUTES: list[Any] = [home]
