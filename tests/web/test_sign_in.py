"""The pages of signing in: the form, the link's page with its button, signing out."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta

import httpx

from summit_service import links, tokens
from summit_service.accounts import queries
from summit_service.accounts.tables import Login, Person
from summit_service.links import Link
from summit_service.mail.tables import OutboxMessage
from summit_service.web.session import cookie_name
from tests import clients, factories
from tests.clients import Clock, new_client
from tests.postbox import Postbox, link_in, postbox  # noqa: F401 - postbox is a fixture


async def ask(client: httpx.AsyncClient, email: str, *, next_path: str = "/me") -> httpx.Response:
    return await client.post("/sign-in", data={"email": email, "next": next_path})


async def mint_link(person: Person, *, now: datetime) -> str:
    token = await links.issue(
        queries.SIGN_IN, subject=str(person.id), now=now, expires_at=now + timedelta(minutes=15)
    )
    return f"/sign-in/{token}"


async def test_sign_in_form_keeps_where_to_go(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sign-in", params={"next": "/events/a?b=1"})

    assert answer.status_code == 200
    assert '<input type="hidden" name="next" value="/events/a?b=1">' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script>" not in answer.text


async def test_sign_in_form_forgets_another_host(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sign-in", params={"next": "//evil.example/"})

    assert "evil.example" not in answer.text


async def test_sign_in_form_for_somebody_signed_in_leads_on(client: httpx.AsyncClient, clock: Clock) -> None:
    await clients.sign_in(client, await factories.secretariat(), now=clock.now)

    answer = await client.get("/sign-in", params={"next": "/desk"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")


async def test_ask_for_link_answers_alike_for_known_and_unknown(client: httpx.AsyncClient) -> None:
    await factories.make_person(email="anna@members.example")

    known = await ask(client, "anna@members.example")
    unknown = await ask(client, "unna@members.example")

    assert known.status_code == unknown.status_code == 200
    assert known.text.replace("anna<wbr>@", "unna<wbr>@") == unknown.text
    assert {**known.headers, "content-length": ""} == {**unknown.headers, "content-length": ""}
    assert await OutboxMessage.count() == 1


async def test_ask_for_link_never_answers_before_its_pace(client: httpx.AsyncClient) -> None:
    await factories.make_person(email="anna@members.example")

    taken = [await seconds_of(client, f"{name}@members.example") for name in ("anna", "unna") * 3]

    assert min(taken) >= 0.25


async def seconds_of(client: httpx.AsyncClient, email: str) -> float:
    started = time.monotonic()
    await ask(client, email)
    return time.monotonic() - started


async def test_ask_for_link_a_sixth_time_answers_alike_and_mails_nothing(client: httpx.AsyncClient) -> None:
    await factories.make_person(email="anna@members.example")

    answers = await asyncio.gather(*(ask(client, "anna@members.example") for _ in range(6)))

    assert {answer.text for answer in answers} == {answers[0].text}
    assert await OutboxMessage.count() == 5


async def test_ask_for_link_with_no_address_keeps_what_was_typed(client: httpx.AsyncClient) -> None:
    answer = await ask(client, 'anna"><b>', next_path="/desk")

    assert answer.status_code == 422
    assert 'value="anna&#34;&gt;&lt;b&gt;"' in answer.text
    assert 'name="next" value="/desk"' in answer.text
    assert 'aria-describedby="email-hint email-fault" aria-invalid="true"' in answer.text
    assert "is not an e-mail address; one looks like name@example.org." in answer.text


async def test_ask_for_link_too_often_from_one_network_is_told_when_to_try_again(
    client: httpx.AsyncClient,
) -> None:
    answers = await asyncio.gather(*(ask(client, "not an address") for _ in range(201)))

    assert sum(answer.status_code == 422 for answer in answers) == 200
    (refused,) = [answer for answer in answers if answer.status_code == 429]
    assert 0 < int(refused.headers["Retry-After"]) <= 601
    assert "Too many requests came from your network." in refused.text


async def test_sign_in_journey_without_scripts(
    client: httpx.AsyncClient,
    clock: Clock,
    postbox: Postbox,  # noqa: F811
) -> None:
    await factories.make_person("Anna Berg", email="anna@members.example")
    await ask(client, "anna@members.example", next_path="/organisations?q=a%26b")
    (message,) = await postbox.deliver(clock.now)

    link = link_in(message, "/sign-in/")
    shown = await client.get(link)
    assert shown.status_code == 200
    assert '<input type="hidden" name="next" value="/organisations?q=a%26b">' in shown.text
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    answer = await client.post(link, data={"next": "/organisations?q=a%26b"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/organisations?q=a%26b")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("summit_login=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=2592000" in cookie
    assert "Anna Berg" in (await client.get("/me")).text


async def test_sign_in_page_read_a_hundred_times_changes_no_row(
    client: httpx.AsyncClient, now: datetime
) -> None:
    link = await mint_link(await factories.make_person(), now=now)
    before = await Link.select()

    for _ in range(50):
        assert (await client.get(link)).status_code == 200
        assert (await client.head(link)).status_code == 200

    assert await Link.select() == before
    assert await Login.count() == 0
    assert (await client.post(link)).headers["Location"] == "/me"


async def test_sign_in_with_a_used_link_offers_a_new_one(client: httpx.AsyncClient, now: datetime) -> None:
    link = await mint_link(await factories.make_person(), now=now)
    await client.post(link)

    seen = [await client.get(link + "?next=/desk"), await client.post(link, data={"next": "/desk"})]

    for answer in seen:
        assert answer.status_code == 410
        assert "This link has been used or its time is over." in answer.text
        assert '<form method="post" action="/sign-in" novalidate>' in answer.text
        assert 'name="next" value="/desk"' in answer.text
        assert "Set-Cookie" not in answer.headers
    assert await Login.count() == 1


async def test_sign_in_with_an_expired_link_offers_a_new_one(client: httpx.AsyncClient, clock: Clock) -> None:
    link = await mint_link(await factories.make_person(), now=clock.now)
    clock.advance(minutes=15)

    assert (await client.get(link)).status_code == 410
    assert (await client.post(link)).status_code == 410
    assert await Login.count() == 0


async def test_sign_in_with_an_unknown_link_offers_a_new_one(client: httpx.AsyncClient) -> None:
    for token in (tokens.mint(), "x", "%00", "é"):
        for answer in (await client.get(f"/sign-in/{token}"), await client.post(f"/sign-in/{token}")):
            assert answer.status_code == 404
            assert "We do not know this link." in answer.text
            assert '<form method="post" action="/sign-in" novalidate>' in answer.text


async def test_sign_in_from_a_page_of_another_site_is_refused(
    client: httpx.AsyncClient, now: datetime
) -> None:
    link = await mint_link(await factories.make_person(), now=now)

    answer = await client.post(link, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert await Login.count() == 0
    assert (await client.post(link, headers={"Sec-Fetch-Site": "same-origin"})).status_code == 303


async def test_sign_in_never_leads_to_another_host(client: httpx.AsyncClient, now: datetime) -> None:
    link = await mint_link(await factories.make_person(), now=now)

    answer = await client.post(link, data={"next": "https://evil.example/"})

    assert answer.headers["Location"] == "/me"


async def test_sign_out_by_a_stranger_leads_home(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sign-out")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


async def test_sign_out_without_the_form_secret_is_refused(client: httpx.AsyncClient, now: datetime) -> None:
    await clients.sign_in(client, await factories.secretariat(), now=now)

    assert (await client.post("/sign-out")).status_code == 403
    assert (await client.get("/me")).status_code == 200


async def test_sign_out_ends_the_login_and_takes_the_cookie_away(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    csrf = await clients.sign_in(client, await factories.secretariat(), now=clock.now)
    kept = client.cookies[cookie_name()]

    answer = await client.post("/sign-out", data={"csrf": csrf})

    assert answer.status_code == 303
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    async with new_client(clock) as thief:
        thief.cookies.set(cookie_name(), kept)
        assert (await thief.get("/me")).status_code == 303
