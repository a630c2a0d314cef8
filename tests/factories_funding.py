"""Calls for funding for tests, with no surprises."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from summit_service.accounts.actor import Actor
from summit_service.funding import actions
from summit_service.funding.queries import CallView
from summit_service.funding.rules import Details
from summit_service.members.tables import Organisation

CALL = Details(
    title="Kind hospitals",
    funder="Fund for Care",
    url="https://www.example.org/call",
    amount="250000",
    currency="EUR",
    deadline_at="2026-04-15",
    timezone="Etc/GMT+12",
    countries=("DE", "GB"),
    summary="For *ward teams* in two countries.",
)


async def make_call(organisation: Organisation, *, actor: Actor, now: datetime, **details: Any) -> CallView:
    """A call that the organisation brings."""
    return await actions.post(replace(CALL, **details), organisation=organisation.slug, actor=actor, now=now)
