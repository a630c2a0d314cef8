"""Stopping news, digests and reminders: by the mail program, by a person's button, on one's own page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.message import EmailMessage

import httpx
import pytest

from summit_service.mail import streams
from summit_service.mail.tables import OptOut
from summit_service.members.queries import actor_of
from summit_service.statements import actions as statements
from summit_service.statements import invitations
from tests import factories
from tests.clients import BASE_URL, Clock, sign_in
from tests.factories_statements import make_member, make_open
from tests.mail.letters import invitation, know_letters, letter, post, row_of
from tests.postbox import Postbox, html_of, link_in, text_of

ANNA = "anna@members.example"


@pytest.fixture
async def news(postbox: Postbox, now: datetime) -> EmailMessage:
    """An announcement that has arrived."""
    know_letters()
    context = {"why": "you are a member."}
    await post(letter(kind="test_mail", context=context, to_email=ANNA, stream=streams.NEWS), now=now)
    [message] = await postbox.deliver(now)
    return message


def link_of(message: EmailMessage) -> str:
    """The path in the header, as a mail program reads it."""
    found = re.fullmatch(rf"<{re.escape(BASE_URL)}(/unsubscribe/[\w-]+)>", str(message["List-Unsubscribe"]))
    assert found, message["List-Unsubscribe"]
    return found[1]


async def test_mail_of_a_stream_has_the_headers_and_the_link_written_out(
    news: EmailMessage, postbox: Postbox
) -> None:
    link = link_of(news)

    assert str(news["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert link_in(news, "/unsubscribe/") == link
    assert f'href="{BASE_URL}{link}"' in html_of(news)
    assert b"\r\nList-Unsubscribe: <http://" in postbox.envelopes[0].content


async def test_mail_that_has_to_come_offers_nothing_to_stop(postbox: Postbox, now: datetime) -> None:
    know_letters()
    await post(invitation(), now=now)

    [message] = await postbox.deliver(now)

    assert message["List-Unsubscribe"] is None
    assert "unsubscribe" not in text_of(message)


async def test_one_click_stops_the_stream_and_nothing_else(
    client: httpx.AsyncClient, news: EmailMessage, postbox: Postbox, now: datetime
) -> None:
    link = link_of(news)

    answer = await client.post(link, data={"List-Unsubscribe": "One-Click"})
    again = await client.post(link, data={"List-Unsubscribe": "One-Click"})
    stopped = await post(letter(to_email=ANNA.upper(), stream=streams.NEWS), now=now)
    for mail in (letter(to_email=ANNA, stream=streams.REMINDERS), invitation(to_email=ANNA)):
        await post(mail, now=now)
    arrived = await postbox.deliver(now)

    assert (answer.status_code, again.status_code) == (200, 200)
    assert "Set-Cookie" not in answer.headers
    assert len(arrived) == 2
    assert (await row_of(stopped)).state == "stopped"
    assert (await row_of(stopped)).server_reply == streams.NOT_WANTED
    assert await OptOut.count() == 1


async def test_person_is_shown_a_button_and_reading_changes_nothing(
    client: httpx.AsyncClient, news: EmailMessage
) -> None:
    link = link_of(news)

    shown = await client.get(link)
    await client.head(link)
    before = await OptOut.count()
    done = await client.post(link)
    later = await client.get(link)
    back = await client.post(f"{link}/resumption")

    assert "Stop these mails?" in shown.text
    assert "announcements to the members" in shown.text
    assert before == 0
    assert "You get no more of these mails" in done.text
    assert "These mails are stopped" in later.text
    assert "You get these mails again" in back.text
    assert await OptOut.count() == 0
    assert shown.headers["Referrer-Policy"] == "no-referrer"


async def test_link_to_stop_opens_nothing_else_and_no_other_link_stops_mails(
    client: httpx.AsyncClient, news: EmailMessage, postbox: Postbox, now: datetime
) -> None:
    token = link_of(news).rpartition("/")[2]
    await post(invitation(), now=now)
    [message] = await postbox.deliver(now)
    signing = link_in(message, "/sign/").rpartition("/")[2]

    elsewhere = [
        (await client.get(f"/{place}/{token}")).status_code
        for place in ("sign", "registrations", "sign-in", "join", "feeds")
    ]
    here = [
        (await client.post(f"/unsubscribe/{given}")).status_code for given in (signing, "wrong", token[:-1])
    ]

    assert set(elsewhere) <= {404, 410}
    assert here == [404, 404, 404]
    assert await OptOut.count() == 0


async def test_choice_on_my_page_stops_and_takes_up_again(client: httpx.AsyncClient, clock: Clock) -> None:
    person = await factories.make_person("Anna Berg", email=ANNA)
    csrf = await sign_in(client, await actor_of(person, via="page"), now=clock.now)

    await client.post("/me/mails", data={"stream": ["reminders", "calendar"], "csrf": csrf})
    first = await streams.stopped_by(ANNA)
    shown = (await client.get("/me")).text
    await client.post("/me/mails", data={"stream": ["news", "reminders", "calendar"], "csrf": csrf})

    assert first == {"news"}
    assert re.search(r'value="reminders" checked', shown)
    assert not re.search(r'value="news" checked', shown)
    assert await streams.stopped_by(ANNA) == frozenset()


async def test_reminders_pass_over_who_has_stopped_them_and_say_so(
    client: httpx.AsyncClient, postbox: Postbox, now: datetime
) -> None:
    actor = await factories.secretariat()
    await make_member("Centre for Kindness", signatory="Ana Ruiz")
    statement = await make_open(actor, now=now)
    await postbox.deliver(now)
    later = now + timedelta(days=3)
    await statements.remind(statement.slug, actor=actor, now=later)
    [reminder] = await postbox.deliver(later)

    await client.post(link_of(reminder))
    plan = await invitations.reminder_plan(statement, now=later + timedelta(days=3))

    assert plan.due == ()
    assert plan.skipped == (("Centre for Kindness", "has stopped reminders; write to them yourself"),)
