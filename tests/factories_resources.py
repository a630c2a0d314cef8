"""Resources for tests, with no surprises."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from summit_service.accounts.actor import Actor
from summit_service.members.tables import Organisation
from summit_service.resources import actions
from summit_service.resources.queries import ResourceView
from summit_service.resources.rules import Details

GUIDE = Details(
    title="Listening on the ward round",
    kind="guide",
    summary="How to *sit down* first. For juniors.",
    url="https://www.example.org/guide",
    topics=("teaching",),
    licence="cc-by",
)


async def make_resource(
    organisation: Organisation, title: str = GUIDE.title, *, actor: Actor, now: datetime, **details: Any
) -> ResourceView:
    """A guide that the organisation shares."""
    given = replace(GUIDE, title=title, **details)
    return await actions.share(given, organisation=organisation.slug, actor=actor, now=now)
