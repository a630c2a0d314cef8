"""The month of days: a view of the same address, with the same filters, and nothing cut in silence."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from summit_service.accounts.actor import PUBLIC
from summit_service.events import listing, month
from summit_service.events.queries import ALL
from summit_service.web import event_lists
from tests.counting import count_queries
from tests.factories import make_organisation
from tests.factories_events import FIRST_THURSDAYS, make_event


def days(text: str) -> dict[int, str]:
    """What stands in the square of each day."""
    cells = re.findall(r'<td[^>]*><p><b><time datetime="\d{4}-\d\d-(\d\d)">(.*?)</td>', text, re.DOTALL)
    return {int(day): cell for day, cell in cells if "/events/" in cell}


async def test_month_shows_each_day_of_long_events_and_each_date_of_series(client: httpx.AsyncClient) -> None:
    organisation = await make_organisation()
    await make_event(
        organisation, summary="Summer school", starts_at="2026-03-30", ends_at="2026-04-02", all_day=True
    )
    await make_event(
        organisation,
        summary="Every Thursday",
        starts_at="2026-03-05T12:30",
        ends_at="2026-03-05T13:30",
        recurrence="FREQ=WEEKLY",
    )

    text = (await client.get("/events?view=month&month=2026-04")).text

    shown = days(text)
    assert [day for day, cell in shown.items() if "Summer school" in cell] == [1, 2]
    assert [day for day, cell in shown.items() if "Every Thursday" in cell] == [2, 9, 16, 23, 30]
    assert "12:30</time> London" in shown[9]
    assert re.findall(r'<abbr title="(\w+)"', text)[0] == "Monday"
    assert "/events?view=month&amp;month=2026-05" in text
    assert "/events?view=month&amp;month=2026-03" in text


async def test_month_is_that_of_the_reader_s_clock(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation(), starts_at="2026-04-30T20:00", ends_at="2026-04-30T21:00")

    here = days((await client.get("/events?view=month&month=2026-04")).text)
    there = days((await client.get("/events?view=month&month=2026-05&zone=Asia/Tokyo")).text)

    assert list(here) == [30]
    assert list(there) == [1]
    assert "04:00" in there[1]


async def test_month_keeps_the_filters(client: httpx.AsyncClient) -> None:
    organisation = await make_organisation()
    await make_event(organisation, summary="Taught", categories=("teaching",))
    await make_event(organisation, summary="Other")

    text = (await client.get("/events?view=month&month=2026-04&category=teaching&q=taught")).text

    assert "Taught</a>" in text
    assert "Other</a>" not in text
    assert "view=month&amp;category=teaching&amp;q=taught&amp;month=2026-05" in text
    assert "/calendar?category=teaching&amp;q=taught" in text


async def test_month_that_is_cut_says_so(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_lists, "MOST_IN_A_MONTH", 2)
    organisation = await make_organisation()
    for number in range(3):
        await make_event(
            organisation, summary=f"Event {number}", starts_at=f"2026-04-0{number + 1}T09:00", ends_at=""
        )

    text = (await client.get("/events?view=month&month=2026-04")).text

    assert "what begins after Thursday 2 April 2026 is not all here" in text


@pytest.mark.parametrize("given", ["2026-13", "x", "9999-12", "0001-01", ""])
async def test_month_that_is_none_is_that_of_today(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.get(f"/events?view=month&month={given}")

    assert answer.status_code == 200
    assert "<h1>Events in March 2026</h1>" in answer.text


async def test_month_asks_as_often_for_3_events_as_for_1(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation(), summary="One")
    with count_queries() as for_one:
        await client.get("/events?view=month&month=2026-04")
    for title in ("Two", "Three"):
        await make_event(await make_organisation(f"Host of {title}"), summary=title)

    with count_queries() as for_three:
        await client.get("/events?view=month&month=2026-04")

    assert for_three.number == for_one.number > 0


async def test_weeks_have_every_day_of_the_month_once(database: None, now: datetime) -> None:
    await make_event(
        await make_organisation(),
        starts_at="2026-01-01T12:30",
        ends_at="2026-01-01T13:30",
        recurrence=FIRST_THURSDAYS,
    )
    first = date(2026, 11, 1)
    after, before = month.bounds(first)
    found = await listing.dates_between(ALL, viewer=PUBLIC, after=after, before=before, each=True)

    weeks = month.weeks_of(first, found)

    inside = [day for week in weeks for day in week if day.is_inside]
    assert [day.day.day for day in inside] == list(range(1, 31))
    assert all(len(week) == 7 and week[0].day.weekday() == 0 for week in weeks)
    assert [day.day.day for day in inside if day.shown] == [5]


SEARCHES: list[dict[str, Any]] = [
    {"q": "cafe carers"},
    {"q": "CAFÉ"},
    {"q": "50% off"},
    {"q": "listening", "category": "teaching"},
    {"q": "nothing like it"},
]


@pytest.mark.parametrize("query", SEARCHES)
async def test_feed_of_a_search_has_exactly_what_its_page_shows(
    client: httpx.AsyncClient, query: dict[str, str]
) -> None:
    organisation = await make_organisation()
    await make_event(organisation, summary="Café for carers")
    await make_event(organisation, summary="50 per cent off")
    await make_event(organisation, summary="Listening", categories=("teaching",))
    await make_event(organisation, summary="Listening for members", visibility="members")

    page = (await client.get("/events", params=query)).text
    feed = (await client.get("/calendar.ics", params=query)).text

    on_page = set(re.findall(r'<h3><a href="/events/[^"]+">([^<]+)</a>', page))
    assert set(re.findall(r"SUMMARY:([^\r]+)", feed)) == on_page
    assert "Subscribe to exactly this list" in page


async def test_search_s_feed_is_named_by_its_words_and_kept_apart(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation())

    one, other = [(await client.get("/calendar.ics", params={"q": words})).text for words in ("ward", "sea")]
    page = (await client.get("/calendar", params={"q": "ward"})).text

    assert ("VEVENT" in one, "VEVENT" in other) == (True, False)
    assert "“ward”" in one
    assert "/calendar.ics?q=ward" in page
