"""The JSON face of followed calendars: given, looked at, answered, changed, ended; the address is in no answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from summit_service import settings, visitor
from summit_service.events.tables import Event
from summit_service.following import keeping
from tests.actions.test_event_uploads import file, single
from tests.calendar_server import answer, serving
from tests.clients import Clock, bearer
from tests.factories import make_organisation, representative_of, secretariat

LIST = "/api/v1/organisations/centre/calendars"
CALENDAR = {"address": "webcal://calendar.example/secret-path.ics"}


def ticks(board: dict[str, Any], *keys: str) -> list[dict[str, str]]:
    return [
        {"key": one["key"], "fingerprint": one["fingerprint"]} for one in board["asked"] if one["key"] in keys
    ]


async def test_calendar_is_given_looked_at_answered_and_ended(
    client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_FETCH_LOCAL", "yes")
    settings.current.cache_clear()
    mine = await bearer(await representative_of(await make_organisation(slug="centre")), now=clock.now)
    first, second = "1@elsewhere.example", "2@elsewhere.example"

    async with serving() as server:
        server.answers["/secret-path.ics"] = answer(file(single(1), single(2)))
        given = await client.post(LIST, json={"address": server.url("/secret-path.ics")}, headers=mine)
        one = given.headers["Location"]
        empty = (await client.get(one, headers=mine)).json()
        await keeping.fetch_due(clock.now)
        shown = (await client.get(one, headers=mine)).json()
        twice = {"take": ticks(shown, first), "leave": ticks(shown, first, second)}
        refused = await client.post(f"{one}/decisions", json=twice, headers=mine)
        old = [{"key": second, "fingerprint": "another"}]
        taken = (
            await client.post(
                f"{one}/decisions",
                json={"take": ticks(shown, first), "leave": old, "keep": ["x"]},
                headers=mine,
            )
        ).json()
        left = (
            await client.post(f"{one}/decisions", json={"leave": ticks(shown, second)}, headers=mine)
        ).json()
        soon = await client.post(f"{one}/fetch", headers=mine)
        changed = (await client.patch(one, json={"takes_new": True}, headers=mine)).json()
        server.answers["/secret-path.ics"] = answer(file(single(2), single(3)))
        clock.advance(minutes=6)
        await keeping.fetch_due(clock.now)
    gone = (await client.get(one, headers=mine)).json()
    cancelled = (await client.post(f"{one}/decisions", json={"cancel": [first]}, headers=mine)).json()
    listed = await client.get(LIST, headers=mine)
    ended = await client.delete(one, headers=mine)

    assert (given.status_code, given.json()["host"]) == (201, "127.0.0.1")
    assert (empty["calendar"]["fetched_at"], empty["asked"]) == (None, [])
    assert [(entry["key"], entry["state"]) for entry in shown["asked"]] == [(first, "new"), (second, "new")]
    assert shown["calendar"]["waiting"] == 2
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/leave/0"]
    assert (taken["added"], taken["overtaken"]) == ([first], [second, "x"])
    assert [entry["key"] for entry in taken["asked"]] == [second]
    assert (left["overtaken"], left["asked"], left["calendar"]["waiting"]) == ([], [], 0)
    assert (soon.status_code, soon.json()["next_at"]) == (202, "2026-03-02T09:05:00Z")
    assert changed["takes_new"]
    assert [(entry["key"], entry["slug"]) for entry in gone["vanished"]] == [(first, "event-1")]
    assert cancelled["vanished"] == []
    assert [(entry["page"], entry["failures"]) for entry in listed.json()["items"]] == [
        (f"http://127.0.0.1:8000/organisations/centre/calendars/{shown['calendar']['id']}", 0)
    ]
    rows = await Event.select(Event.slug, Event.state).order_by(Event.slug)
    assert [(row["slug"], row["state"]) for row in rows] == [
        ("event-1", "cancelled"),
        ("event-3", "published"),
    ]
    assert not any("secret-path" in text for text in (given.text, str(shown), listed.text))
    assert ended.status_code == 204
    assert (await client.get(one, headers=mine)).status_code == 404


async def test_refusals_name_the_field_and_the_secretariat_sees_all(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    mine = await bearer(await representative_of(await make_organisation(slug="centre")), now=clock.now)
    other = await bearer(await representative_of(await make_organisation("Other")), now=clock.now)
    desk = await bearer(await secretariat(), now=clock.now)

    strangers = [(await client.post(LIST, json=CALENDAR, headers=who)).status_code for who in ({}, other)]
    inside = await client.post(LIST, json={"address": "http://10.0.0.1/x.ics"}, headers=mine)
    made = await client.post(LIST, json=CALENDAR, headers=mine)
    again = await client.post(LIST, json=CALENDAR, headers=mine)
    foreign = await client.get(made.headers["Location"].replace("/centre/", "/other/"), headers=other)
    seen = await client.get("/api/v1/followed-calendars", headers=desk)

    assert strangers == [401, 403]
    assert (inside.status_code, inside.json()["errors"][0]["pointer"]) == (422, "/address")
    assert (made.status_code, again.status_code) == (201, 409)
    assert foreign.status_code == 404
    assert [(one["organisation"], one["host"], one["detail"]) for one in seen.json()["items"]] == [
        ("centre", "calendar.example", "")
    ]


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_following_and_importing_share_the_limit_of_the_pages(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    mine = await bearer(await representative_of(await make_organisation(slug="centre")), now=clock.now)
    body = {"organisation": "centre", "calendar": "hello"}
    for _ in range(visitor.LIMITS["calendar_file"].amount - 1):
        visitor.check_rate("calendar_file", "127.0.0.1")

    imported = await client.post("/api/v1/events/import", json=body, headers=mine)
    refused = [
        await client.post(path, json=sent, headers=mine)
        for path, sent in (("/api/v1/events/import", body), (LIST, CALENDAR))
    ]

    assert imported.status_code == 422
    assert [one.status_code for one in refused] == [429, 429]
    assert int(refused[0].headers["Retry-After"]) > 0
