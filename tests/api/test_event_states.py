"""The JSON face of drafts, confirmation and history."""

from __future__ import annotations

import httpx

from tests.api.test_events import WORKSHOP
from tests.clients import Clock, bearer
from tests.factories import make_organisation, representative_of, secretariat

PATH = "/api/v1/events/listening-on-the-ward-round"


async def test_draft_goes_its_way_to_the_public(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation(slug="centre", is_new=True)
    mine = await bearer(await representative_of(organisation, name="Lena Example"), now=clock.now)
    desk = await bearer(await secretariat(), now=clock.now)

    drafted = await client.post("/api/v1/events", json=WORKSHOP | {"draft": True}, headers=mine)
    hidden = (await client.get(PATH)).status_code
    steps = [
        (await client.post(f"{PATH}/publication", headers=mine)),
        (await client.post(f"{PATH}/return", json={"reason": "Which room?"}, headers=desk)),
        (await client.post(f"{PATH}/publication", headers=mine)),
        (await client.post(f"{PATH}/confirmation", headers=desk)),
    ]
    refused = [
        (await client.post(f"{PATH}/confirmation", headers=mine)).status_code,
        (await client.delete(PATH, headers=mine)).status_code,
    ]

    assert (drafted.status_code, drafted.json()["state"], hidden) == (201, "draft", 404)
    assert [one.json()["state"] for one in steps] == ["waiting", "draft", "waiting", "published"]
    assert refused == [403, 409]
    assert (await client.get(PATH)).json()["state"] == "published"


async def test_history_is_for_who_may_change_the_event_and_undoes(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    organisation = await make_organisation(slug="centre")
    mine = await bearer(await representative_of(organisation, name="Lena Example"), now=clock.now)
    stranger = await bearer(await representative_of(await make_organisation("Other")), now=clock.now)
    await client.post("/api/v1/events", json=WORKSHOP, headers=mine)
    await client.patch(PATH, json={"location": "Oxford"}, headers=mine)

    listed = (await client.get(f"{PATH}/changes", headers=mine)).json()["items"]
    refused = [
        (await client.get(f"{PATH}/changes")).status_code,
        (await client.get(f"{PATH}/changes", headers=stranger)).status_code,
        (await client.post(f"{PATH}/changes/999/undo", headers=mine)).status_code,
        (await client.post(f"{PATH}/changes/99999999999/undo", headers=mine)).status_code,
    ]
    undone = await client.post(f"{PATH}/changes/{listed[0]['id']}/undo", headers=mine)

    assert [one["kind"] for one in listed] == ["changed", "posted"]
    assert (listed[0]["who"], listed[0]["before"], listed[0]["after"]) == (
        "Lena Example",
        {"location": "Leicester, UK"},
        {"location": "Oxford"},
    )
    assert refused == [401, 403, 404, 404]
    assert (undone.status_code, undone.json()["location"], undone.json()["sequence"]) == (
        201,
        "Leicester, UK",
        2,
    )
