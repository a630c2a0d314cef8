"""Own data by the API alone: what goes is told, then it is erased, for a person and for an organisation."""

from __future__ import annotations

from datetime import datetime

import httpx

from tests.clients import bearer
from tests.factories import make_organisation, representative_of


async def test_person_and_organisation_read_what_goes_and_erase_it(
    client: httpx.AsyncClient, now: datetime
) -> None:
    place = await make_organisation("The Place", slug="place", contact_email="cora@people.example")
    cora = await bearer(await representative_of(place, email="cora@people.example"), now=now)
    bo = await bearer(await representative_of(place, name="Bo", email="bo@people.example"), now=now)

    told = (await client.get("/api/v1/me/erasure", headers=bo)).json()
    unread = await client.post(
        "/api/v1/me/erasure", headers=bo, json={"seen": "x", "email": "bo@people.example"}
    )
    gone = await client.post(
        "/api/v1/me/erasure", headers=bo, json={"seen": told["seen"], "email": "BO@people.example"}
    )
    dead = await client.get("/api/v1/me/data", headers=bo)
    there = (await client.get("/api/v1/organisations/place/erasure", headers=cora)).json()
    left = await client.post(
        "/api/v1/organisations/place/erasure",
        headers=cora,
        json={"seen": there["seen"], "name": "the place"},
    )
    after = await client.get("/api/v1/me/data", headers=cora)

    assert (unread.status_code, gone.status_code, left.status_code) == (409, 204, 204)
    assert (dead.status_code, after.status_code) == (401, 401)
    assert "the log" in str(told["stays"])
    assert "“place”" in str(there["stays"])
