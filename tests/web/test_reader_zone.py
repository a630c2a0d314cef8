"""The reader's own zone: chosen by a form, kept in a cookie, shown beside the event's on every page."""

from __future__ import annotations

import httpx
import pytest

from summit_service.accounts.tables import Person
from tests.clients import Clock, sign_in
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event

TOKYO, NEW_YORK = "17:00–18:30 Tokyo", "04:00–05:30 New York"


async def page(client: httpx.AsyncClient, path: str = "/events") -> str:
    return (await client.get(path)).text.replace("&ndash;", "–")


async def test_chosen_zone_stands_beside_the_event_s_on_every_page(client: httpx.AsyncClient) -> None:
    event = await make_event(await make_organisation())

    answer = await client.post("/zones", data={"zone": "Asia/Tokyo", "next": f"/events/{event.slug}"})
    texts = [await page(client, path) for path in ("/events", f"/events/{event.slug}", "/")]

    cookie = answer.headers["set-cookie"]
    assert (answer.status_code, answer.headers["location"]) == (303, f"/events/{event.slug}")
    assert "Max-Age=31536000" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert all("09:00–10:30 London" in text and TOKYO in text for text in texts)
    assert "data-local" not in texts[0]


async def test_typed_zone_counts_and_what_is_none_is_told(client: httpx.AsyncClient) -> None:
    wrong = await client.post("/zones", data={"typed": "Tokio", "zone": "", "next": "/events"})
    right = await client.post("/zones", data={"typed": "Asia/Tokyo", "zone": "Europe/Paris"})

    assert wrong.status_code == 422
    assert 'value="Tokio"' in wrong.text
    assert "set-cookie" not in wrong.headers
    assert "Asia/Tokyo" in right.headers["set-cookie"]


async def test_choice_is_forgotten_by_its_button(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation())
    await client.post("/zones", data={"zone": "Asia/Tokyo"})
    before = await page(client)

    await client.post("/zones", data={"zone": "Asia/Tokyo", "forget": "yes"})

    assert TOKYO in before
    assert TOKYO not in await page(client)


async def test_zone_of_who_is_signed_in_holds_until_another_is_chosen(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    organisation = await make_organisation()
    await make_event(organisation)
    actor = await representative_of(organisation)
    await Person.update({Person.timezone: "America/New_York"}).where(Person.id == actor.person_id)
    csrf = await sign_in(client, actor, now=clock.now)

    own = await page(client)
    await client.post("/zones", data={"zone": "Asia/Tokyo", "csrf": csrf})
    chosen = await page(client)
    named = await page(client, "/events?zone=America/New_York")

    assert NEW_YORK in own
    assert TOKYO in chosen
    assert NEW_YORK in named


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/\\evil.example", "events", "/a\r\nb: c"]
)
async def test_choice_leads_to_no_other_site(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.post("/zones", data={"zone": "Asia/Tokyo", "next": path})

    assert answer.headers["location"] == "/events"


async def test_damaged_cookie_is_no_zone(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation())

    answer = await client.get("/events", headers={"Cookie": "summit_zone=<script>"})

    assert answer.status_code == 200
    assert "&lt;script" not in answer.text
    assert "09:00" in answer.text


async def test_pages_that_differ_by_reader_are_kept_by_no_cache(client: httpx.AsyncClient) -> None:
    answers = [await client.get(path) for path in ("/events", "/zones")]

    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert all("set-cookie" not in answer.headers for answer in answers)


async def test_page_of_zones_has_all_of_them_by_region(client: httpx.AsyncClient) -> None:
    text = await page(client, "/zones")

    assert '<optgroup label="Asia">' in text
    assert "<option>Asia/Tokyo</option>" in text
    assert len(text.encode()) < 40_000
