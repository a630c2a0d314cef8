"""Sign-up for sessions on its pages and in the API: programme, the delegate's own page, agenda, desk, sheets."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import httpx

from tests.actions.test_session_sign_up import WORKSHOP, set_up
from tests.clients import Clock, bearer, sign_in
from tests.factories import secretariat
from tests.factories_registrations import link_of

DESK = "/desk/summits/2026/sign-ups"


async def test_delegates_sign_up_wait_and_leave_by_their_link(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await set_up(now, seats=1, people="AB")
    first, second = [
        f"/registrations/{await link_of(f'Delegate {letter}', now=now)}/sessions" for letter in "AB"
    ]

    before = (await client.get("/summits/2026/programme")).text
    joined = await client.post(first, data={"join": WORKSHOP})
    shown = (await client.get(first)).text
    waits = await client.post(second, data={"join": WORKSHOP}, follow_redirects=True)
    refused = await client.post(first, data={"join": "other"})
    programme = (await client.get("/summits/2026/programme")).text
    manage = (await client.get(first.removesuffix("/sessions"))).text
    data = (await client.get(first.replace("/sessions", "/data"))).text
    await client.post(first.replace("/sessions", "/agenda"))
    agenda = (await client.get("/summits/2026/agenda")).text
    left = await client.post(first, data={"leave": WORKSHOP}, follow_redirects=True)
    got = (await client.get(second)).text

    assert "Sign-up: 1 of 1 place left" in before
    assert joined.headers["location"] == f"{first}?done=seat"
    assert "You have a seat" in shown
    assert "Leave that first to sign up here." in shown
    assert "You are number 1 on the waiting list" in waits.text
    assert (refused.status_code, "at the same time. Leave that one first." in refused.text) == (409, True)
    assert "Sign-up: 1 place, all taken, 1 waiting" in programme
    assert "Workshop: you have a seat" in manage
    assert "Where you have a seat or wait for one" in data
    assert "You have a seat" in agenda
    assert "You have left the session" in left.text
    assert "You have a seat" in got
    assert (await client.get("/registrations/wrong/sessions")).status_code == 404
    assert (await client.post("/registrations/wrong/sessions", data={"join": "x"})).status_code == 404


async def test_desk_sets_limits_and_sees_and_takes_the_lists(client: httpx.AsyncClient, clock: Clock) -> None:
    await set_up(clock.now, seats=1, people="AB")
    for letter in "AB":
        link = await link_of(f"Delegate {letter}", now=clock.now)
        await client.put(f"/api/v1/registrations/{link}/sessions/{WORKSHOP}")
    csrf = await sign_in(client, await secretariat(), now=clock.now)

    listed = (await client.get(DESK)).text
    faulty = await client.post(DESK, data={"csrf": csrf, "session": "", "places": "x"})
    one = (await client.get(f"{DESK}/{WORKSHOP}")).text
    exported = await client.get(f"{DESK}.csv?session={WORKSHOP}")
    book = await client.get(f"{DESK}.xlsx")
    saved = await client.post(
        f"{DESK}/{WORKSHOP}", data={"csrf": csrf, "places": "200", "attendance": "", "is_open": "no"}
    )
    after = (await client.get(f"{DESK}/{WORKSHOP}")).text

    rows = list(csv.DictReader(io.StringIO(exported.text.removeprefix("\ufeff"))))
    assert "1 place, all taken, 1 waiting" in one.replace("</", " </")
    assert "Sessions with sign-up" in listed
    assert (faulty.status_code, "Choose a session." in faulty.text) == (422, True)
    assert [(row["name"], row["state"], row["position"]) for row in rows] == [
        ("Delegate A", "seat", ""),
        ("Delegate B", "waits", "1"),
    ]
    assert book.content.startswith(b"PK")
    assert saved.headers["location"] == f"{DESK}/{WORKSHOP}?done=saved"
    assert "sign-up is closed" in after
    assert "Great Hall holds 150" in after
    assert "Waits" not in after


async def test_sign_up_that_was_opened_by_mistake_is_removed(client: httpx.AsyncClient, clock: Clock) -> None:
    await set_up(clock.now, people="A")
    link = await link_of("Delegate A", now=clock.now)
    await client.put(f"/api/v1/registrations/{link}/sessions/{WORKSHOP}")
    sam = await secretariat()
    token, csrf = await bearer(sam, now=clock.now), await sign_in(client, sam, now=clock.now)

    empty, taken = [(await client.get(f"{DESK}/{session}")).text for session in ("other", WORKSHOP)]
    refused = await client.post(f"{DESK}/{WORKSHOP}/removal", data={"csrf": csrf})
    by_page = await client.post(f"{DESK}/other/removal", data={"csrf": csrf}, follow_redirects=True)
    by_api = await client.delete("/api/v1/summits/2026/sign-ups/later", headers=token)
    refused_too = await client.delete(f"/api/v1/summits/2026/sign-ups/{WORKSHOP}", headers=token)
    left = (await client.get("/api/v1/summits/2026/sign-ups")).json()["items"]

    assert ("Remove this sign-up" in empty, "Remove this sign-up" in taken) == (True, False)
    assert "The sign-up is removed" in by_page.text
    assert (refused.status_code, by_api.status_code, refused_too.status_code) == (409, 204, 409)
    assert [one["session"] for one in left] == [WORKSHOP]


async def test_api_answers_seat_or_turn_and_what_is_left(client: httpx.AsyncClient, now: datetime) -> None:
    await set_up(now, seats=1, people="AB")
    first, second = [
        f"/api/v1/registrations/{await link_of(f'Delegate {letter}', now=now)}/sessions" for letter in "AB"
    ]

    seat = await client.put(f"{first}/{WORKSHOP}")
    turn = await client.put(f"{second}/{WORKSHOP}")
    everything = (await client.get("/api/v1/summits/2026/sign-ups")).json()["items"]
    left = await client.delete(f"{first}/{WORKSHOP}")
    mine = (await client.get(second)).json()

    assert seat.json() == {"session": WORKSHOP, "state": "confirmed", "position": None}
    assert turn.json() == {"session": WORKSHOP, "state": "waitlisted", "position": 1}
    assert [(one["session"], one["left"], one["waiting"]) for one in everything] == [
        ("workshop", 0, 1),
        ("other", 1, 0),
        ("later", 1, 0),
    ]
    assert left.status_code == 204
    assert mine["items"] == [{"session": WORKSHOP, "state": "confirmed", "position": None}]
    assert (await client.put(f"/api/v1/registrations/wrong/sessions/{WORKSHOP}")).status_code == 404
