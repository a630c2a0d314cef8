"""A network of any size, for benchmarks: members, their people, events, and what they share, fund, state and did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from piccolo.table import Table

from summit_service import db
from summit_service.accounts.actor import OPERATOR
from summit_service.accounts.tables import Person
from summit_service.enquiries.tables import Enquiry
from summit_service.events.tables import Event
from summit_service.funding.tables import FundingCall, FundingInterest
from summit_service.journal.actions import Note, note_all
from summit_service.members.tables import Organisation, Role
from summit_service.resources.tables import Resource, ResourceComment, ResourceUse
from summit_service.statements import actions as statements
from summit_service.statements.tables import Statement, TextSet
from tests.factories_statements import give_answer, link_to, make_draft, make_open

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHUNK = 400
COUNTRIES = ("GB", "FR", "DE", "US", "AU", "BR", "IN", "JP", "KE", "ES")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many there are of each; statements are those that are published, beside one that is being signed."""

    organisations: int
    people: int
    events: int
    resources: int
    calls: int
    statements: int
    enquiries: int
    deeds: int


async def fill(size: Size) -> None:
    """All of it, as the actions would have left it."""
    async with db.transaction():
        await members(size.organisations, size.people)
        await insert(Event, [event(n, size.organisations) for n in range(size.events)])
        await insert(Resource, [resource(n, size.organisations) for n in range(size.resources)])
        await talk(size)
        await insert(FundingCall, [call(n, size.organisations) for n in range(size.calls)])
        await insert(FundingInterest, [interest(n, size) for n in range(size.calls * 3)])
        await insert(Enquiry, [enquiry(n) for n in range(size.enquiries)])
    await signing(size.statements)
    for start in range(0, size.deeds, CHUNK):
        async with db.transaction():
            await note_all(
                [deed(n, size) for n in range(start, min(start + CHUNK, size.deeds))], OPERATOR, now=NOW
            )


