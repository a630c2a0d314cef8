"""Who has begun on a line of the desk: taken, taken over, given back, forgotten; the page, the API and the mail."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from summit_service.accounts.actor import Actor
from summit_service.desk import actions, holding, waiting_list
from summit_service.desk.rules import HELD_FOR
from summit_service.desk.tables import Hold
from summit_service.enquiries.actions import Decision, decide
from summit_service.enquiries.tables import Enquiry
from summit_service.errors import Conflict, NotAllowed, NotFound
from summit_service.events import actions as events
from summit_service.journal import queries as journal
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation, Role
from tests import factories
from tests.clients import Clock, bearer, sign_in
from tests.counting import count_queries
from tests.factories_enquiries import make_confirmed
from tests.factories_events import make_details
from tests.postbox import Postbox, text_of


@pytest.fixture
async def ana(database: object) -> Actor:
    return await factories.secretariat(name="Ana Ruiz", email="ana@network.example", timezone="Etc/UTC")


@pytest.fixture
async def ben(database: object) -> Actor:
    return await factories.secretariat(name="Ben Ito", email="ben@network.example", timezone="Asia/Tokyo")


async def _enquiry(now: datetime) -> str:
    """The key of the line about an enquiry that nobody has decided."""
    enquiry = await make_confirmed(now=now, name="Institute of Listening")
    lines = await waiting_list.for_secretariat(now)
    return next(line.key for line in lines if line.url == f"/desk/enquiries/{enquiry.id}")


async def test_line_is_taken_taken_over_and_given_back_on_the_page(
    client: httpx.AsyncClient, ana: Actor, ben: Actor, clock: Clock
) -> None:
    key = await _enquiry(clock.now)
    token = await sign_in(client, ana, now=clock.now)
    address = f"/desk/tasks/{key}/holder"

    free = (await client.get("/desk")).text
    taken = await client.post(address, data={"csrf": token, "seen": ""})
    mine = (await client.get("/desk")).text
    token = await sign_in(client, ben, now=clock.now)
    theirs = (await client.get("/desk")).text
    late = await client.post(address, data={"csrf": token, "seen": ""})
    over = await client.post(address, data={"csrf": token, "seen": str(ana.person_id)})
    after = (await client.get("/desk")).text
    back = await client.post(f"{address}/end", data={"csrf": token})
    twice = await client.post(f"{address}/end", data={"csrf": token})

    assert "I take this<" in free
    assert (taken.status_code, taken.headers["location"]) == (303, "/desk#tasks")
    assert "You have this since 09:00." in mine
    assert "Give back<" in mine
    assert "Ana Ruiz has this since 18:00." in theirs, "in the reader's zone"
    assert "Take over<" in theirs
    assert late.status_code == 409
    assert "Ana Ruiz has taken this in the meantime. You can take it over." in late.text
    assert over.status_code == back.status_code == 303
    assert "You have this since 18:00." in after
    assert twice.status_code == 409
    assert "I take this<" in (await client.get("/desk")).text
    sentences = [one.sentence for one in await journal.deeds(journal.Filter(kind="network"), limit=9)]
    assert sentences[:3] == [
        "gave back something that waits at the desk: /desk/enquiries/1.",
        "took over something that waits at the desk: /desk/enquiries/1.",
        "took something that waits at the desk: /desk/enquiries/1.",
    ]


async def test_of_two_who_take_it_at_once_one_has_it(ana: Actor, ben: Actor, now: datetime) -> None:
    key = await _enquiry(now)

    found = await asyncio.gather(
        *(holding.take(key, seen=None, actor=actor, now=now) for actor in (ana, ben)), return_exceptions=True
    )

    assert sum(isinstance(one, Conflict) for one in found) == 1
    assert await Hold.count() == 1


async def test_taking_ones_own_changes_nothing_and_only_what_waits_is_taken(
    ana: Actor, now: datetime
) -> None:
    key = await _enquiry(now)
    await holding.take(key, seen=None, actor=ana, now=now)
    await holding.take(key, seen=None, actor=ana, now=now + timedelta(hours=1))
    member = await factories.representative_of(await factories.make_organisation())

    assert (await holding.holders(now))[key].since == now
    assert len(await journal.deeds(journal.Filter(kind="network"), limit=9)) == 1
    with pytest.raises(NotFound):
        await holding.take("0" * 20, seen=None, actor=ana, now=now)
    with pytest.raises(NotAllowed):
        await holding.take(key, seen=None, actor=member, now=now)
    with pytest.raises(NotAllowed):
        await holding.give_back(key, actor=member, now=now)


async def test_holder_is_forgotten_when_it_is_done_and_after_days(
    ana: Actor, ben: Actor, now: datetime
) -> None:
    done, left = await _enquiry(now), await _member_alone(now)
    for key in (done, left):
        await holding.take(key, seen=None, actor=ana, now=now)
    given = Decision(decision="declined", reason="Not yet.", seen=0)

    early = await holding.forget_done(now)
    await decide(1, given, actor=ben, now=now)
    after = await holding.forget_done(now)
    late = now + HELD_FOR

    assert (early, after) == (0, 1)
    assert list(await holding.holders(now)) == [left]
    assert await holding.holders(late) == {}
    await holding.take(left, seen=None, actor=ben, now=late)
    assert (await holding.holders(late))[left].name == "Ben Ito"
    assert await holding.forget_done(late + HELD_FOR) == 1
    assert await holding.forget_done(late + HELD_FOR) == 0


async def test_line_that_comes_to_be_told_in_a_number_stays_with_whoever_has_it(
    ana: Actor, now: datetime
) -> None:
    await factories.make_organisation("Zeal", slug="zeal")
    [line] = [one for one in await waiting_list.for_secretariat(now) if "zeal" in one.url]
    await holding.take(line.key, seen=None, actor=ana, now=now)
    others = [await factories.make_organisation(f"Alone {n}", slug=f"alone-{n}") for n in range(10)]

    told = {one.key for one in await waiting_list.for_secretariat(now)}
    forgotten = await holding.forget_done(now)

    assert line.key not in told
    assert forgotten == 0
    assert list(await holding.holders(now)) == [line.key]
    await others[0].update_self({"standing": "former"})
    assert line.key in {one.key for one in await waiting_list.for_secretariat(now)}
    zeal = await Organisation.objects().get(Organisation.slug == "zeal")
    assert zeal is not None
    await zeal.update_self({"standing": "former"})
    assert await holding.forget_done(now) == 1


async def _member_alone(now: datetime) -> str:
    await factories.make_organisation("Alone", slug="alone")
    lines = await waiting_list.for_secretariat(now)
    return next(line.key for line in lines if line.url == "/organisations/alone/people")


async def test_desk_asks_once_for_all_holders(client: httpx.AsyncClient, ana: Actor, clock: Clock) -> None:
    await sign_in(client, ana, now=clock.now)
    counted = []

    for number in (1, 9):
        for n in range(number):
            await factories.make_organisation(f"Place {number}-{n}", slug=f"place-{number}-{n}")
        for line in await waiting_list.for_secretariat(clock.now):
            await holding.take(line.key, seen=None, actor=ana, now=clock.now)
        with count_queries() as count:
            page = (await client.get("/desk")).text
        counted.append((count.number, page.count("You have this since")))

    assert counted[0][0] == counted[1][0]
    assert counted[0][1] < counted[1][1]


async def test_api_lists_takes_and_gives_back(
    client: httpx.AsyncClient, ana: Actor, ben: Actor, clock: Clock
) -> None:
    key = await _enquiry(clock.now)
    asking = await bearer(replace(ana, via="api"), now=clock.now)
    other = await bearer(replace(ben, via="api"), now=clock.now)
    address = f"/api/v1/desk/tasks/{key}/holder"

    taken = await client.post(address, json={}, headers=asking)
    refused = await client.post(address, json={}, headers=other)
    listed = (await client.get("/api/v1/desk/tasks", headers=other)).json()["items"]
    over = await client.post(address, json={"seen": ana.person_id}, headers=other)
    gone = await client.delete(address, headers=asking)
    back = await client.delete(address, headers=other)

    assert (taken.status_code, refused.status_code, over.status_code) == (201, 409, 201)
    [one] = [one for one in listed if one["key"] == key]
    assert one["sentence"] == "Institute of Listening enquired about joining."
    assert one["holder"] == {"person": ana.person_id, "name": "Ana Ruiz", "since": "2026-03-02T09:00:00Z"}
    assert over.json()["holder"]["name"] == "Ben Ito"
    assert (gone.status_code, back.status_code) == (409, 204)
    assert (await client.post("/api/v1/desk/tasks/none/holder", json={}, headers=asking)).status_code == 404


async def test_morning_mail_says_who_has_it(ana: Actor, ben: Actor, postbox: Postbox, now: datetime) -> None:
    key = await _enquiry(now)
    await actions.tell_secretariat(now)
    await holding.take(key, seen=None, actor=ana, now=now)
    morning = now + timedelta(hours=23)

    await actions.tell_secretariat(morning)
    await postbox.deliver(morning)

    told = {str(one["To"]): text_of(one) for one in postbox.messages if "Desk:" in str(one["Subject"])}
    assert await OutboxMessage.count().where(OutboxMessage.kind == "desk_morning") == len(told) == 2
    assert "You have this since Monday 2 March 2026, 09:00." in told["Ana Ruiz <ana@network.example>"]
    assert "Ana Ruiz has this since" in told["Ben Ito <ben@network.example>"]


async def test_who_left_the_secretariat_has_nothing(ana: Actor, ben: Actor, now: datetime) -> None:
    key = await _enquiry(now)
    await holding.take(key, seen=None, actor=ana, now=now)
    theirs = (Role.person == ana.person_id) & (Role.kind == "secretariat")

    await Role.update({Role.ended_at: now}).where(theirs)

    assert await holding.forget_done(now) == 1
    assert await holding.holders(now) == {}


@pytest.mark.parametrize("path", ["/", "/me"])
async def test_who_has_it_stands_wherever_the_list_does(
    client: httpx.AsyncClient, ana: Actor, ben: Actor, clock: Clock, path: str
) -> None:
    key = await _enquiry(clock.now)
    await holding.take(key, seen=None, actor=ana, now=clock.now)
    counted = []

    await sign_in(client, ben, now=clock.now)
    for number in range(2):
        await make_confirmed(now=clock.now, name=f"Institute {number}", email=f"a{number}@a.example")
        with count_queries() as count:
            page = (await client.get(path)).text
        counted.append(count.number)

    assert "Ana Ruiz has this since 18:00." in page
    assert counted[0] == counted[1]


async def test_member_sees_all_that_waits_on_their_page(client: httpx.AsyncClient, clock: Clock) -> None:
    place = await factories.make_organisation("Centre")
    member = await factories.representative_of(place)
    for n in range(7):
        await events.post_event(
            make_details(summary=f"Evening {n}"),
            organisation=place.slug,
            actor=member,
            now=clock.now,
            is_draft=True,
        )
    await sign_in(client, member, now=clock.now)

    home = (await client.get("/")).text
    mine = (await client.get("/me")).text

    assert '<a href="/me#waiting">All 7 on your page</a>' in home
    assert "<summary>2 more</summary>" in mine
    assert all(f"Your draft “Evening {n}” is not published." in mine for n in range(7))


async def test_answer_to_an_enquiry_that_waits_already_is_new_in_the_morning_mail(
    ana: Actor, postbox: Postbox, now: datetime
) -> None:
    await _enquiry(now)
    await postbox.deliver(now)
    await actions.tell_secretariat(now)
    answered: dict[int, datetime | None] = {2: now + timedelta(days=1), 4: None}
    told = []

    for day in (1, 2, 3, 4):
        if day in answered:
            await Enquiry.update({Enquiry.answered_at: answered[day]}).where(Enquiry.decision == "")
        morning = now + timedelta(days=day, hours=-1)
        await actions.tell_secretariat(morning)
        text = text_of((await postbox.deliver(morning))[-1])
        told.append(re.search(r"(NEW: )?Institute of Listening (\w+)", text))

    assert [(one[1], one[2]) for one in told if one] == [
        (None, "enquired"),
        ("NEW: ", "has"),
        (None, "has"),
        (None, "enquired"),
    ]
