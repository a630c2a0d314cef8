"""The JSON face of events: who may, the body compared whole, refusals with pointers, and the list."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from summit_service import db
from tests.clients import Clock, bearer
from tests.counting import count_queries
from tests.factories import make_organisation, representative_of
from tests.factories_events import FIRST_THURSDAYS, make_event

WORKSHOP = {
    "organisation": "centre",
    "summary": "Listening on the ward round",
    "description": "A *workshop*.",
    "starts_at": "2026-04-20T09:00",
    "ends_at": "2026-04-20T10:30",
    "timezone": "Europe/London",
    "location": "Leicester, UK",
    "mode": "hybrid",
    "online_url": "https://meet.example/abc",
    "url": "https://www.example.org/workshop",
    "categories": ["Teaching", "research"],
    "language": "en",
}


async def poster(now: Any) -> dict[str, str]:
    organisation = await make_organisation(slug="centre")
    return await bearer(await representative_of(organisation), now=now)


async def test_post_event_without_a_token_is_refused(client: httpx.AsyncClient) -> None:
    await make_organisation(slug="centre")

    answer = await client.post("/api/v1/events", json=WORKSHOP)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_post_event_for_another_organisation_is_refused(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await make_organisation(slug="centre")
    other = await representative_of(await make_organisation("Museum of Care"))

    answer = await client.post("/api/v1/events", json=WORKSHOP, headers=await bearer(other, now=clock.now))

    assert answer.status_code == 403


async def test_post_event_answers_the_event_as_it_is_kept(client: httpx.AsyncClient, clock: Clock) -> None:
    answer = await client.post("/api/v1/events", json=WORKSHOP, headers=await poster(clock.now))

    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/v1/events/listening-on-the-ward-round"
    body = answer.json()
    assert body.pop("uid").endswith("@127.0.0.1")
    assert body == WORKSHOP | {
        "slug": "listening-on-the-ward-round",
        "sequence": 0,
        "status": "CONFIRMED",
        "state": "published",
        "categories": ["research", "teaching"],
        "all_day": False,
        "repeated_hour": "",
        "recurrence": "",
        "excluded": [],
        "hosts": [],
        "visibility": "public",
        "starts_instant": "2026-04-20T08:00:00Z",
        "ends_instant": "2026-04-20T09:30:00Z",
        "created_at": "2026-03-02T09:00:00Z",
        "changed_at": "2026-03-02T09:00:00Z",
        "cancelled_at": None,
        "page": "http://127.0.0.1:8000/events/listening-on-the-ward-round",
        "calendar": "http://127.0.0.1:8000/events/listening-on-the-ward-round.ics",
    }


async def test_post_event_takes_the_name_of_the_organisation(client: httpx.AsyncClient, clock: Clock) -> None:
    headers = await poster(clock.now)

    answer = await client.post(
        "/api/v1/events", json=WORKSHOP | {"organisation": "Centre for Kindness"}, headers=headers
    )

    assert (answer.status_code, answer.json()["organisation"]) == (201, "centre")


async def test_post_event_of_whole_days_needs_no_all_day(client: httpx.AsyncClient, clock: Clock) -> None:
    days = WORKSHOP | {"starts_at": "2026-08-14", "ends_at": "2026-08-16"}

    answer = await client.post("/api/v1/events", json=days, headers=await poster(clock.now))

    assert (answer.status_code, answer.json()["all_day"]) == (201, True)
    assert answer.json()["ends_instant"] == "2026-08-16T23:00:00Z"


@pytest.mark.parametrize(
    ("wrong", "pointer", "words"),
    [
        ({"timezone": "Mars/Phobos"}, "/timezone", "no time zone"),
        ({"starts_at": "2026-03-29T01:30", "ends_at": "2026-03-29T03:00"}, "/starts_at", "does not exist"),
        ({"starts_at": "2026-10-25T01:30", "ends_at": "2026-10-25T03:00"}, "/starts_at", "happens twice"),
        ({"ends_at": "2026-04-20T08:00"}, "/ends_at", "not after the start"),
        ({"starts_at": "soon"}, "/starts_at", "such as 2027-03-04T09:00"),
        ({"summary": "a" * 10_000}, "/summary", "10,000 characters"),
        ({"summary": "Bell \x07"}, "/summary", "control character"),
        ({"summary": ""}, "/summary", "missing"),
        ({"recurrence": "FREQ=DAILY;COUNT=1000000"}, "/recurrence", "at the most"),
        ({"recurrence": "FREQ=SECONDLY"}, "/recurrence", "nothing shorter than a day"),
        ({"recurrence": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "/recurrence", "No day fits"),
        ({"recurrence": "FREQ=WEEKLY;BYDAY=TU"}, "/starts_at", "2026-04-21"),
        (
            {"recurrence": "FREQ=WEEKLY", "excluded": ["2026-04-21"]},
            "/excluded/0",
            "not a date of this series",
        ),
        ({"url": "javascript:alert(1)"}, "/url", "whole address"),
        ({"mode": "telepathy"}, "/mode", "in_person"),
        ({"language": "klingon-please"}, "/language", "such as en"),
        ({"organisation": "nobody"}, "/organisation", "no organisation"),
        ({"categories": "teaching"}, "", ""),
        ({"starts_at": 5}, "", ""),
        ({"colour": "red"}, "", ""),
    ],
)
async def test_post_event_with_a_fault_tells_where_and_stores_nothing(
    client: httpx.AsyncClient, clock: Clock, wrong: dict[str, Any], pointer: str, words: str
) -> None:
    answer = await client.post("/api/v1/events", json=WORKSHOP | wrong, headers=await poster(clock.now))

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    if pointer:
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert (await client.get("/api/v1/events")).json() == {"items": [], "next": None}


async def test_post_event_in_the_second_of_a_repeated_hour(client: httpx.AsyncClient, clock: Clock) -> None:
    times = {"starts_at": "2026-10-25T01:30", "ends_at": "2026-10-25T03:00", "repeated_hour": "second"}

    answer = await client.post("/api/v1/events", json=WORKSHOP | times, headers=await poster(clock.now))

    assert (answer.status_code, answer.json()["starts_instant"]) == (201, "2026-10-25T01:30:00Z")


async def test_patch_event_changes_what_is_named(client: httpx.AsyncClient, clock: Clock) -> None:
    headers = await poster(clock.now)
    before = (await client.post("/api/v1/events", json=WORKSHOP, headers=headers)).json()
    clock.advance(hours=1)

    answer = await client.patch(
        f"/api/v1/events/{before['slug']}", json={"location": "Room 4"}, headers=headers
    )

    assert answer.status_code == 200
    assert answer.json() == before | {
        "location": "Room 4",
        "sequence": 1,
        "changed_at": "2026-03-02T10:00:00Z",
    }
    assert (await client.get(f"/api/v1/events/{before['slug']}")).json() == answer.json()


async def test_patch_event_by_a_stranger_is_refused(client: httpx.AsyncClient, clock: Clock) -> None:
    event = await make_event(await make_organisation())
    other = await representative_of(await make_organisation("Museum of Care"))

    answer = await client.patch(
        f"/api/v1/events/{event.slug}", json={"summary": "Mine"}, headers=await bearer(other, now=clock.now)
    )

    assert answer.status_code == 403


async def test_cancellation_is_answered_with_the_cancelled_event(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    headers = await poster(clock.now)
    before = (await client.post("/api/v1/events", json=WORKSHOP, headers=headers)).json()

    path = f"/api/v1/events/{before['slug']}/cancellation"
    answer = await client.post(path, json={"reason": "The speaker is ill."}, headers=headers)
    again = await client.post(path, headers=headers)

    assert answer.status_code == 201
    assert answer.json() == before | {
        "status": "CANCELLED",
        "state": "cancelled",
        "sequence": 1,
        "cancelled_at": "2026-03-02T09:00:00Z",
    }
    assert again.status_code == 409


async def test_members_only_event_is_shown_to_tokens_alone(client: httpx.AsyncClient, clock: Clock) -> None:
    headers = await poster(clock.now)
    hidden = (
        await client.post("/api/v1/events", json=WORKSHOP | {"visibility": "members"}, headers=headers)
    ).json()

    path = f"/api/v1/events/{hidden['slug']}"
    assert (await client.get(path)).status_code == 404
    assert (await client.get("/api/v1/events")).json()["items"] == []
    assert (await client.get(path, headers=headers)).json() == hidden
    assert (await client.get("/api/v1/events", headers=headers)).json()["items"] == [hidden]


async def test_list_events_by_days_and_category(client: httpx.AsyncClient) -> None:
    organisation = await make_organisation()
    april = await make_event(organisation, summary="April", categories=("teaching",))
    may = await make_event(
        organisation,
        summary="May",
        starts_at="2026-05-31T23:30",
        ends_at="2026-06-01T01:00",
        timezone="Etc/UTC",
    )
    series = await make_event(
        organisation,
        summary="Series",
        starts_at="2026-01-01T12:30",
        ends_at="2026-01-01T13:30",
        recurrence=FIRST_THURSDAYS,
    )

    async def slugs(query: str) -> list[str]:
        answer = await client.get(f"/api/v1/events?{query}")
        assert answer.status_code == 200
        return [item["slug"] for item in answer.json()["items"]]

    assert await slugs("") == [series.slug, april.slug, may.slug]
    assert await slugs("from=2026-04-20&to=2026-04-20") == [april.slug]
    assert await slugs("from=2026-05-31&to=2026-05-31") == [may.slug]
    assert await slugs("from=2026-06-01&to=2026-06-03") == [may.slug]
    assert await slugs("from=2026-06-04&to=2026-06-04") == [series.slug]
    assert await slugs("from=2026-08-01&to=2026-08-31") == []
    assert await slugs("category=Teaching") == [april.slug]
    assert await slugs("category=teach") == []
    assert await slugs("q=%20ApRil%20") == [april.slug]
    assert await slugs("q=april%20series") == []
    assert await slugs(f"country={organisation.country.lower()}&q=series&from=2026-06-01") == [series.slug]


async def test_list_events_pages_by_cursor(client: httpx.AsyncClient) -> None:
    organisation = await make_organisation()
    made = [(await make_event(organisation, summary=f"Event {n}")).slug for n in range(5)]

    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        answer = (await client.get("/api/v1/events", params=query)).json()
        seen += [item["slug"] for item in answer["items"]]
        if answer["next"] is None:
            break
        query["cursor"] = answer["next"]

    assert seen == made


FAR = base64.urlsafe_b64encode(b"0001-01-01T00:00:00+14:00|1").decode()
HUGE = base64.urlsafe_b64encode(b"2026-01-01T00:00:00+00:00|99999999999").decode()
WRONG = (
    "from=yesterday", "to=2026-13-01", "cursor=abc", "cursor=%00", "limit=0", f"cursor={FAR}", f"cursor={HUGE}",
    "from=0001-01-01T00:00:00%2B14:00", "from=9998-12-31T00:00:00Z", "to=9999-12-31T23:59:59-14:00",
)  # fmt: skip


@pytest.mark.parametrize("query", WRONG)
async def test_list_events_with_a_wrong_question_is_told(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/api/v1/events?{query}")

    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", ["/events/a%00b", "/events?organisation=%00", "/organisations/a%00b"])
async def test_a_null_character_in_an_address_finds_nothing(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/api/v1{path}")

    assert answer.status_code in {200, 404, 422}


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000, b'{"summary": "Caf\xe9"}'])
async def test_post_event_whose_body_cannot_be_read_is_refused(
    client: httpx.AsyncClient, clock: Clock, body: bytes
) -> None:
    headers = {**await poster(clock.now), "Content-Type": "application/json"}

    answer = await client.post("/api/v1/events", content=body, headers=headers)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_post_event_in_a_language_whose_code_is_too_long_is_refused(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    values = WORKSHOP | {"language": "ca-ES-valencia"}

    answer = await client.post("/api/v1/events", json=values, headers=await poster(clock.now))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/language"


async def test_list_events_asks_the_database_as_often_for_3_as_for_1(
    client: httpx.AsyncClient, database: db.Engine
) -> None:
    organisation = await make_organisation()
    await make_event(organisation, summary="One")
    with count_queries() as for_one:
        await client.get("/api/v1/events")
    for title in ("Two", "Three"):
        await make_event(await make_organisation(f"Host of {title}"), summary=title)

    with count_queries() as for_three:
        await client.get("/api/v1/events")

    assert for_three.number == for_one.number > 0
