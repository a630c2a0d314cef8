"""A made-up call for funding in the demo, with who wants to apply."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service import zones
from summit_service.accounts.actor import OPERATOR
from summit_service.funding import actions
from summit_service.funding.rules import Details, Interest
from summit_service.members import queries as members

NOTE = "\n\n*This call is a demonstration; it is made up.*"


async def load_funding(now: datetime) -> None:
    """One call six weeks ahead, and two members that want to apply."""
    bringer, *others = await members.all_members()
    call = Details(
        title="Kind hospitals together",
        funder="The Demonstration Fund",
        url="https://www.example.org/kind-hospitals",
        amount="250000",
        currency="EUR",
        deadline_at=(now + timedelta(weeks=6)).date().isoformat(),
        timezone=zones.WORLDWIDE,
        summary=f"For teams in **at least two countries** that try what patients ask for.{NOTE}",
    )
    made = await actions.post(call, organisation=bringer.slug, actor=OPERATOR, now=now)
    for role, organisation in zip(("leads", "partners"), others, strict=False):
        interest = Interest(role=role, brings="Two wards and a researcher.", contact="Ask the secretariat")
        await actions.join_in(made.slug, interest, organisation=organisation.slug, actor=OPERATOR, now=now)
