"""The public pages of joining: the rules, the form, the link that confirms the address."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import httpx
import pytest

from summit_service import visitor
from summit_service.enquiries import rules
from summit_service.enquiries.tables import Enquiry
from tests import factories
from tests.clients import Clock, new_client, sign_in
from tests.factories_enquiries import FORM, link_to, make_enquiry
from tests.postbox import Postbox, link_in

TYPED = asdict(FORM)


async def test_join_says_the_rules_in_words_and_what_is_kept(client: httpx.AsyncClient) -> None:
    answer = await client.get("/join")

    assert answer.status_code == 200
    for _, rule in rules.RULES:
        assert rule in answer.text
    assert "has yet to make its rule" in answer.text
    assert "erased, with the mails about it, a year after" in answer.text
    assert 'name="robots"' not in answer.text
    assert "x-robots-tag" not in answer.headers


async def test_join_stands_in_the_footer_and_robots_may_read_it(client: httpx.AsyncClient) -> None:
    home, robots = await client.get("/events"), await client.get("/robots.txt")

    assert '<a href="/join">Join the network</a>' in home.text
    assert "Disallow: /join/\n" in robots.text
    assert "Disallow: /join\n" not in robots.text


async def test_enquire_with_faults_keeps_everything_typed(client: httpx.AsyncClient) -> None:
    answer = await client.post("/join", data={**TYPED, "email": "ana at home", "evidence": ""})

    assert answer.status_code == 422
    assert "2 answers need another look" in answer.text
    assert "is not an e-mail address" in answer.text
    assert "Name the university" in answer.text
    for kept in ("Institute of Listening", "Lyon", "https://listening.example", "Ana Ruiz", "ana at home"):
        assert kept in answer.text
    assert "We teach nurses to listen.</textarea>" in answer.text
    assert '<option value="centre" selected>' in answer.text
    assert '<option value="FR" selected>' in answer.text
    assert 'value="academic" checked' in answer.text
    assert await Enquiry.count() == 0


async def test_enquire_answers_alike_for_known_and_unknown(client: httpx.AsyncClient) -> None:
    await factories.make_person(email=FORM.email)

    known = await client.post("/join", data=TYPED)
    unknown = await client.post("/join", data={**TYPED, "email": "ena@listening.example"})
    often = [await client.post("/join", data=TYPED) for _ in range(4)]

    assert known.status_code == unknown.status_code == 200
    assert known.text == unknown.text.replace("ena@", "ana@") == often[-1].text
    assert "One step is left" in known.text


@pytest.mark.parametrize(
    ("body", "is_told"), [("commercial", True), ("individual", True), ("charity", False)]
)
async def test_enquire_without_a_rule_is_told_kindly(
    client: httpx.AsyncClient, body: str, is_told: bool
) -> None:
    answer = await client.post("/join", data={**TYPED, "body": body})

    assert answer.status_code == 200
    assert ("your enquiry is kept for the day there is one" in answer.text) is is_told


async def test_enquire_with_hostile_text_shows_it_as_text(client: httpx.AsyncClient, clock: Clock) -> None:
    enquiry = await make_enquiry(now=clock.now, name="<b>Bold</b>", how="<script>alert(1)</script>")

    page = await client.get(f"/join/{await link_to(enquiry, now=clock.now)}")

    assert "<b>Bold" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


async def test_enquire_too_often_from_one_network_is_refused(client: httpx.AsyncClient) -> None:
    for _ in range(60):
        visitor.check_rate("enquiry", "127.0.0.1")

    answer = await client.post("/join", data=TYPED)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert await Enquiry.count() == 0


async def test_confirm_by_the_button_and_not_by_opening(
    client: httpx.AsyncClient, clock: Clock, postbox: Postbox
) -> None:
    await client.post("/join", data=TYPED)
    (mail,) = await postbox.deliver(clock.now)
    link = link_in(mail, "/join/")

    opened = [await client.get(link), await client.head(link), await client.get(link)]
    unconfirmed = await Enquiry.count().where(Enquiry.confirmed_at.is_null())
    pressed = await client.post(link)
    again = [await client.post(link), await client.get(link)]

    assert [answer.status_code for answer in opened] == [200, 200, 200]
    assert "We teach nurses to listen." in opened[0].text
    assert opened[0].headers["referrer-policy"] == "no-referrer"
    assert "noindex" in opened[0].headers["x-robots-tag"]
    assert unconfirmed == 1
    assert pressed.status_code == 200
    assert "Your address is confirmed" in pressed.text
    assert [answer.status_code for answer in again] == [410, 410]
    assert "This is confirmed already" in again[0].text
    assert "We teach nurses" not in again[1].text


async def test_confirm_by_somebody_signed_in(client: httpx.AsyncClient, clock: Clock) -> None:
    token = await link_to(await make_enquiry(now=clock.now), now=clock.now)
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)

    answer = await client.post(f"/join/{token}", data={"csrf": csrf})

    assert answer.status_code == 200


async def test_confirm_from_another_page_is_refused(client: httpx.AsyncClient, clock: Clock) -> None:
    token = await link_to(await make_enquiry(now=clock.now), now=clock.now)

    answer = await client.post(f"/join/{token}", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert await Enquiry.count().where(Enquiry.confirmed_at.is_not_null()) == 0


async def test_confirm_with_a_link_that_is_unknown_or_too_old(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    token = await link_to(await make_enquiry(now=clock.now), now=clock.now)
    clock.now += timedelta(days=7)

    async with new_client(clock) as later:
        unknown, old = await later.post("/join/nothing"), await later.get(f"/join/{token}")

    assert (unknown.status_code, old.status_code) == (404, 410)
    assert "We do not know this link." in unknown.text
    assert "The time to confirm this enquiry is over" in old.text
    assert FORM.name not in old.text
