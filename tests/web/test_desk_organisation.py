"""One page for an organisation's whole life: what stands on it, for whom, in how many queries."""

from __future__ import annotations

from typing import Any

import httpx

from summit_service import dossier
from summit_service.accounts.actor import OPERATOR
from summit_service.enquiries.actions import Decision, decide
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Role
from tests import factories, factories_registrations
from tests.clients import Clock, sign_in
from tests.counting import count_queries
from tests.factories_enquiries import make_confirmed
from tests.factories_events import make_event
from tests.factories_statements import give_answer, link_to, make_member, make_open

PATH = "/desk/organisations/place"


async def test_its_whole_life_is_on_one_page(client: httpx.AsyncClient, clock: Clock) -> None:
    place = await make_member("The Place", signatory="Ana Ruiz", slug="place")
    desk = await factories.secretariat()
    await sign_in(client, desk, now=clock.now)
    assert "It has answered no request yet." in (await client.get(PATH)).text
    await make_event(place)
    await factories_registrations.make_edition()
    await factories_registrations.register("Dana Delegate", now=clock.now, organisation="the place")
    statement = await make_open(desk, now=clock.now)
    await give_answer(await link_to(statement, place, now=clock.now), now=clock.now)

    shown = (await client.get(PATH)).text

    assert "Its last answer: signed “Time to listen” on Monday 2 March 2026, by Ana Ruiz." in shown
    for words in ("Listening on the ward round", "Dana Delegate", "Signing request", "Signing receipt"):
        assert words in shown


async def test_parts_that_are_cut_say_so_and_every_answer_has_its_words(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    place = await make_member("École", signatory="Ana Ruiz", slug="place")
    desk = await factories.secretariat()
    await sign_in(client, desk, now=clock.now)
    await factories_registrations.make_edition()
    for number in range(23):
        await factories_registrations.register(f"Dana {number}", now=clock.now, organisation="École")
    statement = await make_open(desk, now=clock.now)
    link = await link_to(statement, place, now=clock.now)
    await give_answer(link, now=clock.now)
    await give_answer(link, "withdrawn", now=clock.now)

    shown = (await client.get(PATH)).text
    whole = (await client.get(f"{PATH}?all=delegates")).text

    assert "Its last answer: took its answer back “Time to listen”" in shown
    assert "20 of 23, the newest." in shown
    assert 'href="?all=delegates#delegates"' in shown
    assert "Dana 0," not in shown
    assert "Dana 0," in whole
    assert "20 of 23" not in whole


async def test_as_many_queries_for_a_long_life_as_for_a_short_one(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    place = await make_member("The Place", slug="place")
    await sign_in(client, await factories.secretariat(), now=clock.now)
    await make_event(place)
    with count_queries() as short:
        await client.get(PATH)
    for number in range(4):
        await make_event(place, summary=f"Event {number}")
        await factories.representative_of(place)

    with count_queries() as long:
        await client.get(PATH)

    assert long.number == short.number


async def test_directory_as_csv_and_json_takes_the_filters_of_its_page(client: httpx.AsyncClient) -> None:
    await factories.make_organisation("=cmd()", slug="bad", country="FR", contact_email="x@place.example")
    await factories.make_organisation("Other", slug="other", country="GB")
    await factories.make_organisation("Gone", slug="gone", country="FR", standing="former")

    page = await client.get("/organisations?country=FR")
    sheet = await client.get("/organisations.csv?country=FR")
    listed = await client.get("/organisations.json?country=FR")

    assert 'href="/organisations.csv?country=FR"' in page.text
    assert sheet.text.removeprefix("\ufeff").splitlines() == [
        "slug,name,kind,parent,city,country,website,timezone,standing,logo",
        "bad,'=cmd(),centre,,,FR,,Europe/London,member,",
    ]
    assert [one["slug"] for one in listed.json()["items"]] == ["bad"]
    assert "x@place.example" not in sheet.text + listed.text


async def test_page_leads_to_the_enquiry_and_says_which_mails_came_back(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    enquiry = await make_confirmed(now=clock.now, name="Institute of Listening")
    given = Decision(decision="member", reason="Welcome.", seen=0)
    await decide(enquiry.id, given, actor=OPERATOR, now=clock.now)
    returned: dict[Any, Any] = {OutboxMessage.state: "accepted", OutboxMessage.returned_at: clock.now}
    await OutboxMessage.update(returned).where(OutboxMessage.kind == "enquiry_accepted")
    desk = await factories.secretariat()
    await sign_in(client, desk, now=clock.now)

    shown = (await client.get("/desk/organisations/institute-of-listening")).text
    late = clock.advance(days=366)
    await sign_in(client, desk, now=late)
    after = (await client.get("/desk/organisations/institute-of-listening")).text

    assert f'href="/desk/enquiries/{enquiry.id}"' in shown
    assert "Came back" in shown
    assert "/desk/enquiries/" not in after.partition("<h2")[0]


async def test_mails_to_who_has_left_stay_and_later_ones_are_not_theirs(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    place = await make_member("The Place", slug="place")
    leaver = await factories.representative_of(place, name="Lea", email="lea@place.example")
    await _mail_to("lea@place.example", "hello", clock)
    clock.advance(days=1)
    await Role.update({Role.ended_at: clock.now}).where(Role.person == leaver.person_id)
    clock.advance(days=1)
    await _mail_to("lea@place.example", "elsewhere", clock)

    found = await dossier.of(place, now=clock.now)

    assert [mail.kind for mail in found.mails if mail.recipient_email == "lea@place.example"] == ["hello"]
    assert found.counts["mails"] == len(found.mails)


async def _mail_to(address: str, kind: str, clock: Clock) -> None:
    row = OutboxMessage(
        recipient_email=address,
        kind=kind,
        dedupe_key=kind,
        message_id=f"<{kind}@x.example>",
        context="{}",
        created_at=clock.now,
        due_at=clock.now,
    )
    await row.save()
