"""Many series in one list: none is left out, each is worked out once, and a change shows at once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.events import actions, listing, rules, series_dates, stored
from summit_service.events.details import Details
from summit_service.events.occurrences import Occurrence
from summit_service.events.queries import ALL
from summit_service.events.series_dates import Kept, Stamp
from summit_service.events.tables import Event
from tests.counting import count_queries
from tests.factories import make_organisation
from tests.factories_events import make_event

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
YEAR = timedelta(days=366)


def make_series(
    number: int,
    *,
    starts_at: str,
    recurrence: str = "FREQ=YEARLY",
    timezone: str = "Europe/London",
    ends_at: str = "",
) -> Event:
    details, span = rules.check_details(
        Details(
            summary=f"Series {number}",
            starts_at=starts_at,
            ends_at=ends_at,
            timezone=timezone,
            recurrence=recurrence,
        )
    )
    organisation = 1
    return Event(
        slug=f"series-{number}",
        uid=f"{number}@example.org",
        organisation=organisation,
        created_at=NOW,
        changed_at=NOW,
        **stored.columns_of(details, span),
    )


@pytest.mark.usefixtures("database")
async def test_list_looks_through_more_than_500_series() -> None:
    await make_organisation()
    early = [make_series(number, starts_at="2025-12-24T10:00") for number in range(520)]
    await Event.insert(*early)
    # Begins after all others, and has the next date of all: a list of the first 500 would not know of it.
    await Event.insert(make_series(999, starts_at="2026-02-05T10:00", recurrence="FREQ=MONTHLY"))

    found = await listing.dates_between(ALL, viewer=PUBLIC, after=NOW, before=NOW + YEAR)
    following = await listing.next_events(limit=1, viewer=PUBLIC, now=NOW)

    assert [one.event.slug for one in found[:2]] == ["series-999", "series-999"]
    assert len(found) == listing.MOST_DATES + 1
    assert [one.event.slug for one in following] == ["series-999"]


@pytest.mark.usefixtures("database")
async def test_a_short_list_is_the_beginning_of_the_long_one() -> None:
    await make_organisation()
    # What takes place once: over, running, to come; series before, among and after it, also by the walls of Kiritimati.
    once = ("2026-02-27", "2026-03-01", "2026-03-03", "2026-03-20", "2026-03-31", "2026-04-01", "2026-06-09")
    plain = [
        make_series(
            n,
            starts_at=f"{day}T10:00",
            ends_at=f"2026-{5 + n % 3:02}-28T10:00" if n % 2 else "",
            recurrence="",
        )
        for n, day in enumerate(once)
    ]
    rules = ("FREQ=WEEKLY", "FREQ=DAILY;COUNT=40", "FREQ=MONTHLY", "FREQ=WEEKLY;INTERVAL=9")
    series = [
        make_series(
            50 + n, starts_at=f"2026-0{1 + n}-28T23:30", recurrence=rule, timezone="Pacific/Kiritimati"
        )
        for n, rule in enumerate(rules)
    ]
    await Event.insert(*plain, *series)

    async def listed(limit: int, *, each: bool) -> list[tuple[str, datetime, tuple[date, ...]]]:
        found = await listing.dates_between(
            ALL, viewer=PUBLIC, after=NOW, before=NOW + YEAR, each=each, limit=limit
        )
        return [(one.event.slug, one.starts, one.also_on) for one in found]

    for each in (False, True):
        whole = await listed(900, each=each)
        assert len({slug for slug, *_ in whole}) == 10
        for limit in (1, 2, 3, 4, 5, 6, 20):
            assert await listed(limit, each=each) == whole[: limit + 1]


async def test_daily_series_is_listed_in_each_month(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation(), recurrence="FREQ=DAILY", starts_at="2026-03-03T09:00")

    text = (await client.get("/events")).text

    assert len(re.findall(r'<h2 id="\d{4}-\d\d">', text)) == 13


async def test_list_asks_as_often_for_3_series_as_for_1_and_works_each_out_once(
    client: httpx.AsyncClient,
) -> None:
    organisation = await make_organisation()
    asked = []
    for number in (1, 2, 3):
        await make_event(organisation, summary=f"Series {number}", recurrence="FREQ=MONTHLY")
        for _ in range(2):
            with count_queries() as count:
                assert f"Series {number}</a>" in (await client.get("/events")).text
            asked.append(count.number)

    first, again, *_ = asked
    assert again < first
    assert asked == [first, again] * 3


async def test_change_of_a_series_shows_in_the_list_at_once(client: httpx.AsyncClient) -> None:
    event = await make_event(await make_organisation(), recurrence="FREQ=MONTHLY;COUNT=2")
    day = event.details.starts_at[:10]
    before = (await client.get("/events")).text

    await actions.cancel_date(event.slug, day, reason="", actor=OPERATOR, now=NOW)
    cancelled = (await client.get("/events")).text
    await actions.change_event(event.slug, {"recurrence": ""}, actor=OPERATOR, now=NOW)
    single = (await client.get("/events")).text

    assert [text.count(f'href="/events/{event.slug}"') for text in (before, cancelled, single)] == [2, 2, 1]
    assert [">Cancelled<" in text for text in (before, cancelled, single)] == [False, True, False]


def test_kept_dates_are_bounded_and_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_dates, "MOST_KEPT", 10)
    kept, one = Kept(), Occurrence("2026-03-02T09:00", NOW, NOW)
    keys = [(Stamp(number, 0, NOW), (NOW, NOW, 9)) for number in range(4)]

    for key in keys[:3]:
        kept.keep(key, (one, one))
    kept.get(keys[0])
    kept.keep(keys[3], (one, one))
    kept.keep(keys[3], (one, one))

    assert [kept.get(key) is not None for key in keys] == [True, False, True, True]
    assert kept.size == 6
