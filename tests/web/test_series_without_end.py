"""A series that never ends (no UNTIL, no COUNT): bounded work everywhere, and right dates far in the future."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from summit_service.accounts.actor import OPERATOR
from summit_service.events import actions
from summit_service.events.tables import Event, EventChange, EventOverride
from tests import libical, parsers
from tests.clients import Clock, bearer
from tests.counting import count_queries
from tests.factories import make_organisation, representative_of
from tests.web.test_event_month import days

SECONDS = 3.0
"""Of the processor, for one page: on a quiet machine it takes 0.05; what went through each date would take minutes."""
FILE = b"""BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:daily@elsewhere\r\nSUMMARY:Every day
DTSTART;TZID=Australia/Sydney:20000101T080000\r\nDTEND;TZID=Australia/Sydney:20000101T081500
RRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""
WEEKLY = {
    "organisation": "centre", "summary": "Every Thursday", "starts_at": "2026-03-05T12:30",
    "ends_at": "2026-03-05T13:30", "timezone": "Europe/London", "recurrence": "FREQ=WEEKLY",
}  # fmt: skip


@asynccontextmanager
async def bounded() -> AsyncIterator[None]:
    """Fails where something asks for each date, or thinks about each."""
    began = time.process_time()
    with count_queries() as count:
        yield
    assert time.process_time() - began < SECONDS
    assert count.number <= 25


@pytest.fixture
async def member(client: httpx.AsyncClient, clock: Clock) -> httpx.AsyncClient:
    """A representative with a token, whose organisation has two series that never end: posted, and from a file."""
    centre = await make_organisation(slug="centre")
    client.headers.update(await bearer(await representative_of(centre), now=clock.now))
    async with bounded():
        posted = await client.post("/api/v1/events", json=WEEKLY)
    async with bounded():
        plan = await actions.plan_calendar(FILE, organisation="centre", actor=OPERATOR, now=clock.now)
        done = await actions.take(plan, None, actor=OPERATOR, now=clock.now)
    assert (posted.status_code, len(done.added)) == (201, 1)
    return client


async def test_series_that_never_ends_costs_bounded_work_and_has_right_dates_far_ahead(
    member: httpx.AsyncClient,
) -> None:
    await _is_one_row_and_one_rule_of_a_feed(member)
    await _stands_in_lists_and_months_of_a_far_year(member)
    await _is_found_by_its_dates_alone_in_the_api(member)


async def _is_one_row_and_one_rule_of_a_feed(member: httpx.AsyncClient) -> None:
    async with bounded():
        body = (await member.get("/calendar.ics", headers={"Accept-Encoding": "identity"})).content

    rows = [await table.count() for table in (Event, EventChange, EventOverride)]
    assert rows == [2, 2, 0]
    assert len(body) < 10_000
    assert re.findall(rb"(?m)^RRULE:(.+)\r$", body.split(b"BEGIN:VEVENT", 1)[1]) == [
        b"FREQ=WEEKLY",
        b"FREQ=DAILY",
    ]
    for read in (parsers.times_by_ical_js, libical.times_by_libical):
        weekly, daily = read(body)
        assert weekly[3:5] == [
            datetime(2026, 3, 26, 12, 30, tzinfo=UTC),
            datetime(2026, 4, 2, 11, 30, tzinfo=UTC),
        ]
        assert daily[:2] == [
            datetime(1999, 12, 31, 21, 0, tzinfo=UTC),
            datetime(2000, 1, 1, 21, 0, tzinfo=UTC),
        ]


async def _stands_in_lists_and_months_of_a_far_year(
    member: httpx.AsyncClient,
) -> None:
    async with bounded():
        here = days((await member.get("/events?view=month&month=2099-07")).text)
    async with bounded():
        there = days((await member.get("/events?view=month&month=2099-01&zone=Etc/UTC")).text)
    async with bounded():
        listed = (await member.get("/events?from=2099-07")).text

    thursdays = [day for day, cell in here.items() if "Every Thursday" in cell]
    assert thursdays == [2, 9, 16, 23, 30]
    assert len(here) == 31
    assert '<time datetime="2099-07-02T12:30+01:00">12:30</time> London' in here[2]
    assert '<time datetime="2099-01-01T12:30+00:00">12:30</time>' in there[1]
    assert '<time datetime="2099-01-01T21:00+00:00">21:00</time>' in there[1]
    assert "also on 9, 16, 23 and 30 July" in listed
    # once a month, and the last one begins in the thirteenth
    assert listed.count(">Every day</a>") == 13


async def _is_found_by_its_dates_alone_in_the_api(
    member: httpx.AsyncClient,
) -> None:
    found = []
    for day in ("2099-07-02", "2099-07-03", "2199-12-26", "2199-12-27", "1999-12-30"):
        async with bounded():
            answer = await member.get(f"/api/v1/events?from={day}&to={day}")
        found.append([one["summary"] for one in answer.json()["items"]])

    assert found == [
        ["Every day", "Every Thursday"],
        ["Every day"],
        ["Every day", "Every Thursday"],
        ["Every day"],
        [],
    ]
