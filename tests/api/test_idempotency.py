"""`Idempotency-Key`: a POST that is repeated gets the first answer and acts once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import msgspec

from summit_service import idempotency, links
from summit_service.idempotency import KeptAnswer
from summit_service.members.tables import Organisation
from summit_service.registrations import actions as registrations
from summit_service.registrations.tables import Invitation
from tests.clients import Clock, application, bearer
from tests.factories import secretariat
from tests.factories_registrations import make_edition

BODY = {"name": "Centre for Listening", "kind": "centre", "country": "GB"}


async def test_second_post_gets_the_first_answer(client: httpx.AsyncClient, clock: Clock) -> None:
    headers = await bearer(await secretariat(), now=clock.now) | {"Idempotency-Key": "one"}

    first = await client.post("/api/v1/organisations", json=BODY, headers=headers)
    second = await client.post("/api/v1/organisations", json=BODY, headers=headers)

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert await Organisation.count() == 1


async def test_key_for_another_body_is_refused(client: httpx.AsyncClient, clock: Clock) -> None:
    headers = await bearer(await secretariat(), now=clock.now) | {"Idempotency-Key": "one"}
    await client.post("/api/v1/organisations", json=BODY, headers=headers)

    other = await client.post("/api/v1/organisations", json={**BODY, "name": "Other"}, headers=headers)

    assert other.status_code == 422
    assert await Organisation.count() == 1


async def test_refusal_does_not_use_up_the_key(client: httpx.AsyncClient, clock: Clock) -> None:
    headers = await bearer(await secretariat(), now=clock.now) | {"Idempotency-Key": "one"}
    refused = await client.post("/api/v1/organisations", json={**BODY, "name": ""}, headers=headers)

    mended = await client.post("/api/v1/organisations", json=BODY, headers=headers)

    assert (refused.status_code, mended.status_code) == (422, 201)


async def test_keys_of_two_people_are_apart(client: httpx.AsyncClient, clock: Clock) -> None:
    one = await bearer(await secretariat(), now=clock.now) | {"Idempotency-Key": "one"}
    other = await bearer(await secretariat(), now=clock.now) | {"Idempotency-Key": "one"}

    await client.post("/api/v1/organisations", json=BODY, headers=one)
    second = await client.post("/api/v1/organisations", json={**BODY, "name": "Other"}, headers=other)

    assert second.status_code == 201
    assert await Organisation.count() == 2


async def test_ten_at_once_act_once(client: httpx.AsyncClient, clock: Clock) -> None:
    headers = await bearer(await secretariat(), now=clock.now) | {"Idempotency-Key": "one"}

    answers = await asyncio.gather(
        *(client.post("/api/v1/organisations", json=BODY, headers=headers) for _ in range(10))
    )

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert await Organisation.count() == 1


async def test_key_too_long_is_refused(client: httpx.AsyncClient, clock: Clock) -> None:
    headers = await bearer(await secretariat(), now=clock.now) | {"Idempotency-Key": "k" * 201}

    assert (await client.post("/api/v1/organisations", json=BODY, headers=headers)).status_code == 422


async def test_answers_are_forgotten_after_a_day(client: httpx.AsyncClient, clock: Clock) -> None:
    headers = await bearer(await secretariat(), now=clock.now) | {"Idempotency-Key": "one"}
    await client.post("/api/v1/organisations", json=BODY, headers=headers)
    kept = await KeptAnswer.objects().first()
    assert kept is not None

    await idempotency.forget_old(kept.created_at + timedelta(hours=23))
    before = await KeptAnswer.count()
    await idempotency.forget_old(kept.created_at + timedelta(hours=25))

    assert (before, await KeptAnswer.count()) == (1, 0)


async def test_compressed_answer_is_replayed_too(client: httpx.AsyncClient, clock: Clock) -> None:
    headers = await bearer(await secretariat(), now=clock.now) | {"Idempotency-Key": "one"}
    body, packed = {**BODY, "summary": "We listen. " * 100}, {"Accept-Encoding": "br, gzip"}

    first = await client.post("/api/v1/organisations", json=body, headers=headers | packed)
    second = await client.post("/api/v1/organisations", json=body, headers=headers)

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()


async def test_answer_is_kept_before_it_is_given(database: object, clock: Clock) -> None:
    headers = await bearer(await secretariat(), now=clock.now) | {"Idempotency-Key": "one"}
    kept_at_first_byte = []

    async def receive() -> Any:
        return {"type": "http.request", "body": msgspec.json.encode(BODY), "more_body": False}

    async def send(_message: Any) -> None:
        kept_at_first_byte.append(await KeptAnswer.exists().where(KeptAnswer.status == 201))

    await application(clock)(post_scope(headers), receive, send)

    assert kept_at_first_byte[0] is True


async def test_body_that_breaks_off_is_not_taken(database: object, clock: Clock) -> None:
    headers = await bearer(await secretariat(), now=clock.now) | {"Idempotency-Key": "one"}
    whole = [
        {"type": "http.request", "body": msgspec.json.encode(BODY), "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return whole.pop(0)

    async def send(_message: Any) -> None:
        pass

    await application(clock)(post_scope(headers), receive, send)

    assert await Organisation.count() == 0


def post_scope(headers: dict[str, str]) -> Any:
    """A POST to the organisations, as the server hands it over."""
    given = headers | {"Content-Type": "application/json", "Host": "127.0.0.1"}
    return {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/organisations",
        "raw_path": b"/api/v1/organisations",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }


async def test_answer_about_somebody_who_is_erased_is_not_kept_until_its_day_is_over(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await make_edition()
    headers = await bearer(await secretariat(), now=clock.now)
    url = "/api/v1/summits/2026/invitations"
    guests = [
        {"name": f"{name} Guest", "email": f"{name.lower()}@guest.example", "attendance": "online"}
        for name in ("Ines", "Otto")
    ]
    made = [
        await client.post(url, json=guest, headers=headers | {"Idempotency-Key": guest["name"]})
        for guest in guests
    ]
    number = (await Invitation.objects().where(Invitation.email_key == guests[0]["email"]))[0].id
    token = await links.issue("invitation", subject=str(number), now=clock.now)

    await registrations.erase_invitation_at_once(token, now=clock.now)

    again = [
        await client.post(url, json=guest, headers=headers | {"Idempotency-Key": guest["name"]})
        for guest in guests
    ]
    assert [answer.status_code for answer in made] == [201, 201]
    assert [answer.status_code for answer in again] == [410, 201]
    assert again[0].json()["code"] == "erased"
    assert again[1].json() == made[1].json()
    assert "Ines" not in str(await KeptAnswer.select())
