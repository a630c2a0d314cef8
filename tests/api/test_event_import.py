"""The JSON face of calendar files: stranger, wrong member, right member; dry run and the real thing."""

from __future__ import annotations

import httpx

from summit_service.events.tables import Event
from tests.actions.test_event_uploads import SERIES, file, single
from tests.clients import Clock, bearer
from tests.factories import make_organisation, representative_of

PATH = "/api/v1/events/import"


async def test_calendar_is_tried_and_taken(client: httpx.AsyncClient, clock: Clock) -> None:
    mine = await bearer(await representative_of(await make_organisation(slug="centre")), now=clock.now)
    wrong = await bearer(await representative_of(await make_organisation("Other")), now=clock.now)
    body = {"organisation": "centre", "calendar": file(SERIES, single(1), single(2)).decode()}

    refused = [(await client.post(PATH, json=body, headers=who)).status_code for who in ({}, wrong)]
    tried = await client.post(f"{PATH}?dry_run=true", json=body, headers=mine)
    before = await Event.count()
    some = await client.post(PATH, json=body | {"take": ["1@elsewhere.example"]}, headers=mine)
    rest = await client.post(PATH, json=body, headers=mine)

    assert refused == [401, 403]
    assert (tried.status_code, before) == (200, 0)
    assert tried.json()["items"][0] == {
        "key": "series@elsewhere.example",
        "uid": "series@elsewhere.example",
        "state": "new",
        "summary": "Rounds",
        "slug": None,
        "starts_at": "2027-03-04T09:00",
        "timezone": "Europe/London",
        "recurrence": "FREQ=WEEKLY;COUNT=6",
        "is_over": False,
        "changed_here": False,
        "changes": [],
        "reasons": [],
    }
    assert some.json()["added"] == ["1@elsewhere.example"]
    assert rest.json()["added"] == ["series@elsewhere.example", "2@elsewhere.example"]
    assert [one["state"] for one in rest.json()["items"]] == ["new", "known", "new"]


async def test_change_is_told_in_words_and_taken(client: httpx.AsyncClient, clock: Clock) -> None:
    mine = await bearer(await representative_of(await make_organisation(slug="centre")), now=clock.now)
    body = {"organisation": "centre", "calendar": file(single(1)).decode()}
    await client.post(PATH, json=body, headers=mine)

    changed = await client.post(
        PATH, json=body | {"calendar": file(single(1, "Other")).decode()}, headers=mine
    )

    assert changed.json()["changed"] == ["1@elsewhere.example"]
    assert changed.json()["items"][0]["changes"] == [
        {"field": "Title", "before": "Event 1", "after": "Other"}
    ]
    assert changed.json()["items"][0]["slug"] == "event-1"


async def test_text_that_is_no_calendar_is_refused_with_its_field(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    mine = await bearer(await representative_of(await make_organisation(slug="centre")), now=clock.now)

    answer = await client.post(PATH, json={"organisation": "centre", "calendar": "hello"}, headers=mine)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/calendar"
