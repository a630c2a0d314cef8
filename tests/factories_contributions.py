"""Calls and contributions for tests, with no surprises."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from summit_service import links
from summit_service.accounts.actor import OPERATOR
from summit_service.contributions import actions, queries
from summit_service.contributions.queries import OpenCall
from summit_service.contributions.rules import CallForm, Form
from summit_service.contributions.tables import Contribution

CALL = CallForm(
    intro="Tell us.",
    kinds="Talk; 20\nPoster; 5",
    themes="Practice\nResearch",
    limit_per_person="2",
    most_words="50",
    closes_at="2026-05-01T23:00",
)
CLOSED = datetime.fromisoformat("2026-05-02T09:00:00+00:00")
FORM = Form(
    title="Listening at night",
    kind="Talk",
    theme="Practice",
    abstract="What nurses said when somebody asked.",
    name="Anna Berg",
    email="anna@people.example",
    affiliation="Night Hospital",
    co_authors="Bo Li; Day Clinic\nCy Dee",
)


async def make_call(*, now: datetime, year: int = 2026, **typed: str) -> OpenCall:
    """A call that closes on the first of May; the edition is there already."""
    return await actions.put_call(year, replace(CALL, **typed), actor=OPERATOR, now=now)


async def propose(title: str = FORM.title, *, now: datetime, year: int = 2026, **typed: str) -> Contribution:
    """A contribution of Anna's, or of whoever is given."""
    return await actions.submit(year, replace(FORM, title=title, **typed), now=now)


async def link_to(row: Contribution, *, now: datetime) -> str:
    """The secret of a link of its author's."""
    return await links.issue(queries.LINK, subject=str(row.id), now=now)
