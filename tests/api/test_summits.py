"""Summits by JSON: who may, what comes back whole, and where faults are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx

from summit_service.accounts.actor import Actor
from tests.clients import bearer, client, clock, service_settings
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_summits import EDITION, make_edition, many_sessions, programme, real_programme, session

__all__ = ["client", "clock", "service_settings"]
API = "/api/v1/summits"


async def headers(now: datetime, actor: Actor | None = None) -> dict[str, str]:
    return await bearer(actor or await secretariat(via="api"), now=now)


async def test_create_summit_needs_the_secretariat(client: httpx.AsyncClient, now: datetime) -> None:
    representative = await representative_of(await make_organisation(), via="api")

    stranger = await client.post(API, json=EDITION)
    wrong = await client.post(API, json=EDITION, headers=await headers(now, representative))
    right = await client.post(API, json=EDITION, headers=await headers(now))

    assert [answer.status_code for answer in (stranger, wrong, right)] == [401, 403, 201]
    assert right.json() == {
        **EDITION,
        "host": "",
        "in_person_left": 120,
        "online_left": 500,
        "registration": "open",
        "registration_opens_at": None,
        "registration_closes_at": None,
        "url": "http://127.0.0.1:8000/summits/2026",
        "release": None,
        "off_cycle": False,
        "stage": "open",
        "standing": "Registration is open until the end of Tuesday 15 September 2026 in London. "
        "The summit begins on Monday 14 September 2026.",
        "next_stage": "running",
        "next_stage_at": "2026-09-13T23:00:00Z",
        "online_url": "",
        "announced_at": "2026-03-02T09:00:00Z",
    }


async def test_create_summit_with_faults_points_at_each(client: httpx.AsyncClient, now: datetime) -> None:
    bad = {
        **EDITION,
        "timezone": "Europe/Atlantis",
        "ends_on": "2026-09-13",
        "in_person_capacity": "many",
        "titel": 1,
    }

    answer = await client.post(API, json=bad, headers=await headers(now))

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {one["pointer"]: one["detail"] for one in answer.json()["errors"]} == {
        "/titel": "There is no field “titel” here. Did you mean “title”?",
        "/timezone": "There is no time zone “Europe/Atlantis”. Did you mean Europe/Athens?",
        "/in_person_capacity": "The places in person has to be a whole number.",
        "/ends_on": "The last day is before the first.",
    }


async def test_create_summit_with_a_body_that_is_no_object(client: httpx.AsyncClient, now: datetime) -> None:
    authorised = await headers(now)

    listed = await client.post(API, json=[1], headers=authorised)
    broken = await client.post(
        API, content=b'{"year": ', headers={**authorised, "Content-Type": "application/json"}
    )

    assert (listed.status_code, broken.status_code) == (422, 400)
    assert listed.json()["detail"] == "An edition has to be a JSON object."


async def test_the_whole_story_by_json(client: httpx.AsyncClient, now: datetime) -> None:
    authorised = await headers(now)
    await client.post(API, json=EDITION, headers=authorised)

    put = await client.put(f"{API}/2026/programme", json=real_programme(), headers=authorised)
    hidden = await client.get(f"{API}/2026/programme")
    released = await client.post(f"{API}/2026/releases", json={"note": "First"}, headers=authorised)
    shown = await client.get(f"{API}/2026/programme")

    assert [answer.status_code for answer in (put, hidden, released, shown)] == [200, 404, 201, 200]
    assert [one["title"] for one in put.json()["sessions"]] == [
        one["title"] for one in real_programme()["sessions"]
    ]
    assert hidden.json()["detail"] == "The programme of 2026 has not been released yet."
    body = released.json()
    assert {name: body[name] for name in ("number", "note", "released_at", "url", "changes")} == {
        "number": 1,
        "note": "First",
        "released_at": "2026-03-02T09:00:00Z",
        "url": "http://127.0.0.1:8000/summits/2026/programme?release=1",
        "changes": [],
    }
    assert [one["kind"] for one in body["warnings"]] == ["no_chair"] * 3
    assert shown.json()["sessions"][1] == {
        **put.json()["sessions"][1],
        "sequence": 0,
        "status": "CONFIRMED",
        "changed_at": "2026-03-02T09:00:00Z",
    }


async def test_what_was_read_can_be_put_back(client: httpx.AsyncClient, now: datetime) -> None:
    authorised = await headers(now)
    await make_edition()
    await client.put(f"{API}/2026/programme", json=real_programme(), headers=authorised)
    await client.post(f"{API}/2026/releases", json={}, headers=authorised)
    shown = (await client.get(f"{API}/2026/programme")).json()

    again = await client.put(
        f"{API}/2026/programme",
        json={name: shown[name] for name in ("rooms", "tracks", "speakers", "sessions")},
        headers=authorised,
    )

    assert again.status_code == 200
    assert [one["uid"] for one in again.json()["sessions"]] == [one["uid"] for one in shown["sessions"]]


async def test_put_programme_with_an_unknown_room(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    bad = programme(session(), session("Two", room="Attic", kind="lecture"))

    answer = await client.put(f"{API}/2026/programme", json=bad, headers=await headers(now))

    assert answer.status_code == 422
    assert answer.json()["errors"][1] == {
        "pointer": "/sessions/1/room",
        "detail": "There is no room “Attic” in this programme.",
    }


async def test_unannounced_summit_is_unknown_to_the_public(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(is_announced=False)

    stranger = await client.get(f"{API}/2026")
    known = await client.get(f"{API}/2026", headers=await headers(now))

    assert (stranger.status_code, known.status_code) == (404, 200)


async def test_draft_is_for_the_secretariat(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()

    stranger = await client.get(f"{API}/2026/programme/draft")
    right = await client.get(f"{API}/2026/programme/draft", headers=await headers(now))

    assert (stranger.status_code, right.status_code) == (401, 200)
    assert len(right.json()["seen"]) == 16
    assert {name: value for name, value in right.json().items() if name != "seen"} == {
        "year": 2026, "timezone": "Europe/London",
        "rooms": [], "tracks": [], "speakers": [], "sessions": [], "warnings": [],
    }  # fmt: skip


async def test_change_summit_keeps_what_is_not_given(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(in_person_taken=30)
    authorised = await headers(now)

    answer = await client.patch(f"{API}/2026", json={"venue": "Leicester"}, headers=authorised)
    lowered = await client.patch(f"{API}/2026", json={"in_person_capacity": 29}, headers=authorised)

    assert (answer.status_code, answer.json()["venue"], answer.json()["in_person_left"]) == (
        200,
        "Leicester",
        90,
    )
    assert lowered.json()["errors"] == [
        {
            "pointer": "/in_person_capacity",
            "detail": "30 places in person are taken or offered; the limit cannot be lower than that.",
        }
    ]


async def test_unknown_years_and_releases(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    addresses = [
        "2027",
        "99999999999999999999",
        "2026/programme?release=1",
        f"2026/programme?release={10**30}",
    ]

    answers: list[Any] = [await client.get(f"{API}/{address}") for address in addresses]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert many_sessions(1)[0]["title"] == "Session 0"


async def test_next_summit_is_proposed_and_made(client: httpx.AsyncClient, now: datetime) -> None:
    authorised = await headers(now)
    await client.post(API, json={**EDITION, **programme()}, headers=authorised)

    proposed = await client.get(f"{API}/2026/next", headers=authorised)
    wrong = await client.post(f"{API}/2026/next", json={"parts": ["people"]}, headers=authorised)
    made = await client.post(
        f"{API}/2026/next", json={"title": "Our next", "parts": ["rooms"]}, headers=authorised
    )

    assert proposed.json()["values"]["starts_on"] == "2028-09-11"
    assert proposed.json()["rooms"] == ["Great Hall", "Library"]
    assert wrong.json()["errors"][0]["pointer"] == "/parts"
    told = made.json()
    assert (made.status_code, told["year"], told["title"], told["stage"]) == (
        201,
        2028,
        "Our next",
        "planned",
    )
    assert (told["next_stage"], "next_stage_at" in told) == ("announced", True)
    assert (await client.get(f"{API}/2028")).status_code == 404


async def test_put_programme_tells_first_and_goes_onto_no_other_draft_than_was_read(
    client: httpx.AsyncClient, now: datetime
) -> None:
    authorised = await headers(now)
    await make_edition()
    address = f"{API}/2026/programme"
    await client.put(address, json=programme(session("Opening")), headers=authorised)
    seen = (await client.get(f"{address}/draft", headers=authorised)).json()["seen"]
    other = programme(session("Debate", room="Library", starts_at="2026-09-14T09:30"))

    told = await client.put(address, params={"dry_run": True}, json=other, headers=authorised)
    still = (await client.get(f"{address}/draft", headers=authorised)).json()
    done = await client.put(address, json={**other, "seen": seen}, headers=authorised)
    late = await client.put(address, json={**programme(), "seen": seen}, headers=authorised)
    wrong = await client.put(address, json={**programme(), "seen": 3}, headers=authorised)

    assert told.json()["dry_run"] is True
    assert told.json()["seen"] == still["seen"] == seen
    assert [one["title"] for one in still["sessions"]] == ["Opening"]
    effect = told.json()["changed_sessions"]
    assert {kind: [one["session"] for one in found] for kind, found in effect.items()} == {
        "added": ["debate"], "changed": [], "removed": ["opening"],
    }  # fmt: skip
    assert (told.json()["sessions"][0]["uid"], done.json()["dry_run"]) == ("", False)
    assert done.json()["sessions"][0]["uid"]
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert done.json()["seen"] in late.json()["detail"]
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/seen")
