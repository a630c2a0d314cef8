"""Hand-overs in the API: named, looked at, confirmed and refused, by who may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx

from summit_service.accounts.actor import Actor
from summit_service.members import queries
from tests import factories
from tests.clients import Clock, bearer

BASE = "/api/v1/organisations/place/handovers"
SUE: dict[str, Any] = {"name": "Sue Next", "email": "sue@place.example"}


async def _place() -> tuple[Actor, Actor, Actor]:
    """Its main contact, another representative, and somebody of elsewhere."""
    place = await factories.make_organisation("Place", slug="place", contact_email="carl@place.example")
    carl = await factories.representative_of(place, name="Carl Contact", email="carl@place.example")
    lea = await factories.representative_of(place, name="Lea Leaver", email="lea@place.example")
    other = await factories.representative_of(await factories.make_organisation("Other"))
    return carl, lea, other


async def _asking(actor: Actor, clock: Clock) -> dict[str, str]:
    return await bearer(replace(actor, via="api"), now=clock.now)


async def test_representative_names_a_successor_and_the_contact_confirms(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    carl, lea, other = await _place()
    as_lea, as_carl, as_other = [await _asking(one, clock) for one in (lea, carl, other)]

    stranger = await client.post(BASE, json=SUE)
    wrong = await client.post(BASE, json=SUE, headers=as_other)
    faulty = await client.post(BASE, json={"name": "", "email": "x"}, headers=as_lea)
    named = await client.post(BASE, json=SUE, headers=as_lea)
    twice = await client.post(BASE, json=SUE, headers=as_lea)
    address = named.headers["location"]
    own = await client.post(f"{address}/confirmation", headers=as_lea)
    listed = (await client.get(BASE, headers=as_carl)).json()["items"]
    confirmed = await client.post(f"{address}/confirmation", headers=as_carl)
    late = await client.post(f"{address}/refusal", headers=as_carl)

    assert [one.status_code for one in (stranger, wrong, faulty, named, twice, own)] == [
        401, 403, 422, 201, 409, 403,
    ]  # fmt: skip
    assert {fault["pointer"] for fault in faulty.json()["errors"]} == {"/name", "/email"}
    assert named.json() == {
        "id": 1,
        "leaver": lea.person_id,
        "leaver_name": "Lea Leaver",
        "successor_name": "Sue Next",
        "successor_email": "sue@place.example",
        "outcome": "",
        "created_at": "2026-03-02T09:00:00Z",
        "decided_at": None,
        "can_confirm": False,
    }
    assert listed == [named.json() | {"can_confirm": True}]
    assert (confirmed.status_code, confirmed.json()["outcome"], late.status_code) == (201, "confirmed", 409)
    assert (await client.get(BASE, headers=as_lea)).status_code == 401, "the token is dead"
    names = {one.name for one in await queries.people_of(1)}
    assert names == {"Carl Contact", "Sue Next"}


async def test_secretariat_says_who_leaves_and_it_is_done_at_once(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    _, lea, _ = await _place()
    asking = await _asking(await factories.secretariat(), clock)

    unsaid = await client.post(BASE, json=SUE, headers=asking)
    done = await client.post(BASE, json=SUE | {"leaver": lea.person_id}, headers=asking)

    assert unsaid.status_code == 422
    assert unsaid.json()["errors"][0]["pointer"] == "/leaver"
    assert (done.status_code, done.json()["outcome"]) == (201, "confirmed")


async def test_refused_changes_nothing_and_each_sees_what_is_theirs(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    carl, lea, other = await _place()
    as_lea, as_carl, as_other = [await _asking(one, clock) for one in (lea, carl, other)]
    await client.post(BASE, json=SUE, headers=as_lea)
    await client.post(BASE, json=SUE | {"email": "sid@place.example"}, headers=as_carl)

    refused = await client.post(f"{BASE}/1/refusal", headers=as_carl)
    own = await client.post(f"{BASE}/2/refusal", headers=as_carl)
    seen = {
        name: [
            (one["id"], one["can_confirm"])
            for one in (await client.get(BASE, headers=headers)).json()["items"]
        ]
        for name, headers in (("carl", as_carl), ("lea", as_lea))
    }

    assert (refused.json()["outcome"], own.status_code) == ("refused", 403)
    assert seen == {"carl": [(2, False), (1, False)], "lea": [(1, False)]}
    assert (await client.get(BASE, headers=as_other)).status_code == 403
    assert (await client.get(f"{BASE}/1", headers=as_other)).status_code == 403
    assert (await client.get(f"{BASE}/2", headers=as_carl)).json()["can_confirm"] is False
    assert (await client.get("/api/v1/organisations/none/handovers", headers=as_carl)).status_code == 404
    assert len(await queries.people_of(1)) == 2
