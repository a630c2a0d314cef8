"""Registering by the API: the answers, the refusals, and what no answer ever holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from summit_service.registrations import actions
from summit_service.registrations.answers import Asked
from summit_service.registrations.tables import Registration
from tests import factories
from tests.clients import Clock
from tests.factories_registrations import CLOSES, make_edition

URL = "/api/v1/summits/2026/registrations"
ANNA = {"name": "Anna Berg", "email": "anna@delegates.example", "attendance": "in_person"}


async def test_register_answers_the_state_and_the_turn(client: httpx.AsyncClient) -> None:
    await make_edition(in_person=1)

    first = await client.post(URL, json=ANNA)
    second = await client.post(URL, json=ANNA | {"email": "ben@delegates.example"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == {"state": "confirmed", "attendance": "in_person"}
    assert second.json() == {"state": "waitlisted", "attendance": "in_person", "position": 1}


async def test_register_with_answers_to_questions(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    asked = [Asked(key="guests", label="How many guests?", kind="number", is_required=True)]
    await actions.set_questions(2026, asked, actor=await factories.secretariat(), now=now)

    without = await client.post(URL, json=ANNA)
    with_answer = await client.post(URL, json=ANNA | {"answers": {"guests": 2}})

    assert without.json()["errors"] == [
        {"pointer": "/answers/guests", "detail": "“How many guests?” needs an answer."}
    ]
    assert with_answer.status_code == 201


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"name": "x" * 10_000}, 422, "/name"),
        ({"name": "a\u0000b"}, 422, "/name"),
        ({"email": "nobody"}, 422, "/email"),
        ({"attendance": "maybe"}, 422, "/attendance"),
        ({"timezone": "Mars/Base"}, 422, "/timezone"),
        ({"answers": {"shirt": "L"}}, 422, "/answers/shirt"),
        ({"name": 5}, 400, "/name"),
        ({"answers": []}, 400, "/answers"),
    ],
)
async def test_register_refuses_bad_input(
    client: httpx.AsyncClient, change: dict[str, Any], status: int, pointer: str
) -> None:
    await make_edition()

    answer = await client.post(URL, json=ANNA | change)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert await Registration.count() == 0


async def test_register_without_a_body_is_refused(client: httpx.AsyncClient) -> None:
    await make_edition()

    answers = [await client.post(URL, content=body) for body in (b"", b"{", b"[]", b"null", b'{"name": "A"}')]

    assert [answer.status_code for answer in answers] == [400] * 5
    assert await Registration.count() == 0


async def test_register_outside_its_time_is_refused(client: httpx.AsyncClient, clock: Clock) -> None:
    await make_edition()
    clock.now = CLOSES

    closed = await client.post(URL, json=ANNA)
    unknown = await client.post(URL.replace("2026", "2030"), json=ANNA)

    assert (closed.status_code, closed.json()["code"]) == (410, "registration_closed")
    assert unknown.status_code == 404
    assert await Registration.count() == 0


async def test_register_again_tells_a_stranger_nothing(client: httpx.AsyncClient) -> None:
    await make_edition(in_person=1)
    await client.post(URL, json=ANNA)

    known = await client.post(URL, json=ANNA | {"name": "A Stranger"})
    unknown = await client.post(URL, json=ANNA | {"name": "A Stranger", "email": "ben@delegates.example"})

    assert known.status_code == unknown.status_code == 201
    assert known.content == unknown.content
    assert await Registration.count() == 2
