"""The page of everything that is not published yet: drafts, what waits for confirmation, what was given back."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.events import queries as events
from summit_service.funding import queries as funding
from summit_service.funding import rules as funding_rules
from summit_service.resources import queries as resources
from summit_service.resources import rules as resource_rules
from summit_service.web.layout import page

MOST = 400
EVENT_STATES = {"draft": "draft", "waiting": "waits for confirmation"}
Line = tuple[str, str, str, str]
"""Title, address, organisation, state in words."""


@get("/unpublished")
async def unpublished(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[str]:
    """What one's own organisations have not published yet; everybody's for the secretariat."""
    check_signed_in(actor)
    return page(
        request,
        "desk/unpublished.html",
        actor=actor,
        groups=[
            ("events", "Events", await _events(actor)),
            ("resources", "Best practice", await _resources(actor)),
            ("calls", "Calls for funding", await _calls(actor)),
        ],
        most=MOST,
        noindex=True,
    )


async def _events(actor: Actor) -> list[Line]:
    found = await events.unpublished(actor, *EVENT_STATES, limit=MOST)
    return [
        (one.details.summary, f"/events/{one.slug}", one.organisation.name, EVENT_STATES[one.state])
        for one in found
    ]


async def _resources(actor: Actor) -> list[Line]:
    found = await resources.unpublished(actor, limit=MOST)
    return [
        (
            one.details.title,
            f"/resources/{one.slug}",
            one.organisation.name,
            resource_rules.STATES[one.state],
        )
        for one in found
    ]


async def _calls(actor: Actor) -> list[Line]:
    found = await funding.unpublished(actor, limit=MOST)
    return [
        (one.details.title, f"/funding/{one.slug}", one.organisation_name, funding_rules.STATES[one.state])
        for one in found
    ]


ROUTES: list[Any] = [unpublished]
