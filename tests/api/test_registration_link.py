"""A delegate's own registration by API, with the link of the mail: seen, changed, moved, cancelled, erased."""

from __future__ import annotations

from datetime import datetime

import httpx

from tests.factories_enquiries import everything_stored
from tests.factories_registrations import link_of, make_edition, register, states


async def url_of(name: str, *, now: datetime) -> str:
    return f"/api/v1/registrations/{await link_of(name, now=now)}"


async def test_registration_is_seen_and_changed_by_its_link(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await register("Anna Berg", now=now, dietary="No nuts")
    url = await url_of("Anna Berg", now=now)

    shown = (await client.get(url)).json()
    faulty = await client.put(f"{url}/details", json={"name": " "})
    changed = (await client.put(f"{url}/details", json=shown["told"] | {"name": "Anna Lund"})).json()
    unknown = await client.get(f"/api/v1/registrations/{'x' * 43}")

    assert shown == {
        "year": 2026,
        "state": "confirmed",
        "attendance": "in_person",
        "awaited": None,
        "told": {
            "name": "Anna Berg",
            "organisation": "Centre for Kindness",
            "dietary": "No nuts",
            "access_needs": "",
            "is_listed": False,
            "timezone": "",
            "answers": {},
        },
    }
    assert (faulty.status_code, faulty.json()["errors"][0]["pointer"]) == (422, "/name")
    assert changed == shown | {"told": shown["told"] | {"name": "Anna Lund"}}
    assert unknown.status_code == 404


async def test_place_moves_from_offer_to_cancellation_by_the_links(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition(in_person=1, online=1)
    for name in ("Anna Berg", "Ben Young"):
        await register(name, now=now)
    anna, ben = await url_of("Anna Berg", now=now), await url_of("Ben Young", now=now)

    waits = (await client.get(ben)).json()
    online = (await client.put(f"{ben}/attendance", json={"attendance": "online"})).json()
    full = await client.put(f"{anna}/attendance", json={"attendance": "online"})
    queued = await client.put(f"{anna}/attendance", json={"attendance": "online", "or_wait": True})
    stopped = await client.post(f"{anna}/waiting/end")
    nothing = await client.post(f"{anna}/acceptance")
    cancelled = [await client.post(f"{anna}/cancellation") for _ in range(2)]
    offered = (await client.get(ben)).json()
    accepted = (await client.post(f"{ben}/acceptance")).json()

    assert waits["awaited"] == {
        "attendance": "in_person",
        "state": "waitlisted",
        "position": 1,
        "offer_expires_at": None,
    }
    assert (online["state"], online["attendance"]) == ("confirmed", "online")
    assert (full.status_code, full.json()["code"]) == (409, "full")
    assert (queued.json()["awaited"]["state"], stopped.json()["awaited"]) == ("waitlisted", None)
    assert nothing.json() == stopped.json()
    assert [answer.json()["state"] for answer in cancelled] == ["cancelled", "cancelled"]
    assert offered["awaited"]["state"] == "offered"
    assert offered["awaited"]["offer_expires_at"] == "2026-03-04T09:00:00Z"
    assert (accepted["state"], accepted["attendance"], accepted["awaited"]) == (
        "confirmed",
        "in_person",
        None,
    )


async def test_offer_is_let_go_and_a_registration_erased_by_the_link(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition(in_person=1)
    for name in ("Anna Berg", "Ben Young", "Cy Dee"):
        await register(name, now=now)
    anna, ben = await url_of("Anna Berg", now=now), await url_of("Ben Young", now=now)

    erased = await client.delete(anna)
    refused = (await client.post(f"{ben}/refusal")).json()

    assert erased.status_code == 204
    assert [(await client.get(anna)).status_code, (await client.delete(anna)).status_code] == [404, 404]
    assert "Anna Berg" not in await everything_stored()
    assert refused["state"] == "cancelled"
    assert (await states())["Cy Dee"] == "offered in_person"
