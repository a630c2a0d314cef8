"""The JSON face of the feed check: one of ours, one elsewhere, and what is refused."""

from __future__ import annotations

import httpx
import pytest

from summit_service import settings
from tests.calendar_server import CALENDAR, answer, serving
from tests.clients import Clock, bearer
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_events import make_event

PATH = "/api/v1/feed-checks"


async def test_feeds_of_ours_and_elsewhere_are_checked(
    client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = await make_organisation(slug="centre")
    await make_event(organisation, now=clock.now)
    member = await bearer(await representative_of(organisation), now=clock.now)
    desk = await bearer(await secretariat(), now=clock.now)

    async def check(address: str, who: dict[str, str] = desk) -> httpx.Response:
        return await client.post(PATH, json={"address": address}, headers=who)

    strangers = [(await check("/calendar.ics", who)).status_code for who in ({}, member)]
    refused = [await check(one) for one in ("https://127.0.0.1/x.ics", "/feeds/abc.ics", "/me", "", "x")]
    ours = (await check("/calendar.ics")).json()
    monkeypatch.setenv("SUMMIT_FETCH_LOCAL", "yes")
    settings.current.cache_clear()
    async with serving() as server:
        server.answers["/x.ics"] = answer(CALENDAR.replace(b"VCALENDAR\r\n", b"VCALENDAR\r\nMETHOD:X\r\n", 1))
        elsewhere = (await check(server.url("/x.ics"))).json()

    assert strangers == [401, 403]
    assert [(one.status_code, one.json()["errors"][0]["pointer"]) for one in refused] == [
        (422, "/address")
    ] * 5
    assert (ours["entries"], [one["kind"] for one in ours["findings"]]) == (1, ["good"])
    assert ours["upcoming"][0].startswith("Listening on the ward round: Monday 20 April 2026, 09:00")
    assert "Google" in [one["app"] for one in ours["soon"]]
    assert elsewhere["entries"] == 1
    assert [one["kind"] for one in elsewhere["findings"] if "METHOD" in one["sentence"]] == ["wrong"]
