"""The desk's pages about questions, and how they look on the form."""

from __future__ import annotations

from datetime import datetime

import httpx

from tests import factories
from tests.clients import sign_in
from tests.factories_registrations import make_edition

URL = "/desk/summits/2026/questions"
ANNA = {"name": "Anna Berg", "email": "anna@hospital.example", "attendance": "in_person"}


async def test_questions_are_made_at_the_desk_and_asked_on_the_form(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition(in_person=9)
    csrf = {"csrf": await sign_in(client, await factories.secretariat(), now=now)}
    dinner = {"label": "Dinner?", "kind": "choice", "choices": "Yes | 1\nNo", "is_required": "yes"}
    menu = {"label": "Menu?", "kind": "text", "condition_key": "dinner", "condition_value": "Yes"}

    refused = await client.post(f"{URL}/new", data=csrf | dinner | {"choices": "Yes | many\nNo"})
    saved = [await client.post(f"{URL}/new", data=csrf | one) for one in (dinner, menu)]
    up = await client.post(f"{URL}/menu/position", data=csrf | {"step": "up"})
    listed = await client.get(URL)
    form = await client.get("/summits/2026/register")
    await client.post("/summits/2026/register", data=ANNA | {"answers/dinner": "Yes", "answers/menu": "Soup"})
    full = await client.get("/summits/2026/register")

    assert refused.status_code == 422
    assert "Yes | many" in refused.text
    assert [answer.status_code for answer in saved] == [303, 303]
    assert up.status_code == 409
    assert "Only if you answered “Yes” to “Dinner?”" in listed.text
    assert "Yes (1 left)" in form.text
    assert "Only if you answered “Yes” to “Dinner?”." in form.text
    assert "Yes (full)" in full.text
    assert (await client.post(f"{URL}/dinner/retirement", data=csrf)).status_code == 409
    assert (await client.post(f"{URL}/menu/retirement", data=csrf)).status_code == 303
    assert (await client.get(f"{URL}/menu")).status_code == 404


async def test_terms_come_back_as_they_were_typed(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    csrf = {"csrf": await sign_in(client, await factories.secretariat(), now=now)}
    path = "/desk/summits/2026/registration-terms"

    wrong = await client.post(path, data=csrf | {"changes_until": "soon", "organisation_limit": "5"})
    saved = await client.post(path, data=csrf | {"changes_until": "2026-08-20", "organisation_limit": ""})

    assert wrong.status_code == 422
    assert 'value="soon"' in wrong.text
    assert saved.status_code == 303
    assert 'value="2026-08-20"' in (await client.get(URL)).text
