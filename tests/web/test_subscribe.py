"""The page that helps to subscribe: one address for each app, with the filters of the list."""

from __future__ import annotations

from datetime import datetime

import httpx

from tests.factories_summits import make_edition, programme, release


async def test_page_has_a_link_for_each_app(client: httpx.AsyncClient) -> None:
    text = (await client.get("/calendar")).text

    assert 'href="webcal://127.0.0.1:8000/calendar.ics"' in text
    assert "calendar.google.com/calendar/r?cid=webcal%3A%2F%2F127.0.0.1%3A8000%2Fcalendar.ics" in text
    assert "outlook.live.com/calendar/0/addfromweb?url=http%3A%2F%2F127.0.0.1%3A8000%2Fcalendar.ics" in text
    assert 'value="http://127.0.0.1:8000/calendar.ics"' in text
    assert "data:image/svg+xml" in text
    assert "usually" in text


async def test_page_keeps_the_filters_of_the_list(client: httpx.AsyncClient) -> None:
    text = (await client.get("/calendar?mode=online&category=Teaching&unknown=1")).text

    assert 'value="http://127.0.0.1:8000/calendar.ics?category=teaching&amp;mode=online"' in text
    assert 'href="/events?category=teaching&amp;mode=online"' in text


async def test_page_with_a_mark_in_a_filter_stays_a_page(client: httpx.AsyncClient) -> None:
    text = (await client.get('/calendar?organisation="><script>alert(1)</script>')).text

    assert "<script>alert" not in text


async def test_page_of_a_programme_has_its_address(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await release(programme(), now=now)

    of_events = (await client.get("/calendar")).text
    of_programme = (await client.get("/calendar?summit=2026")).text

    assert 'href="/calendar?summit=2026"' in of_events
    assert 'href="webcal://127.0.0.1:8000/summits/2026/programme.ics"' in of_programme
    assert "Programme of Summit 2026" in of_programme
    assert 'href="/calendar"' in of_programme


async def test_page_of_a_programme_that_is_not_released_is_not_there(client: httpx.AsyncClient) -> None:
    await make_edition()

    answer = await client.get("/calendar?summit=2026")

    assert answer.status_code == 404
    assert "The programme of 2026 has not been released yet." in answer.text
    assert "/calendar?summit=" not in (await client.get("/calendar")).text
