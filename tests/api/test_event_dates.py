"""The JSON face of single dates: who may, the bodies, and refusals with pointers."""

from __future__ import annotations

import httpx

from summit_service.events.tables import EventOverride
from tests.clients import Clock, bearer
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event

PATH = "/api/v1/events/listening-on-the-ward-round/occurrences"
MAY = {
    "when": "2026-05-04",
    "status": "CONFIRMED",
    "moved": False,
    "starts_at": "2026-05-04T09:00",
    "ends_at": "2026-05-04T10:30",
    "starts_instant": "2026-05-04T08:00:00Z",
    "ends_instant": "2026-05-04T09:30:00Z",
    "summary": "Listening on the ward round",
    "description": "",
    "location": "",
    "reason": "",
}
MOVED = MAY | {
    "moved": True,
    "starts_at": "2026-05-05T14:00",
    "ends_at": "2026-05-05T15:30",
    "starts_instant": "2026-05-05T13:00:00Z",
    "ends_instant": "2026-05-05T14:30:00Z",
    "location": "Room 2",
    "reason": "A holiday.",
}
MOVE = {"starts_at": "2026-05-05T14:00", "location": "Room 2", "reason": "A holiday."}


async def test_dates_are_moved_cancelled_and_put_back(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation()
    await make_event(organisation, recurrence="FREQ=WEEKLY;COUNT=4")
    stranger = await bearer(await representative_of(await make_organisation("Museum")), now=clock.now)
    mine = await bearer(await representative_of(organisation), now=clock.now)

    refused = [
        (await client.put(f"{PATH}/2026-05-04", json=MOVE)).status_code,
        (await client.put(f"{PATH}/2026-05-04", json=MOVE, headers=stranger)).status_code,
        (await client.put(f"{PATH}/2026-05-05", json=MOVE, headers=mine)).status_code,
        (await client.put(f"{PATH}/2026-05-04", json=MOVE | {"to": 1}, headers=mine)).status_code,
    ]
    moved = await client.put(f"{PATH}/2026-05-04", json=MOVE, headers=mine)
    cancelled = await client.post(f"{PATH}/2026-04-27T09:00/cancellation", headers=mine)
    listed = await client.get(f"{PATH}?from=2026-04-21&to=2026-05-10")
    restored = await client.delete(f"{PATH}/2026-05-04", headers=mine)

    assert refused == [401, 403, 404, 400]
    assert (moved.status_code, moved.json()) == (200, MOVED)
    assert (cancelled.status_code, cancelled.json()["status"]) == (201, "CANCELLED")
    assert [one["when"] for one in listed.json()["items"]] == ["2026-04-27", "2026-05-04"]
    assert listed.json()["items"][1] == MOVED
    assert (restored.status_code, restored.json()) == (200, MAY)
    assert await EventOverride.count() == 1


async def test_move_with_a_fault_points_at_it(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation()
    await make_event(organisation, recurrence="FREQ=WEEKLY;COUNT=4")
    mine = await bearer(await representative_of(organisation), now=clock.now)

    answer = await client.put(f"{PATH}/2026-05-04", json={"starts_at": "2026-05-05"}, headers=mine)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/starts_at"


async def test_list_of_dates_goes_on_where_it_stopped(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation(), recurrence="FREQ=WEEKLY")

    first = (await client.get(f"{PATH}?limit=2")).json()
    second = (await client.get(f"{PATH}?limit=2&from={first['next']}")).json()

    assert [one["when"] for one in first["items"] + second["items"]] == [
        "2026-04-20", "2026-04-27", "2026-05-04", "2026-05-11",
    ]  # fmt: skip
