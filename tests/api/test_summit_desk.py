"""What the secretariat's pages do around a summit, by JSON: the same actions, the same rights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from summit_service.accounts.actor import OPERATOR
from summit_service.doors import actions as doors
from summit_service.doors.scans import Scan
from summit_service.registrations import actions as registrations
from summit_service.summits import queries as summits
from tests import factories, factories_summits
from tests.clients import Clock, bearer, client, clock, service_settings
from tests.factories_registrations import link_of, make_edition, register, registration_of
from tests.factories_summits import programme, release, session
from tests.postbox import Postbox, postbox, text_of

__all__ = ["client", "clock", "postbox", "service_settings"]
API = "/api/v1/summits/2026"
ANA = "ana@hospital.example"


@pytest.fixture
async def desk(client: httpx.AsyncClient, clock: Clock) -> httpx.AsyncClient:
    """A program of the secretariat."""
    client.headers.update(await bearer(await factories.secretariat(via="api"), now=clock.now))
    return client


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """The same SQL as the pages, which run on both."""
    return str(request.param)


async def test_speakers_are_told_and_thanked_by_json(
    desk: httpx.AsyncClient, clock: Clock, postbox: Postbox
) -> None:
    edition = await factories_summits.make_edition()
    await release(programme(session("Listening", id="listening", speakers=["Ana Ruiz"])), now=clock.now)
    missing = (await desk.get(f"{API}/speaker-mails")).json()["without_address"]
    none = (await desk.get(f"{API}/speaker-addresses")).json()
    faulty = {"items": [{"name": "A; B", "email": ANA}], "seen": none["seen"]}
    wrong = await desk.put(f"{API}/speaker-addresses", json=faulty)
    addresses = {"items": [{"name": "Ana Ruiz", "email": ANA}], "seen": none["seen"]}
    unseen = await desk.put(f"{API}/speaker-addresses", json={"items": addresses["items"]})

    put = await desk.put(f"{API}/speaker-addresses", json=addresses)
    kept = await desk.put(f"{API}/speaker-mails/notes", json={"notes": {ANA: "At *eight*."}})
    draft = (await desk.get(f"{API}/speaker-mails")).json()
    stale = await desk.post(f"{API}/speaker-mails/sending", json={"release": 2, "notes": {ANA: ""}})
    sent = await desk.post(f"{API}/speaker-mails/sending", json={"release": 1, "notes": {ANA: "At *nine*."}})
    early = await desk.post(f"{API}/thanks", json={"to": [ANA]})
    clock.now = summits.ends_instant(edition)
    letters = (await desk.get(f"{API}/thanks")).json()["items"]
    thanked = await desk.post(f"{API}/thanks", json={"to": [ANA], "words": "Come again."})

    assert missing == ["Ana Ruiz"]
    assert wrong.json()["errors"][0]["pointer"] == "/items/0/name"
    assert (unseen.status_code, unseen.json()["errors"][0]["pointer"]) == (400, "/seen")
    assert put.json()["items"] == addresses["items"]
    assert put.json() == (await desk.get(f"{API}/speaker-addresses")).json()
    old = await desk.put(f"{API}/speaker-addresses", json={"items": [], "seen": none["seen"]})
    assert (old.status_code, old.json()["code"]) == (409, "changed_meanwhile")
    assert kept.json() == draft
    place = "14 September, 09:00–10:00, Great Hall"
    assert draft == {
        "items": [
            {
                "to": ANA,
                "names": ["Ana Ruiz"],
                "note": "At *eight*.",
                "told_release": 0,
                "news": [{"title": "Listening", "sentence": f"is new for you, as speaker: {place}."}],
            }
        ],
        "release": 1,
        "without_address": [],
        "next": None,
    }
    assert (stale.status_code, sent.json(), early.status_code) == (409, {"sent": 1}, 409)
    assert letters == [
        {
            "to": ANA,
            "name": "Ana Ruiz",
            "names": ["Ana Ruiz"],
            "sessions": [{"title": "Listening", "place": place, "part": "speaker"}],
        }
    ]
    assert thanked.json() == {"sent": 1}
    texts = [text_of(mail) for mail in await postbox.deliver(clock.now)]
    assert ["nine" in texts[0], "Come again." in texts[1], len(texts)] == [True, True, 2]
    assert (await desk.get(f"{API}/thanks")).json()["items"] == []


async def test_session_is_moved_and_moved_back_by_json_and_refusals_say_why(
    desk: httpx.AsyncClient, clock: Clock
) -> None:
    await factories_summits.make_edition()
    given = programme(session("A", id="a"), session("B", id="b", room="Library"))
    await factories_summits.release(given, now=clock.now)
    moves = f"{API}/programme/moves"
    was = {"starts_at": "2026-09-14T09:00", "ends_at": "2026-09-14T10:00", "room": "Great Hall"}
    to = {**was, "room": "Library"}

    moved = await desk.post(moves, json={"session": "a", "to": to, "seen": was})
    twice = await desk.post(moves, json={"session": "a", "to": was, "seen": was})
    nowhere = await desk.post(
        moves, json={"session": "a", "to": {**was, "starts_at": "at nine", "room": "Attic"}, "seen": to}
    )
    unknown = await desk.post(moves, json={"session": "z", "to": to, "seen": was})
    back = await desk.post(moves, json=moved.json()["undo"])

    assert (moved.json()["at"], moved.json()["undo"]) == (to, {"session": "a", "to": was, "seen": to})
    assert next(one["kind"] for one in moved.json()["warnings"]) == "room_twice"
    assert twice.status_code == 409
    assert "it is on 14 September, 09:00–10:00, Library now" in twice.json()["detail"]
    assert nowhere.status_code == 422
    assert {one["pointer"] for one in nowhere.json()["errors"]} == {"/to/starts_at", "/to/room"}
    assert unknown.status_code == 404
    assert back.json()["at"] == was


async def test_badges_certificates_and_letters_by_json(desk: httpx.AsyncClient, clock: Clock) -> None:
    await make_edition(in_person=3)
    for name in ("Anna Berg", "Ben Young"):
        await register(name, now=clock.now)
    anna, ben = [await registration_of(name) for name in ("Anna Berg", "Ben Young")]
    passport = {
        "passport_name": "BERG ANNA", "passport_number": "C01X00T47", "nationality": "NG", "birth_date": "",
        "arrives_on": "2026-09-12", "leaves_on": "2026-09-17",
    }  # fmt: skip
    for name in ("Anna Berg", "Ben Young"):
        await registrations.ask_for_letter(await link_of(name, now=clock.now), passport, now=clock.now)

    fresh = (await desk.get(f"{API}/badges")).json()
    printed = await desk.post(f"{API}/badges")
    again = await desk.post(f"{API}/badges")
    sheets = [
        await desk.get(f"{API}/badges.pdf", params=params)
        for params in ({}, {"print": printed.json()["id"]}, {"number": anna.id}, {"number": 999})
    ]
    waiting = (await desk.get(f"{API}/letters")).json()["items"]
    issued = await desk.post(f"{API}/letters/{waiting[0]['id']}/approval")
    no_reason = await desk.post(f"{API}/letters/{waiting[1]['id']}/refusal", json={"reason": " "})
    refused = await desk.post(f"{API}/letters/{waiting[1]['id']}/refusal", json={"reason": "Unknown."})
    decided = await desk.post(f"{API}/letters/{waiting[1]['id']}/approval")
    door = (await doors.make_door(2026, "Main", actor=OPERATOR, now=clock.now))[1]
    nine = datetime(2026, 9, 14, 8, tzinfo=UTC)
    await doors.record(door, [Scan("a" * 8, nine, number=ben.id)], now=nine)
    clock.now = datetime(2026, 9, 16, 9, tzinfo=UTC)
    before = (await desk.get(f"{API}/certificates")).json()
    mailed = await desk.post(f"{API}/certificates", json={})

    assert (fresh["total"], fresh["fresh"], fresh["prints"]) == (2, 2, [])
    assert (printed.status_code, printed.json()["badges"], again.status_code) == (201, 2, 409)
    assert [answer.status_code for answer in sheets] == [200, 200, 200, 404]
    assert sheets[0].content.startswith(b"%PDF")
    assert waiting[0]["passport"]["number"] == "C01X00T47"
    assert (issued.json()["state"], issued.json()["passport"]) == ("issued", None)
    assert (await desk.get(f"/letters/{issued.json()['number']}")).status_code == 200
    assert no_reason.json()["errors"][0]["pointer"] == "/reason"
    assert (refused.json()["state"], refused.json()["reason"], decided.status_code) == (
        "refused",
        "Unknown.",
        409,
    )
    assert (before, mailed.json()) == ({"told": 0, "untold": 1}, {"sent": 1})
    assert (await desk.get(f"{API}/certificates")).json() == {"told": 1, "untold": 0}


async def test_needs_are_told_to_those_named_alone(desk: httpx.AsyncClient, clock: Clock) -> None:
    await make_edition(in_person=3)
    await register("Anna Berg", now=clock.now, access_needs="A ramp")
    member = await factories.representative_of(await factories.make_organisation(), via="api")
    theirs = await bearer(member, now=clock.now)

    hidden = await desk.get(f"{API}/needs", headers=theirs)
    numbers = (await desk.get(f"{API}/needs")).json()
    unknown = await desk.post(f"{API}/needs/people", json={"email": "nobody@here.example"})
    named = await desk.post(f"{API}/needs/people", json={"email": member.email})
    told = (await desk.get(f"{API}/needs", headers=theirs)).json()
    ended = await desk.delete(f"{API}/needs/people/{named.json()['id']}")

    assert (hidden.status_code, unknown.status_code, named.status_code, ended.status_code) == (
        403,
        422,
        201,
        204,
    )
    assert (numbers["is_named"], numbers["lists"]) == (False, [])
    assert numbers["counts"][0] == {"kind": "access_needs", "in_person": 1, "online": 0}
    assert told["lists"][0]["needs"] == [
        {
            "words": "A ramp",
            "people": [
                {
                    "name": "Anna Berg",
                    "organisation": "Centre for Kindness",
                    "attendance": "in_person",
                    "state": "confirmed",
                }
            ],
        }
    ]
    assert (await desk.get(f"{API}/needs", headers=theirs)).status_code == 403


async def test_groups_invitations_and_questions_by_json(desk: httpx.AsyncClient, clock: Clock) -> None:
    await make_edition(in_person=2)
    organisation = await factories.make_organisation("Centre")
    member = await bearer(await factories.representative_of(organisation, via="api"), now=clock.now)
    group = f"/api/v1/organisations/{organisation.slug}/registrations/2026"
    people = [{"name": "Ana", "email": ANA}, {"name": "", "email": "nowhere"}]
    asked: list[dict[str, Any]] = [
        {"label": "Bus?", "kind": "tick", "key": "bus"},
        {
            "label": "From where?",
            "kind": "choice",
            "key": "from",
            "choices": ["Leicester", "London"],
            "limits": {"London": 40},
            "shown_if": {"key": "bus", "answer": "yes"},
        },
    ]

    faulty = await desk.post(group, json={"attendance": "in_person", "people": people}, headers=member)
    done = await desk.post(group, json={"attendance": "in_person", "people": people[:1]}, headers=member)
    invited = await desk.post(
        f"{API}/invitations", json={"name": "Bo", "email": "bo@guest.example", "attendance": "in_person"}
    )
    full = await desk.post(
        f"{API}/invitations", json={"name": "Cy", "email": "cy@guest.example", "attendance": "in_person"}
    )
    back = await desk.post(f"{API}/invitations/{invited.json()['id']}/withdrawal")
    nobody = await desk.post(f"{API}/invitations/999/withdrawal")
    put = await desk.put(f"{API}/questions", json={"items": asked})
    swapped = await desk.put(f"{API}/questions", json={"items": asked[::-1]})
    terms = {"changes_until": "2026-09-01", "organisation_limit": 5}
    set_terms = await desk.put(f"{API}/terms", json=terms)

    assert [one["pointer"] for one in faulty.json()["errors"]] == ["/people/1"]
    assert done.json() == {"items": [{"name": "Ana", "state": "confirmed", "attendance": "in_person"}]}
    assert (invited.status_code, invited.json()["state"], full.status_code) == (201, "open", 409)
    assert datetime.fromisoformat(invited.json()["expires_at"]) == clock.now + timedelta(days=14)
    assert (back.json()["state"], nobody.status_code) == ("withdrawn", 404)
    states = [one["state"] for one in (await desk.get(f"{API}/invitations")).json()["items"]]
    assert states == ["withdrawn"]
    assert [one["shown_if"] for one in put.json()["items"]] == [None, asked[1]["shown_if"]]
    assert swapped.status_code == 422
    assert (await desk.get(f"{API}/questions", headers={"Authorization": ""})).json() == put.json()
    assert set_terms.json() == terms == (await desk.get(f"{API}/terms")).json()
