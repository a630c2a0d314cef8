"""Announcements: who gets one, the preview that has to be read, the ten minutes to stop it, how far it is."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import httpx
import pytest

from summit_service.announcements import actions, audiences, queries
from summit_service.announcements.tables import Announcement, AnnouncementMail
from summit_service.errors import Conflict
from summit_service.mail import streams
from summit_service.mail.tables import OptOut, OutboxMessage
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_registrations import make_edition, register
from tests.factories_statements import give_answer, link_to, make_member, make_open
from tests.postbox import Postbox, html_of, text_of

TEXT = {
    "subject": "News for {{organisation}}",
    "body": "The summit's **programme** is out: [read it](https://e.example/p).",
    "audience": "members",
}


@pytest.fixture
async def csrf(client: httpx.AsyncClient, clock: Clock) -> str:
    sam = await factories.secretariat(name="Sam Secretary", email="sam@network.example")
    return await sign_in(client, sam, now=clock.now)


async def make_members(*names: str) -> None:
    for name in names:
        email = f"{name.lower()}@members.example"
        await factories.make_organisation(name, contact_name=f"Contact of {name}", contact_email=email)


async def draft(client: httpx.AsyncClient, csrf: str, **changes: str) -> str:
    """The address of a new draft."""
    made = await client.post("/desk/announcements/new", data=TEXT | changes | {"csrf": csrf})
    assert made.status_code == 303, made.text
    return str(made.headers["Location"])


def proof_in(html: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', html)
    assert found
    return found[1]


async def send(client: httpx.AsyncClient, csrf: str, place: str, **ticked: str) -> httpx.Response:
    """Read the preview and press the button."""
    shown = (await client.get(place)).text
    return await client.post(f"{place}/sending", data={"csrf": csrf, "seen": proof_in(shown), **ticked})


async def test_announcement_is_read_tried_sent_and_watched(
    client: httpx.AsyncClient, csrf: str, clock: Clock, postbox: Postbox
) -> None:
    await make_members("Alpha", "Beta")
    place = await draft(client, csrf)

    shown = (await client.get(f"{place}?to=beta@members.example")).text
    await client.post(f"{place}/tests", data={"csrf": csrf, "to": "beta@members.example"})
    [test] = await postbox.deliver(clock.now)
    sent = await send(client, csrf, place)
    early = await postbox.deliver(clock.advance(minutes=9))
    waiting = (await client.get(place)).text
    arrived = await postbox.deliver(clock.advance(minutes=1))
    after = (await client.get(place)).text

    assert "To 2 people. All members" in shown
    assert "<h3>News for <mark>Beta</mark></h3>" in shown
    assert (str(test["Subject"]), str(test["To"])) == (
        "Test: News for Beta",
        "Sam Secretary <sam@network.example>",
    )
    assert sent.status_code == 303
    assert early == []
    assert "Nothing has left yet" in waiting
    assert "0 of 2 mails accepted" in waiting
    assert [str(message["Subject"]) for message in arrived] == ["News for Alpha", "News for Beta"]
    assert "read it <https://e.example/p>" in text_of(arrived[0])
    assert "<strong>programme</strong>" in html_of(arrived[0])
    assert "<mark>" not in html_of(arrived[0])
    assert arrived[0]["List-Unsubscribe"]
    assert "2 of 2 mails accepted" in after
    assert "Sent by Sam Secretary" in after
    assert "/stop" not in after


async def test_announcement_is_not_sent_unless_this_version_was_read_with_these_readers(
    client: httpx.AsyncClient, csrf: str
) -> None:
    await make_members("Alpha")
    place = await draft(client, csrf)
    old = proof_in((await client.get(place)).text)
    answers = [await client.post(f"{place}/sending", data={"csrf": csrf})]

    await client.post(f"{place}/edit", data=TEXT | {"body": "Quite another text.", "csrf": csrf})
    answers.append(await client.post(f"{place}/sending", data={"csrf": csrf, "seen": old}))
    new = proof_in((await client.get(place)).text)
    await make_members("Beta")
    answers.append(await client.post(f"{place}/sending", data={"csrf": csrf, "seen": new}))

    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert "Quite another text." in answers[-1].text
    assert "2 people" in answers[-1].text
    assert await OutboxMessage.count() == 0


async def test_announcement_of_another_person_has_to_be_read_by_who_sends_it(
    client: httpx.AsyncClient, csrf: str, now: datetime
) -> None:
    await make_members("Alpha")
    place = await draft(client, csrf)
    proof = proof_in((await client.get(place)).text)
    row = await queries.announcement_by_id(int(place.rpartition("/")[2]))

    with pytest.raises(Conflict, match="Read it again"):
        await actions.send(row.id, proof=proof, actor=await factories.secretariat(name="Kim"), now=now)


async def test_announcement_is_stopped_with_one_button(
    client: httpx.AsyncClient, csrf: str, clock: Clock, postbox: Postbox
) -> None:
    await make_members("Alpha", "Beta", "Gamma")
    place = await draft(client, csrf)
    early = await client.post(f"{place}/stop", data={"csrf": csrf})
    await send(client, csrf, place)

    stopped = await client.post(f"{place}/stop", data={"csrf": csrf})
    again = await client.post(f"{place}/stop", data={"csrf": csrf})
    arrived = await postbox.deliver(clock.advance(hours=1))

    assert (early.status_code, stopped.status_code, again.status_code) == (409, 303, 409)
    assert "It is a draft: nothing of it is under way." in early.text
    assert arrived == []
    assert "Stopped by Sam Secretary" in again.text
    assert "3 of 3 mails did not leave." in again.text


async def test_announcement_is_sent_once_and_never_changed_afterwards(
    client: httpx.AsyncClient, csrf: str
) -> None:
    await make_members("Alpha")
    place = await draft(client, csrf)
    proof = proof_in((await client.get(place)).text)
    await send(client, csrf, place)

    again = await client.post(f"{place}/sending", data={"csrf": csrf, "seen": proof})
    changed = await client.post(f"{place}/edit", data=TEXT | {"csrf": csrf})

    assert (again.status_code, changed.status_code) == (409, 409)
    assert await OutboxMessage.count() == 1
    assert await AnnouncementMail.count() == 1


async def test_reader_without_a_value_keeps_it_from_being_sent_until_somebody_ticks_it(
    client: httpx.AsyncClient, csrf: str, clock: Clock, postbox: Postbox
) -> None:
    await factories.make_organisation("Alpha", contact_email="a@members.example", country="")
    place = await draft(client, csrf, body="In {{country}}")

    shown = (await client.get(place)).text
    refused = await send(client, csrf, place)
    kept = await OutboxMessage.count()
    sent = await send(client, csrf, place, gaps="yes")
    (message,) = await postbox.deliver(clock.advance(minutes=11))

    assert "Something has nothing to stand in for it" in shown
    assert ">a@members.example</a>: country" in shown
    assert "In 1 mail a placeholder stays empty" in shown
    assert (refused.status_code, kept) == (409, 0)
    assert "Nothing stands in for" in refused.text
    assert sent.status_code == 303
    assert "\nIn\n" in text_of(message)


async def test_fallback_in_the_text_needs_no_tick(client: httpx.AsyncClient, csrf: str) -> None:
    await factories.make_organisation("Alpha", contact_email="a@members.example", country="")
    place = await draft(client, csrf, body="In {{country|your country}}")

    shown = (await client.get(place)).text
    sent = await send(client, csrf, place)

    assert 'name="gaps"' not in shown
    assert sent.status_code == 303


async def test_draft_is_deleted_after_being_asked_once_more(
    client: httpx.AsyncClient, csrf: str, clock: Clock, postbox: Postbox
) -> None:
    await make_members("Alpha")
    place = await draft(client, csrf)
    await client.post(f"{place}/tests", data={"csrf": csrf, "to": "alpha@members.example"})

    asked = await client.get(f"{place}/deletion")
    still_there = await client.get(place)
    done = await client.post(f"{place}/deletion", data={"csrf": csrf})
    after = await client.get(done.headers["Location"])

    assert "It was sent to nobody." in asked.text
    assert still_there.status_code == 200
    assert "The draft is deleted." in after.text
    assert (await client.get(place)).status_code == 404
    assert await postbox.deliver(clock.now) == []


async def test_announcement_that_was_sent_cannot_be_deleted(client: httpx.AsyncClient, csrf: str) -> None:
    await make_members("Alpha")
    place = await draft(client, csrf)
    await send(client, csrf, place)

    asked = await client.get(f"{place}/deletion")
    refused = await client.post(f"{place}/deletion", data={"csrf": csrf})

    assert (asked.status_code, refused.status_code) == (409, 409)
    assert await Announcement.count() == 1


async def test_draft_with_a_fault_comes_back_with_what_was_typed(
    client: httpx.AsyncClient, csrf: str
) -> None:
    answer = await client.post(
        "/desk/announcements/new",
        data={"subject": "", "body": "Hello {{deadline}}", "audience": "members", "csrf": csrf},
    )

    assert answer.status_code == 422
    assert "Hello {{deadline}}" in answer.text


async def reached(kind: str, of: str, *, now: datetime) -> list[tuple[str, str]]:
    row = Announcement(subject="s", body="b", audience=kind, audience_of=of)
    found = await audiences.audience_of(row, now=now)
    return [(reader.email, reader.values["organisation"]) for reader in found.readers]


async def test_audiences_are_one_entry_an_address_without_those_who_have_stopped(
    database: object, now: datetime
) -> None:
    await make_members("Alpha", "Beta")
    both = await factories.make_person("Both", email="both@members.example")
    for name in ("Gamma", "Delta"):
        await factories.give_role(
            both, "representative", organisation=await factories.make_organisation(name)
        )
    await factories.make_organisation("Former", standing="former", contact_email="former@members.example")
    await OptOut.insert(
        OptOut(
            key="news:beta@members.example",
            email_key="beta@members.example",
            stream=streams.NEWS,
            created_at=now,
        )
    )

    everybody = await reached(audiences.MEMBERS, "", now=now)
    representatives = await reached(audiences.REPRESENTATIVES, "", now=now)

    assert everybody == [("both@members.example", "Delta and Gamma"), ("alpha@members.example", "Alpha")]
    assert representatives == [("both@members.example", "Delta and Gamma")]


async def test_signatory_who_answers_meanwhile_gets_no_announcement(
    client: httpx.AsyncClient, csrf: str, clock: Clock, postbox: Postbox
) -> None:
    actor = await factories.secretariat()
    ones = [await make_member(name) for name in ("Alpha", "Beta", "Gamma")]
    statement = await make_open(actor, now=clock.now)
    links = [await link_to(statement, one, now=clock.now) for one in ones]
    await postbox.deliver(clock.now)
    await give_answer(links[0], now=clock.now)
    await postbox.deliver(clock.now)
    body = "“{{statement}}” ends {{deadline}}."
    place = await draft(client, csrf, audience=f"unanswered:{statement.slug}", body=body)
    await send(client, csrf, place)

    await give_answer(links[1], now=clock.now + timedelta(minutes=5))
    arrived = await postbox.deliver(clock.advance(minutes=10))

    news = [message for message in arrived if str(message["Subject"]).startswith("News")]
    assert [str(message["Subject"]) for message in news] == ["News for Gamma"]
    assert "“Time to listen” ends" in text_of(news[0])


async def test_delegates_are_those_with_a_place(database: object, now: datetime) -> None:
    await make_edition(in_person=1)
    await register("Anna Berg", now=now)
    await register("Waiting Person", now=now)

    assert await reached(audiences.DELEGATES, "2026", now=now) == [
        ("anna.berg@delegates.example", "Centre for Kindness")
    ]
