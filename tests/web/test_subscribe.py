"""The page that helps to subscribe: one address for each app, with the filters of the list."""

from __future__ import annotations

import httpx


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