async def members(organisations: int, people: int) -> None:
    """Members with their people, each with a role."""
    places = [
        Organisation(
            name=f"Centre {n}",
            name_key=f"centre {n}",
            slug=f"centre-{n}",
            kind="centre",
            city=f"Town {n}",
            country=COUNTRIES[n % len(COUNTRIES)],
            timezone="Europe/London",
            created_at=NOW,
            updated_at=NOW,
        )
        for n in range(1, organisations + 1)
    ]
    everybody = [
        Person(name=f"Person {n}", email=f"p{n}@example.org", created_at=NOW) for n in range(1, people + 1)
    ]
    await insert(Organisation, places)
    await insert(Person, everybody)
    kinds = ("representative", "signatory", "alternate")
    roles = [
        Role(person=n, organisation=1 + n % organisations, kind=kinds[n // organisations % 3], created_at=NOW)
        for n in range(2, people + 1)
    ]
    await insert(Role, [Role(person=1, kind="secretariat", created_at=NOW), *roles])


def event(number: int, organisations: int) -> Event:
    """An hour on a day of the last nine years, or of the next; one in 41 is there each month from then on."""
    begins = NOW - timedelta(days=3_285) + timedelta(days=number * 3_650 // 20_000 if number else 0, hours=1)
    ends = begins + timedelta(hours=1)
    return Event(
        slug=f"event-{number}",
        uid=f"event-{number}@bench",
        organisation=1 + number % organisations,
        summary=f"Event {number}",
        description="A day of practice.",
        starts_at=begins.strftime("%Y-%m-%dT%H:%M"),
        ends_at=ends.strftime("%Y-%m-%dT%H:%M"),
        timezone="Etc/UTC",
        starts_instant=begins,
        ends_instant=ends,
        last_instant=None if number % 41 == 7 else ends,
        recurrence="FREQ=MONTHLY" if number % 41 == 7 else "",
        categories=",teaching,",
        created_at=NOW,
        changed_at=NOW,
    )


def resource(number: int, organisations: int) -> Resource:
    """Most are public; one in twenty waits to be confirmed, one in seven is for members."""
    title = f"Guide {number}"
    return Resource(
        slug=f"guide-{number}",
        organisation=1 + number % organisations,
        title=title,
        title_key=title.lower(),
        kind=("guide", "tool", "course", "paper", "video")[number % 5],
        summary="How a ward listens, step by step.",
        url=f"https://guides.example/{number}",
        topics=",teaching,",
        licence="cc-by",
        visibility="members" if number % 7 == 3 else "public",
        state="waiting" if number % 20 == 1 else "published",
        search=f"guide {number} how a ward listens",
        created_by=1,
        created_at=NOW - timedelta(hours=number),
        changed_at=NOW - timedelta(hours=number),
        published_at=NOW - timedelta(hours=number),
    )


async def talk(size: Size) -> None:
    """Each organisation says of some resources that it uses them; people have said something of every third."""
    uses = [
        ResourceUse(
            resource=1 + n % size.resources, organisation=1 + n * 7 % size.organisations, created_at=NOW
        )
        for n in range(size.resources)
    ]
    said = [
        ResourceComment(resource=1 + n, person=1, body="It helps.", created_at=NOW, changed_at=NOW)
        for n in range(0, size.resources, 3)
    ]
    await insert(ResourceUse, uses)
    await insert(ResourceComment, said)


def call(number: int, organisations: int) -> FundingCall:
    """Half of them are over; one in twenty waits to be confirmed."""
    deadline = NOW + timedelta(days=number % 400 - 200, hours=1)
    return FundingCall(
        slug=f"call-{number}",
        organisation=1 + number % organisations,
        title=f"Call {number}",
        funder="The Foundation",
        url=f"https://calls.example/{number}",
        deadline_at=deadline.strftime("%Y-%m-%dT%H:%M"),
        timezone="Etc/UTC",
        deadline_instant=deadline,
        summary="Money for wards that listen.",
        search=f"call {number} the foundation",
        state="waiting" if number % 20 == 1 else "published",
        created_by=1,
        created_at=NOW,
        changed_at=NOW,
    )


def interest(number: int, size: Size) -> FundingInterest:
    """Three organisations for each call."""
    return FundingInterest(
        call=1 + number // 3,
        organisation=1 + number % size.organisations,
        role="partners",
        brings="Two wards.",
        contact="Ask us.",
        created_at=NOW,
        changed_at=NOW,
    )


def enquiry(number: int) -> Enquiry:
    """One that nobody has decided."""
    at = NOW - timedelta(days=number % 20)
    return Enquiry(
        name=f"Institute {number}",
        kind="centre",
        country=COUNTRIES[number % len(COUNTRIES)],
        contact_name=f"Ana {number}",
        email=f"ana{number}@institute.example",
        email_key=f"ana{number}@institute.example",
        body="academic",
        created_at=at,
        confirmed_at=at,
        active_at=at,
    )


def deed(number: int, size: Size) -> Note:
    """What somebody did to one organisation or another."""
    place = 1 + number % size.organisations
    return Note("organisation.changed", f"centre-{place}", f"Centre {place}", "city")


async def signing(published: int) -> None:
    """One that every member is asked about, one that is written, and so many that are published."""
    await make_open(OPERATOR, now=NOW, title="Time to listen")
    await make_draft(OPERATOR, now=NOW, title="A draft")
    first = await make_open(OPERATOR, now=NOW, title="Heard and signed")
    member = await Organisation.objects().get(Organisation.id == 1)
    assert member is not None
    await give_answer(await link_to(first, member, now=NOW), now=NOW)
    await statements.close(first.slug, actor=OPERATOR, now=NOW, note="It is time.")
    await statements.publish(first.slug, actor=OPERATOR, now=NOW)
    sets = await _copies(TextSet, first.text_set, published - 1, lambda n: {"n": n + 2, "sha256": f"{n:064}"})
    await _copies(
        Statement,
        first.id,
        published - 1,
        lambda n: {"slug": f"heard-{n}", "title": f"Heard {n}", "text_set": sets[n], "published_at": NOW},
    )


async def _copies(
    table: type[Table], identifier: int | None, number: int, changes: Callable[[int], dict[str, Any]]
) -> list[int]:
    """So many rows like that one, each with its changes; their ids."""
    row = await table.select().where(table._meta.primary_key == identifier).first()
    assert row is not None
    del row["id"]
    made = []
    for n in range(number):
        made += await table.insert(table(**(row | changes(n))))
    return [int(one["id"]) for one in made]


async def insert(table: type[Table], rows: Sequence[Table]) -> None:
    """In parts that both databases take."""
    for start in range(0, len(rows), CHUNK):
        await table.insert(*rows[start : start + CHUNK])
