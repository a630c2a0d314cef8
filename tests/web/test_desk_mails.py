"""The outbox on the desk: finding a mail, its page, sending again after a look at the number, stopping, going on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR
from summit_service.journal import queries as journal
from summit_service.mail import actions, pauses, queries, waiting
from summit_service.mail.tables import OutboxMessage
from tests import factories
from tests.clients import Clock, sign_in
from tests.mail.letters import invitation, know_letters, letter, post, row_of
from tests.postbox import Postbox


@pytest.fixture
async def csrf(client: httpx.AsyncClient, clock: Clock) -> str:
    know_letters()
    return await sign_in(client, await factories.secretariat(name="Sam Secretary"), now=clock.now)


async def test_outbox_is_filtered_by_state_kind_and_person(
    client: httpx.AsyncClient, csrf: str, postbox: Postbox, now: datetime
) -> None:
    await post(letter(to_name="Anna Berg"), now=now)
    await post(invitation(to_name="Ben Cohen"), now=now)
    await postbox.deliver(now)
    await post(letter(to_name="Carla Dias"), now=now)

    found = {
        query: (await client.get(f"/desk/mails?{query}")).text
        for query in ("", "state=queued", "kind=invitation", "q=berg", "state=accepted&kind=letter")
    }

    names = ("Anna Berg", "Ben Cohen", "Carla Dias")
    shown = {query: [name for name in names if f">{name}</a>" in html] for query, html in found.items()}
    assert shown == {
        "": list(names),
        "state=queued": ["Carla Dias"],
        "kind=invitation": ["Ben Cohen"],
        "q=berg": ["Anna Berg"],
        "state=accepted&kind=letter": ["Anna Berg"],
    }


async def test_mail_page_shows_its_text_without_the_secret(
    client: httpx.AsyncClient, csrf: str, postbox: Postbox, now: datetime
) -> None:
    identifier = await post(invitation(), now=now)
    await postbox.deliver(now)

    pages = {
        view: (await client.get(f"/desk/mails/{identifier}{view}")).text
        for view in ("", "?view=text", "?view=headers", "/html")
    }

    assert "/sign/…" in pages["?view=text"]
    assert "/sign/…" in pages["/html"]
    assert "Message-ID" in pages["?view=headers"]
    assert "250 taken by the postbox" in pages[""]
    for html in pages.values():
        assert not any(str(word) in html for word in _secrets(postbox))


def _secrets(postbox: Postbox) -> list[str]:
    text = postbox.envelopes[0].content.decode().replace("=\r\n", "")
    return [text.split("/sign/")[1][:43]]


async def test_mails_are_sent_again_after_their_number_was_shown(
    client: httpx.AsyncClient, csrf: str, postbox: Postbox, now: datetime
) -> None:
    sent = [await post(letter(), now=now) for _ in range(2)]
    await postbox.deliver(now)
    waiting = await post(letter(to_name="Waiting Person"), now=now)
    chosen = [*sent, waiting]

    asked = await client.get("/desk/mails/copies", params={"mail": chosen})
    before = await OutboxMessage.count()
    refused = await client.post("/desk/mails/copies", data={"mail": chosen, "csrf": csrf})
    done = await client.post("/desk/mails/copies", data={"mail": sent, "csrf": csrf})

    assert "2 mails will be sent again" in asked.text
    assert "Waiting Person: This mail is still on its way." in asked.text
    assert before == 3
    assert refused.status_code == 409
    assert "Nothing was sent" in refused.text
    assert (done.status_code, done.headers["Location"]) == (303, "/desk/mails")
    assert await OutboxMessage.count() == 5


async def test_mail_that_waits_is_stopped_by_a_person_and_says_by_whom(
    client: httpx.AsyncClient, csrf: str, now: datetime
) -> None:
    identifier = await post(letter(), now=now)

    done = await client.post(f"/desk/mails/{identifier}/stop", data={"csrf": csrf})
    again = await client.post(f"/desk/mails/{identifier}/stop", data={"csrf": csrf})

    assert done.status_code == 303
    assert (await row_of(identifier)).server_reply == "Stopped by Sam Secretary."
    assert again.status_code == 409
    assert "This mail is done; it cannot be stopped any more." in again.text


async def test_pause_is_told_with_its_reason_and_ended_by_a_button(
    client: httpx.AsyncClient, csrf: str, now: datetime
) -> None:
    await post(letter(), now=now)
    async with db.transaction():
        await pauses.pause("535 5.7.8 wrong password", now=now)
    shown = (await client.get("/desk/mails")).text

    await client.post("/desk/mails/resumption", data={"csrf": csrf})

    assert "Sending is paused" in shown
    assert "535 5.7.8 wrong password" in shown
    assert (await queries.status_row()).paused_at is None
    assert "Sending is paused" not in (await client.get("/desk/mails")).text


async def test_desk_tells_of_what_did_not_arrive_until_somebody_has_looked(
    client: httpx.AsyncClient, csrf: str, postbox: Postbox, clock: Clock, now: datetime
) -> None:
    known = {
        name: await post(letter(to_name=name), now=now) for name in ("Fay", "Uma", "Ray", "Late", "Gone")
    }
    await postbox.deliver(now)
    mail = OutboxMessage
    states: dict[str, dict[Any, Any]] = {
        "Fay": {mail.state: "failed"},
        "Uma": {mail.state: "uncertain"},
        "Ray": {mail.returned_at: now},
        "Late": {mail.state: "failed", mail.settled_at: now + timedelta(minutes=2)},
        "Gone": {mail.state: "failed", mail.recipient_email: ""},
    }
    for name, values in states.items():
        await mail.update(values).where(mail.id == known[name])

    before = await _told(now)
    page = (await client.get("/desk/mails?state=failed")).text
    form = {"csrf": csrf, "state": "failed", "until": now.isoformat()}
    clock.advance(minutes=5)
    looked = await client.post("/desk/mails/looked-at", data=form)
    after = await _told(now)
    await actions.resend(known["Uma"], actor=OPERATOR, now=now)
    wrong = await client.post("/desk/mails/looked-at", data=form | {"state": "queued"})
    far = await client.post(
        "/desk/mails/looked-at", data=form | {"state": "returned", "until": "9999-01-01T00:00:00+00:00"}
    )

    assert "2 of these wait on the desk" in page
    assert before == [
        "2 mails could not be delivered.",
        "1 mail came back undelivered.",
        "Nobody knows whether 1 mail arrived: the connection broke at the last moment.",
    ]
    assert looked.headers["location"] == "/desk/mails?state=failed"
    assert after[0] == "1 mail could not be delivered.", "what came after the page was made waits"
    assert wrong.status_code == 422
    assert far.status_code == 303
    assert await _told(now) == ["1 mail could not be delivered."]
    assert "1 of these waits on the desk" in (await client.get("/desk/mails?state=failed")).text
    assert (await journal.deeds(journal.Filter(kind="mail"), limit=1))[0].verb == "mail.looked_at"


async def _told(now: datetime) -> list[str]:
    return [line.sentence for line in await waiting.for_secretariat(now) if "state=" in line.url]
