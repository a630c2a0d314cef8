"""Doors by API: made, closed, listed; people let in by the secretariat or by a door's link, once each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx

from summit_service.doors import actions, queries, rules
from tests import factories
from tests.clients import Clock, bearer
from tests.factories_registrations import make_edition, register, registration_of

SUMMIT = "/api/v1/summits/2026"
HALL = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)


def told(*scans: Any) -> dict[str, Any]:
    return {"sent_at": "2026-09-14T08:00:00Z", "scans": list(scans)}


async def test_door_lets_each_in_once_by_the_secretariat_and_by_its_link(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await make_edition(in_person=1)
    await register("Anna Berg", now=clock.now)
    await register("Ben Young", now=clock.now)
    anna, ben = await registration_of("Anna Berg"), await registration_of("Ben Young")
    secretary = await factories.secretariat()
    member = await factories.representative_of(await factories.make_organisation())
    clock.now = HALL
    desk, other = await bearer(secretary, now=HALL), await bearer(member, now=HALL)
    scans: list[dict[str, Any]] = [
        {"id": "aaaaaaaa", "at": "2026-09-14T07:30:00Z", "ticket": queries.ticket_of(anna)},
        {"id": "bbbbbbbb", "at": "2026-09-14T07:31:00Z", "number": ben.id},
        {"id": "cccccccc", "at": "2026-09-14T07:32:00Z", "ticket": "SUMMIT-1-FORGED"},
    ]

    refused = [
        await client.post(f"{SUMMIT}/doors", json={"name": "Main"}, headers=headers)
        for headers in ({}, other)
    ]
    made = (await client.post(f"{SUMMIT}/doors", json={"name": "Main"}, headers=desk)).json()
    door = f"{SUMMIT}/doors/{made['id']}"
    listed = (await client.get(f"{door}/list", headers=desk)).json()
    first, again = [
        (await client.post(f"{door}/arrivals", json=told(*scans), headers=desk)).json()["items"]
        for _ in range(2)
    ]
    link = f"/api/v1/doors/{await actions.open_door(2026, made['id'], actor=secretary, now=HALL)}"
    by_link = await client.post(f"{link}/arrivals", json=told(scans[0] | {"id": "dddddddd"}))
    same_list = (await client.get(f"{link}/list")).json()
    arrivals = (await client.get(f"{SUMMIT}/arrivals", headers=desk)).json()["items"]
    undone = await client.post(f"{link}/arrivals", json=told(scans[0] | {"id": "eeeeeeee", "undo": True}))
    closed = await client.post(f"{door}/closure", headers=desk)
    late = [
        await client.post(f"{door}/arrivals", json=told(scans[0]), headers=desk),
        await client.post(f"{link}/arrivals", json=told(scans[0])),
        await client.get(f"{link}/list"),
    ]

    assert [answer.status_code for answer in refused] == [401, 403]
    assert made == {"id": made["id"], "name": "Main", "is_open": True, "expires_at": "2026-09-15T23:00:00Z"}
    assert [(one["name"], one["state"], one["ticket"]) for one in listed["people"]] == [
        ("Anna Berg", "confirmed", rules.digest(queries.ticket_of(anna))),
        ("Ben Young", "waitlisted", rules.digest(queries.ticket_of(ben))),
    ]
    assert [(one["id"][0], one["kind"], one["number"]) for one in first] == [
        ("a", "welcome", anna.id),
        ("b", "waiting", ben.id),
        ("c", "unknown", None),
    ]
    assert again == first
    assert by_link.json()["items"][0]["kind"] == "already"
    assert [one["at"] for one in same_list["people"]] == ["2026-09-14T07:30:00Z", None]
    assert [(one["name"], one["door"], one["seen_again"]) for one in arrivals] == [("Anna Berg", "Main", 1)]
    assert undone.json()["items"][0]["kind"] == "undone"
    assert (await client.get(f"{SUMMIT}/arrivals", headers=desk)).json()["items"] == []
    assert closed.json()["is_open"] is False
    assert [answer.status_code for answer in late] == [409, 404, 404]


async def test_bad_line_of_a_queue_is_told_and_the_others_are_taken(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await make_edition(in_person=1)
    await register("Anna Berg", now=clock.now)
    anna = await registration_of("Anna Berg")
    clock.now = HALL
    secretary = await factories.secretariat()
    door, token = await actions.make_door(2026, "Main", actor=secretary, now=HALL)
    good = {"id": "aaaaaaaa", "at": "2026-02-31T08:00:00Z", "number": anna.id}
    queue = [{"id": "bbbbbbbb", "at": good["at"], "number": "twelve"}, 5, good]

    by_desk = await client.post(
        f"{SUMMIT}/doors/{door.id}/arrivals", json=told(*queue), headers=await bearer(secretary, now=HALL)
    )
    by_link = await client.post(f"/api/v1/doors/{token}/arrivals", json=told(*queue))
    too_many = await client.post(f"/api/v1/doors/{token}/arrivals", json=told(*[good] * 201))

    assert by_desk.json() == by_link.json()
    items = by_desk.json()["items"]
    assert [(one["id"], one["kind"]) for one in items] == [
        ("bbbbbbbb", "refused"), ("", "refused"), ("aaaaaaaa", "welcome"),
    ]  # fmt: skip
    assert [bool(one["reason"]) for one in items] == [True, True, False]
    assert too_many.status_code == 422
    assert too_many.json()["errors"] == [{"pointer": "/scans", "detail": "Send at most 200 at once."}]
