"""Contributions by API: anybody proposes, the secretariat reads."""

from __future__ import annotations

from datetime import datetime

import httpx

from tests.clients import bearer, client, clock, service_settings
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_contributions import FORM, make_call
from tests.factories_summits import make_edition

__all__ = ["client", "clock", "service_settings"]
URL = "/api/v1/summits/2026/contributions"
BODY = {"title": FORM.title, "kind": "Talk", "theme": "Practice", "abstract": "Words.", "name": "Anna Berg",
        "email": "anna@people.example"}  # fmt: skip


async def test_contribution_is_proposed_and_listed(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)

    made = await client.post(URL, json=BODY)
    stranger = await client.get(URL)
    member = await client.get(
        URL, headers=await bearer(await representative_of(await make_organisation()), now=now)
    )
    listed = await client.get(URL, headers=await bearer(await secretariat(), now=now))

    assert (made.status_code, made.json()) == (201, {"number": 1, "title": FORM.title})
    assert (stranger.status_code, member.status_code) == (401, 403)
    assert listed.json() == {
        "items": [
            {"number": 1, "title": FORM.title, "kind": "Talk", "theme": "Practice", "state": "", "is_told": False,
             "reviews": 0, "score": None, "session": ""}
        ],
        "next": None,
    }  # fmt: skip


async def test_contribution_with_faults_points_to_them(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)

    faulty = await client.post(URL, json=BODY | {"kind": "Song", "email": "nobody"})
    unknown = await client.post(URL, json=BODY | {"titel": "x"})
    nowhere = await client.post(URL.replace("2026", "2030"), json=BODY)

    assert (faulty.status_code, nowhere.status_code) == (422, 404)
    assert {one["pointer"] for one in faulty.json()["errors"]} == {"/kind", "/email"}
    assert unknown.status_code in {400, 422}
