"""The waiting list: what each domain tells, in its order, at a cost that does not grow with what waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from piccolo.table import Table

from summit_service import db, handovers
from summit_service.desk import waiting_list
from summit_service.events.tables import Event
from summit_service.following.tables import FollowedCalendar
from summit_service.members import actions as members
from summit_service.members.tables import Handover, Organisation
from summit_service.resources.tables import Resource
from summit_service.statements.actions import propose_delegate
from summit_service.statements.tables import SigningRequest, Statement, TextSet
from summit_service.waiting import Waiting, at_most, by_urgency, with_rest
from tests import factories
from tests.clients import Clock, sign_in
from tests.counting import count_queries
from tests.factories_enquiries import make_confirmed
from tests.factories_events import make_event
from tests.factories_resources import make_resource
from tests.factories_statements import link_to, make_member, make_open, request_to

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_most_urgent_comes_first_then_what_has_waited_longest() -> None:
    told = [
        Waiting(2, "later", "/", "Go"),
        Waiting(2, "since noon", "/", "Go", since=NOON),
        Waiting(2, "since morning", "/", "Go", since=NOON - timedelta(hours=3)),
        Waiting(0, "at once", "/", "Go"),
    ]

    assert [item.sentence for item in by_urgency(told)] == ["at once", "since morning", "since noon", "later"]


def test_many_are_told_as_a_number() -> None:
    told = [Waiting(1, str(number), "/", "Go") for number in range(5)]

    def rest(left: int) -> Waiting:
        return Waiting(1, f"{left} more", "/", "See all", count=left)

    assert at_most(told, 5, rest=rest) == told
    assert [item.sentence for item in with_rest(told[:2], 34, rest=rest)] == ["0", "1", "32 more"]
    assert [item.sentence for item in at_most(told, 3, rest=rest)] == ["0", "1", "2", "2 more"]


async def test_cost_does_not_grow_with_what_waits(database: db.Engine, now: datetime) -> None:
    member = await make_member("Centre", signatory="Ana Ruiz")
    secretary = await factories.secretariat()
    representative = await factories.representative_of(member)
    statement = await make_open(secretary, now=now)
    event = await make_event(organisation=member)
    resource = await make_resource(member, actor=representative, now=now)
    both = replace(secretary, represents=representative.represents, member_of=representative.member_of)
    counted, told = [], []

    for numbers in (range(3), range(3, 30)):
        for n in numbers:
            await _everything_waits(n, member, statement, event, resource, now=now)
        with count_queries() as count:
            told.append(await waiting_list.for_actor(both, now=now))
        counted.append(count.number)

    assert counted[0] == counted[1]
    few, many = ({item.button for item in found} for found in told)
    assert many - few <= {"See the members", "See them all", "See all 30"}
    cut = {item.sentence for item in told[1] if item.button == "See all 30"}
    assert cut == {
        "Shown are 20 of 30 events that wait for confirmation.",
        "Shown are 20 of 30 of your drafts.",
        "Shown are 20 of 30 resources that wait for confirmation.",
        "Shown are 20 of 30 resources that were given back.",
    }
    assert few <= many
    assert few >= {"Read and confirm", "Remind", "Read about it", "Name somebody", "Look", "See why"}
    assert few >= {"Confirm or refuse", "Read and decide", "Name one", "Ask somebody else"}
    assert len(told[1]) > 3 * len(told[0])
    desk = await waiting_list.for_secretariat(now)
    assert len({item.key for item in desk}) == len(desk) > 60


async def _everything_waits(
    n: int, member: Organisation, statement: Statement, event: Any, resource: Any, *, now: datetime
) -> None:
    """One more of each thing that waits for somebody."""
    place = await factories.make_organisation(f"Place {n}", slug=f"place-{n}")
    leaver = await factories.make_person(f"Leaver {n}", email=f"leaver-{n}@a.example")
    await make_confirmed(now=now, name=f"Asks {n}", email=f"asks-{n}@a.example")
    await _copy(Event, event.id, slug=f"draft-{n}", uid=f"draft-{n}", state="draft")
    await _copy(Event, event.id, slug=f"posted-{n}", uid=f"posted-{n}", state="waiting")
    await _copy(Resource, resource.id, slug=f"shared-{n}", title_key=f"shared {n}", state="waiting")
    await _copy(Resource, resource.id, slug=f"back-{n}", title_key=f"back {n}", state="returned")
    text_set = await _copy(TextSet, statement.text_set, n=n + 2, sha256=f"{n:064}")
    another = await _copy(Statement, statement.id, slug=f"statement-{n}", text_set=text_set)
    request = await request_to(statement, member)
    wrongly = {"wrong_person_at": now, "statement": another, "text_set": text_set}
    await _copy(SigningRequest, request.id, **wrongly)
    await _copy(SigningRequest, request.id, **wrongly, organisation=place.id)
    for where, count in ((place.id, 0), (member.id, 2)):
        await FollowedCalendar(
            organisation=where,
            host=f"host-{n}.example",
            address_hash=f"{where}-{n}",
            added_at=now,
            next_at=now,
            waiting=count,
        ).save()
    await Handover(
        organisation=place.id,
        leaver=leaver.id,
        leaver_name=leaver.name,
        successor_name="Next",
        successor_email=f"next-{n}@a.example",
        created_at=now,
    ).save()


async def _copy(table: type[Table], identifier: int, **changes: Any) -> int:
    """A row like that one, with these changes; its id."""
    key = table._meta.primary_key
    row = await table.select().where(key == identifier).first()
    assert row is not None
    del row["id"]
    (made,) = await table.insert(table(**(row | changes)))
    return int(made["id"])


async def test_desk_says_since_when_and_how_much(client: httpx.AsyncClient, clock: Clock) -> None:
    await sign_in(client, await factories.secretariat(), now=clock.now)
    await make_confirmed(now=clock.now, name="Institute of Listening")
    for number in range(13):
        await factories.make_organisation(f"Place {number:02}", slug=f"place-{number:02}")

    desk = (await client.get("/desk")).text

    assert "13 tasks wait for you, the most urgent first." in desk
    assert desk.count("<li>\n    <p>") == 13
    assert "since Monday 2 March 2026" in desk


async def test_main_contact_is_told_what_they_have_to_confirm(database: db.Engine, now: datetime) -> None:
    place = await make_member("Centre", signatory="Ana Ruiz")
    contact = await factories.representative_of(place, name="Cleo Main", email="cleo@centre.example")
    colleague = await factories.representative_of(place, name="Col League", email="col@centre.example")
    await place.update_self({Organisation.contact_email: "Cleo@Centre.example"})
    statement = await make_open(await factories.secretariat(), now=now)
    elsewhere = await factories.representative_of(await factories.make_organisation("Elsewhere"))
    for name in ("Nia New", "Ola Other"):
        email = f"{name[:3].lower()}@centre.example"
        await members.add_person(
            name=name, email=email, organisation=place.slug, roles=["signatory"], actor=colleague, now=now
        )
    await handovers.ask(place.slug, name="Sue Next", email="sue@centre.example", actor=colleague, now=now)
    token = await link_to(statement, place, now=now)
    await propose_delegate(token, name="Dele Gate", email="dele@centre.example", now=now)

    told = {item.sentence: item for item in await waiting_list.for_actor(contact, now=now)}
    others = [
        item.button
        for actor in (colleague, elsewhere)
        for item in await waiting_list.for_actor(actor, now=now)
    ]

    assert [one for one in told if "Nia" in one or "Ola" in one] == [
        "Nia New is proposed as signatory of Centre and signs for nobody before you confirm it.",
        "Ola Other is proposed as signatory of Centre and signs for nobody before you confirm it.",
    ]
    assert told["Col League leaves Centre and names Sue Next as successor."].url.endswith("/handovers/1")
    [delegate] = [
        one for one in told if one.startswith("Dele Gate is named to answer “Time to listen” for Centre.")
    ]
    assert "The link to confirm or refuse is in our mail to you of 2 March 2026." in delegate
    assert len({item.key for item in told.values()}) == len(told)
    assert not {"Look and confirm", "Confirm or refuse"} & set(others)
    assert "Read about it" in others, "the request itself waits for who represents the member"


async def test_first_representative_confirms_where_no_contact_is_named(
    database: db.Engine, now: datetime
) -> None:
    place = await factories.make_organisation("Centre")
    first = await factories.representative_of(place, name="First", email="first@centre.example")
    second = await factories.representative_of(place, name="Second", email="second@centre.example")
    await members.add_person(
        name="Nia New", email="nia@centre.example", organisation=place.slug, roles=["alternate"], actor=second, now=now
    )  # fmt: skip
    buttons = {
        actor.name: [item.button for item in await waiting_list.for_actor(actor, now=now)]
        for actor in (first, second)
    }

    assert buttons == {"First": ["Look and confirm"], "Second": []}


async def test_cost_of_what_a_main_contact_confirms_does_not_grow(database: db.Engine, now: datetime) -> None:
    place = await factories.make_organisation("Centre", contact_email="cleo@centre.example")
    contact = await factories.representative_of(place, name="Cleo", email="cleo@centre.example")
    colleague = await factories.representative_of(place, name="Col", email="col@centre.example")
    counted, told = [], []

    for numbers in (range(1), range(1, 12)):
        for n in numbers:
            await members.add_person(
                name=f"New {n}", email=f"new-{n}@centre.example", organisation=place.slug, roles=["signatory"],
                actor=colleague, now=now,
            )  # fmt: skip
        with count_queries() as count:
            told.append([item.sentence for item in await waiting_list.for_actor(contact, now=now)])
        counted.append(count.number)

    assert counted[0] == counted[1]
    assert [len(one) for one in told] == [1, 11]
    assert told[1][-1] == "2 more people wait for you to confirm their role."
