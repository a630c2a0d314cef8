"""Made-up calls for funding in the demo, with who wants to apply and a consortium that writes its outline."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service import zones
from summit_service.accounts.actor import OPERATOR
from summit_service.consortia import actions as consortia
from summit_service.demo import people
from summit_service.funding import actions
from summit_service.funding.rules import Details, Interest
from summit_service.members import actions as members
from summit_service.members import queries
from summit_service.members.tables import Organisation

NOTE = "\n\n*This call is a demonstration; it is made up.*"
OUTLINES = (
    "# What patients ask for\n\nTwo wards ask every patient one question on the day they leave.\n\n*Made up.*",
    "# What patients ask for\n\nThree wards in two countries ask every patient one question on the day they leave, and "
    "answer it within a week.\n\nThe museum keeps what was said, without names.\n\n*Made up.*",
)


WISHES = (
    ("leads", "Two wards, a researcher, and somebody who writes applications."),
    ("partners", "A museum that keeps what patients say, and a second country."),
)


async def load_funding(now: datetime) -> None:
    """A call six weeks ahead that two members want to apply to, one ten days ahead with a consortium, and one of a year
    ago, whose contacts are soon erased.
    """
    bringer, *others = await queries.all_members()
    made = await _call("Kind hospitals together", timedelta(weeks=6), bringer, now)
    near = await _call("Listening at night", timedelta(days=10), bringer, now)
    then = now - timedelta(days=400)
    past = await _call("A quiet hour", timedelta(days=42), bringer, then)
    for call, at in ((made, now), (past, then)):
        for (role, brings), organisation in zip(WISHES, others, strict=False):
            interest = Interest(role=role, brings=brings, contact="projects@people.example")
            await actions.join_in(call, interest, organisation=organisation.slug, actor=OPERATOR, now=at)
    await _consortium(near, others[0], others[1], now)


async def _call(title: str, ahead: timedelta, bringer: Organisation, now: datetime) -> str:
    call = Details(
        title=title,
        funder="The Demonstration Fund",
        url="https://www.example.org/kind-hospitals",
        amount="250000",
        currency="EUR",
        deadline_at=(now + ahead).date().isoformat(),
        timezone=zones.WORLDWIDE,
        summary=f"For teams in **at least two countries** that try what patients ask for.{NOTE}",
    )
    return (await actions.post(call, organisation=bringer.slug, actor=OPERATOR, now=now)).slug


async def _consortium(call: str, lead: Organisation, partner: Organisation, now: datetime) -> None:
    """A partner that has accepted, and two versions of an outline."""
    (name,) = people.names(1, start=190)
    await members.add_person(
        name=name,
        email=people.address_of(name),
        organisation=partner.slug,
        roles=["representative"],
        actor=OPERATOR,
        now=now,
    )
    made = await consortia.begin(call, "One question", organisation=lead.slug, actor=OPERATOR, now=now)
    await consortia.invite(made, partner.slug, "Would you join us?", actor=OPERATOR, now=now)
    await consortia.accept(made, organisation=partner.slug, actor=OPERATOR, now=now)
    for known, text in enumerate(OUTLINES):
        await consortia.write(made, text, known=known, actor=OPERATOR, now=now)
