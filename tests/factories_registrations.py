"""Editions and registrations for tests, with no surprises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from summit_service import links
from summit_service.accounts.actor import Actor
from summit_service.announcements import actions as announcements
from summit_service.announcements import audiences
from summit_service.registrations import actions, queries, rules
from summit_service.registrations.actions import Outcome
from summit_service.registrations.answers import Given
from summit_service.registrations.tables import Place, Registration
from summit_service.summits.tables import Edition
from tests.factories import LONG_AGO

ANNA = Given(name="Anna Berg", organisation="Centre for Kindness", answers={})
CLOSES = datetime(2026, 9, 1, 21, 0, tzinfo=UTC)
BEGINS = datetime(2026, 9, 13, 23, 0, tzinfo=UTC)
_numbers = count(1)


async def make_edition(in_person: int = 2, online: int = 5, **columns: Any) -> Edition:
    """An announced summit in London on 14 and 15 September 2026, open for registration until 1 September."""
    defaults: dict[str, Any] = {
        "year": 2026,
        "title": "Summit 2026",
        "theme": "Rehumanising healthcare",
        "starts_on": date(2026, 9, 14),
        "ends_on": date(2026, 9, 15),
        "timezone": "Europe/London",
        "venue": "College Court, Leicester",
        "online_url": "https://meet.example/summit",
        "registration_closes_at": "2026-09-01T22:00",
        "registration_closes_instant": CLOSES,
        "announced_at": LONG_AGO,
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    }
    edition = Edition(in_person_capacity=in_person, online_capacity=online, **defaults | columns)
    await edition.save()
    return edition


async def register(
    name: str | None = None,
    *,
    now: datetime,
    attendance: str = rules.IN_PERSON,
    year: int = 2026,
    **given: Any,
) -> Outcome:
    """Register somebody whose address is made from the name."""
    name = name or f"Delegate {next(_numbers)}"
    return await actions.register(
        replace(ANNA, name=name, **given),
        year=year,
        email=email_of(name),
        attendance=attendance,
        now=now,
    )


def email_of(name: str) -> str:
    """`Anna Berg` as anna.berg@delegates.example."""
    return f"{name.lower().replace(' ', '.')}@delegates.example"


async def registration_of(name: str) -> Registration:
    """The latest registration of that person."""
    found = Registration.objects().where(Registration.email_key == email_of(name))
    row = await found.order_by(Registration.id, ascending=False).first()
    assert row is not None
    return row


async def link_of(name: str, *, now: datetime) -> str:
    """A manage link's token, as the mailer would mint it."""
    registration = await registration_of(name)
    return await links.issue(queries.LINK, subject=str(registration.id), now=now)


async def states() -> dict[str, str]:
    """Each person with the state of their latest registration: such as `confirmed in_person`."""
    found = {}
    for row in await Registration.objects().order_by(Registration.id):
        standing = await queries.standing(row.id, now=row.changed_at - timedelta(days=1))
        places = [place for place in (standing.confirmed, standing.awaited) if place is not None]
        words = " + ".join(f"{place.state} {place.attendance}" for place in places)
        found[row.name] = words or row.cancelled_reason
    return found


async def held(edition: Edition, attendance: str) -> int:
    """How many places of that kind are confirmed or offered, counted one by one."""
    holding = Place.state.is_in(list(rules.HOLDING)) & (Place.attendance == attendance)
    return int(await Place.count().where((Place.edition == edition.id) & holding))


async def taken(edition: Edition, attendance: str) -> int:
    """How many the edition says are taken."""
    fresh = await Edition.objects().get(Edition.id == edition.id)
    assert fresh is not None
    return queries.taken_of(fresh, attendance)


async def announce(actor: Actor, *, now: datetime) -> None:
    """Write to all delegates, after a test to oneself that shows what the first of them would read."""
    row = await announcements.write(
        subject="News",
        body="Dear {{name}} of {{organisation|the world}}",
        audience="delegates:2026",
        actor=actor,
        now=now,
    )
    audience = await audiences.audience_of(row, now=now)
    await announcements.send_test(row.id, reader=audience.readers[0], actor=actor, now=now)
    await announcements.send(row.id, proof=announcements.seen(row, audience, actor), actor=actor, now=now)
