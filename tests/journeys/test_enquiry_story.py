"""Somebody enquires, confirms their address, is accepted, signs in, posts their first event and signs."""

from __future__ import annotations

import re
from dataclasses import asdict

import httpx

from tests import factories
from tests.clients import Clock, new_client, sign_in
from tests.factories_enquiries import FORM
from tests.factories_statements import make_open
from tests.journeys.world import hidden_fields
from tests.postbox import Postbox, link_in, text_of

EVENT = {
    "organisation": "institute-of-listening",
    "summary": "Listening at the bedside",
    "starts_on": "2026-07-01",
    "starts_time": "18:00",
    "ends_on": "",
    "ends_time": "19:30",
    "timezone": "Europe/Paris",
    "mode": "online",
    "online_url": "https://meet.example/listening",
    "language": "en",
    "visibility": "public",
}


async def test_an_enquiry_becomes_a_member_with_an_event_and_a_signature(
    client: httpx.AsyncClient, clock: Clock, postbox: Postbox
) -> None:
    asked = await client.post("/join", data=asdict(FORM))
    (confirmation,) = await postbox.deliver(clock.now)
    confirmed = await client.post(link_in(confirmation, "/join/"))
    assert (asked.status_code, confirmed.status_code) == (200, 200)

    clock.advance(days=2)
    await _decide(clock)
    (welcome,) = await postbox.deliver(clock.now)
    assert "Post your first event." in text_of(welcome)

    clock.advance(minutes=5)
    link = link_in(welcome, "/sign-in/")
    await client.get(link)
    signed_in = await client.post(link)
    own = await client.get(signed_in.headers["Location"])
    assert signed_in.status_code == 303
    assert FORM.name in own.text

    form = await client.get("/events/new")
    posted = await client.post("/events/new", data={**hidden_fields(form.text), **EVENT})
    assert posted.status_code == 303, posted.text
    await _confirm_event(clock)
    async with new_client(clock) as public:
        assert EVENT["summary"] in (await public.get("/events")).text
        assert EVENT["summary"] in (await public.get("/calendar.ics")).text
        assert FORM.name in (await public.get("/organisations")).text
        await _sign(public, clock, postbox)


async def _confirm_event(clock: Clock) -> None:
    """The first event of a new organisation is read by the secretariat before it is public."""
    async with new_client(clock) as desk:
        csrf = await sign_in(desk, await factories.secretariat(), now=clock.now)
        event = re.search(r'href="(/events/[\w-]+)"', (await desk.get("/desk")).text)
        assert event is not None
        confirmed = await desk.post(f"{event[1]}/confirmation", data={"csrf": csrf})
        assert confirmed.status_code == 303, confirmed.text


async def _sign(anybody: httpx.AsyncClient, clock: Clock, postbox: Postbox) -> None:
    """The link of the signing mail is enough: two pages, and the receipt comes."""
    await make_open(await factories.secretariat(), now=clock.now)
    request = next(mail for mail in await postbox.deliver(clock.now) if "/sign/" in text_of(mail))
    link = link_in(request, "/sign/")
    letter = await anybody.get(link)
    review = await anybody.post(f"{link}/review", data={**hidden_fields(letter.text), "choice": "signed"})
    answer = await anybody.post(
        f"{link}/answer",
        data={
            **hidden_fields(review.text),
            "name": "Ana Ruiz",
            "capacity": "organisation",
            "attested": "yes",
        },
    )
    assert answer.status_code in {200, 303}, answer.text
    (receipt, *_) = await postbox.deliver(clock.now)
    assert "You have signed" in text_of(receipt)


async def _decide(clock: Clock) -> None:
    """The secretariat finds the enquiry on the desk, reads it and accepts."""
    async with new_client(clock) as desk:
        csrf = await sign_in(desk, await factories.secretariat(), now=clock.now)
        assert "Institute of Listening enquired about joining" in (await desk.get("/desk")).text
        assert "We teach nurses to listen." in (await desk.get("/desk/enquiries/1")).text
        typed = {"decision": "member", "reason": "Welcome.", "name": FORM.name, "seen": "0", "csrf": csrf}
        decided = await desk.post("/desk/enquiries/1/decision", data=typed)
        assert decided.status_code == 303, decided.text
