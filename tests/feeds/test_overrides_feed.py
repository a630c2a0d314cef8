"""Moved and cancelled dates as three parsers read them, also after the series has changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import recurring_ical_events
from icalendar import Calendar

from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.events import actions, listing, queries
from tests import parsers
from tests.clients import Clock
from tests.factories import make_organisation
from tests.factories_events import FIRST_THURSDAYS, make_event

FIRST: Mapping[str, Any] = {
    "starts_at": "2026-01-01T12:30",
    "ends_at": "2026-01-01T13:30",
    "recurrence": FIRST_THURSDAYS,
}


async def body(client: httpx.AsyncClient) -> bytes:
    return (await client.get("/calendar.ics", headers={"Accept-Encoding": "identity"})).content


def read_dates(calendar: bytes) -> list[tuple[datetime | date, str]]:
    """Start and status of each date of 2026 as a library expands them that has no part in writing them."""
    found = recurring_ical_events.of(Calendar.from_ical(calendar)).between((2026, 1, 1), (2027, 1, 1))
    return sorted(
        (one.start if type(one.start) is date else one.start.astimezone(UTC), str(one["STATUS"]))
        for one in found
    )


async def listed_dates(slug: str) -> list[tuple[datetime | date, str]]:
    """The same of our own page."""
    view = await queries.event_by_slug(slug, viewer=PUBLIC)
    assert view is not None
    found = listing.dates_of(
        view, after=datetime(2026, 1, 1, tzinfo=UTC), before=datetime(2027, 1, 1, tzinfo=UTC), limit=400
    )
    return [(one.starts.astimezone(UTC), "CANCELLED" if one.is_cancelled else "CONFIRMED") for one in found]


async def test_cancelled_date_of_a_series_is_cancelled_in_calendars_and_the_others_are_not(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    event = await make_event(await make_organisation(), **FIRST)

    await actions.cancel_date(event.slug, "2026-05-07", reason="Strike.", actor=OPERATOR, now=clock.now)

    calendar = await body(client)
    whole, single = parsers.by_ical_js(calendar)
    assert (whole.uid, whole.sequence, whole.status) == (single.uid, single.sequence, "CONFIRMED")
    assert (single.sequence, single.status) == (1, "CANCELLED")
    assert single.start == datetime(2026, 5, 7, 11, 30, tzinfo=UTC)
    assert single.summary.startswith("Cancelled: ")
    assert single.description.startswith("This date was cancelled. Strike.")
    assert "RECURRENCE-ID;TZID=Europe/London:20260507T123000" in parsers.unfolded(calendar)
    assert [one for one in read_dates(calendar) if one[1] == "CANCELLED"] == [
        (datetime(2026, 5, 7, 11, 30, tzinfo=UTC), "CANCELLED")
    ]


async def test_title_and_text_of_one_date_are_read_by_calendars_and_those_of_the_others_stay(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    event = await make_event(await make_organisation(), **FIRST)

    await actions.move_date(
        event.slug, "2026-05-07", starts_at="2026-05-07T12:30", summary="With guests", description="Come, *all*.",
        actor=OPERATOR, now=clock.now,
    )  # fmt: skip

    calendar = await body(client)
    for read in (parsers.by_ical_js, parsers.by_vobject, parsers.by_icalendar):
        whole, single = read(calendar)
        assert (whole.summary, single.summary) == (event.details.summary, "With guests")
        assert single.description.startswith("Come, all.")
        assert "This date was" not in single.description
        assert single.start == datetime(2026, 5, 7, 11, 30, tzinfo=UTC)


async def test_moved_date_follows_the_series_through_later_changes(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    event = await make_event(await make_organisation(), **FIRST)
    sequences = []

    async def seen() -> tuple[list[int], list[tuple[datetime | date, str]]]:
        calendar = await body(client)
        assert parsers.by_vobject(calendar) == parsers.by_icalendar(calendar)
        found = parsers.by_ical_js(calendar)
        assert sorted(one.start for one in found) == sorted(one.start for one in parsers.by_vobject(calendar))
        sequences.append({one.sequence for one in found})
        assert read_dates(calendar) == await listed_dates(event.slug)
        return [one.sequence for one in found], read_dates(calendar)

    await actions.move_date(
        event.slug, "2026-05-07", starts_at="2026-05-08T15:00", actor=OPERATOR, now=clock.now
    )
    _, moved = await seen()
    hour = {"starts_at": "2026-01-01T14:00", "ends_at": "2026-01-01T15:00"}
    await actions.change_event(event.slug, hour, actor=OPERATOR, now=clock.advance(hours=1))
    _, later_hour = await seen()
    shorter = {"recurrence": "FREQ=MONTHLY;BYDAY=1TH;BYMONTH=1,6,7"}
    await actions.change_event(event.slug, shorter, actor=OPERATOR, now=clock.advance(hours=1))
    numbers, without = await seen()
    back = {"recurrence": FIRST_THURSDAYS}
    await actions.change_event(event.slug, back, actor=OPERATOR, now=clock.advance(hours=1))
    _, again = await seen()
    await actions.restore_date(event.slug, "2026-05-07", actor=OPERATOR, now=clock.advance(hours=1))
    _, restored = await seen()

    at = (datetime(2026, 5, 8, 14, 0, tzinfo=UTC), "CONFIRMED")
    assert at in moved
    assert at in later_hour
    assert numbers == [3]
    assert at not in without
    assert again == later_hour
    assert (datetime(2026, 5, 7, 13, 0, tzinfo=UTC), "CONFIRMED") in restored
    assert sequences == [{1}, {2}, {3}, {4}, {5}]


async def test_cancelled_series_leaves_no_moved_date_standing(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    event = await make_event(await make_organisation(), **FIRST)
    await actions.move_date(
        event.slug, "2026-05-07", starts_at="2026-05-08T15:00", actor=OPERATOR, now=clock.now
    )

    await actions.cancel_event(event.slug, actor=OPERATOR, now=clock.now)

    assert {one.status for one in parsers.by_ical_js(await body(client))} == {"CANCELLED"}


@pytest.mark.parametrize("timezone", ["Europe/London", "America/New_York", "Etc/UTC"])
async def test_moved_whole_days_do_not_end_a_day_early(
    client: httpx.AsyncClient, clock: Clock, timezone: str
) -> None:
    event = await make_event(
        await make_organisation(),
        starts_at="2026-04-01",
        ends_at="2026-04-03",
        all_day=True,
        recurrence="FREQ=YEARLY;COUNT=3",
        timezone=timezone,
    )

    await actions.move_date(event.slug, "2026-04-01", starts_at="2026-04-08", actor=OPERATOR, now=clock.now)
    await actions.cancel_date(event.slug, "2027-04-01", actor=OPERATOR, now=clock.now)

    _, moved, off = parsers.by_ical_js(await body(client))
    assert (moved.start, moved.end) == (date(2026, 4, 8), date(2026, 4, 11))
    assert (off.start, off.end) == (date(2027, 4, 1), date(2027, 4, 4))
