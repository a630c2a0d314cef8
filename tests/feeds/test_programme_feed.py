"""The programme as subscribers read it: parsed back by another reader and compared with the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from summit_service import db
from summit_service.errors import NotFound
from summit_service.feeds import programme as feeds
from summit_service.summits import queries
from summit_service.summits.tables import Session
from tests.clients import Clock, client, clock, service_settings
from tests.factories_summits import make_edition, programme, real_programme, release, session

__all__ = ["client", "clock", "service_settings"]
FEED = "/summits/2026/programme.ics"


async def entries(client: httpx.AsyncClient) -> dict[str, Any]:
    """The entries of the feed by their summary."""
    answer = await client.get(FEED)
    assert answer.status_code == 200
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


async def test_feed_has_each_session_at_the_instant_of_the_database(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await release(real_programme(), now=now)

    found = await entries(client)

    rows = await Session.objects()
    assert {str(event["UID"]): (event["DTSTART"].dt, event["DTEND"].dt) for event in found.values()} == {
        row.uid: (row.starts_instant, row.ends_instant) for row in rows
    }
    assert {str(event["DTSTART"].params["TZID"]) for event in found.values()} == {"Europe/London"}


async def test_feed_tells_all_about_a_session(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    about = {
        "speakers": ["Ana Ruiz"],
        "chairs": ["Bo Lee"],
        "abstract": "Why *empathy*?",
        "objectives": ["Listen"],
    }
    await release(programme(session("ROE, and more", kind="plenary", track="Education", **about)), now=now)

    event = (await entries(client))["ROE, and more"]

    assert str(event["DESCRIPTION"]) == "With Ana Ruiz.\n\nChaired by Bo Lee.\n\nWhy empathy?\n\n- Listen"
    assert str(event["LOCATION"]) == "Great Hall, College Court, Leicester"
    assert str(event["URL"]) == "http://127.0.0.1:8000/summits/2026/programme?day=2026-09-14#roe-and-more"
    assert [str(one) for one in event["CATEGORIES"].cats] == ["Plenary", "Education"]
    assert (int(event["SEQUENCE"]), str(event["STATUS"])) == (0, "CONFIRMED")
    assert [event[name].dt for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED")] == [now] * 3


async def test_feed_after_a_move_keeps_the_uid_and_raises_sequence(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await make_edition()
    await release(programme(session("ROE"), session("Other", room="Library")), now=now)
    before = await entries(client)
    later = clock.advance(days=1)

    await release(
        programme(session("ROE", starts_at="2026-09-14T08:30"), session("Other", room="Library")), now=later
    )
    after = await entries(client)

    assert after["ROE"]["UID"] == before["ROE"]["UID"]
    assert (int(after["ROE"]["SEQUENCE"]), after["ROE"]["LAST-MODIFIED"].dt) == (1, later)
    assert after["Other"].to_ical() == before["Other"].to_ical()


async def test_feed_keeps_a_removed_session_as_cancelled_for_ninety_days(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await make_edition()
    await release(programme(session("ROE"), session("Other", room="Library")), now=now)
    await release(programme(session("Other", room="Library")), now=clock.advance(days=1))

    gone = (await entries(client))["Cancelled: ROE"]
    clock.advance(days=90)
    still = await entries(client)
    clock.advance(days=1)
    after = await entries(client)

    assert (str(gone["STATUS"]), int(gone["SEQUENCE"])) == ("CANCELLED", 1)
    assert sorted(still) == ["Cancelled: ROE", "Other"]
    assert sorted(after) == ["Other"]


async def test_feed_marks_a_cancelled_session(client: httpx.AsyncClient, clock: Clock, now: datetime) -> None:
    await make_edition()
    await release(programme(session("ROE")), now=now)

    await release(programme(session("ROE", cancelled=True)), now=clock.advance(days=1))

    assert str((await entries(client))["Cancelled: ROE"]["STATUS"]) == "CANCELLED"


async def test_feed_writes_the_second_of_two_hours_as_the_instant_that_it_is(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    twice = session("Night watch", starts_at="2026-10-25T01:30", ends_at="2026-10-25T02:30", starts_fold=1)
    await release(programme(twice), now=now)

    event = (await entries(client))["Night watch"]

    [row] = await Session.objects()
    assert event["DTSTART"].dt == row.starts_instant == datetime.fromisoformat("2026-10-25T01:30+00:00")
    assert event["DTEND"].dt == row.ends_instant


async def test_feed_is_the_same_bytes_and_an_empty_304_while_nothing_changes(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await make_edition()
    await release(real_programme(), now=now)
    first = await client.get(FEED)

    clock.advance(hours=3)
    second = await client.get(FEED)
    by_tag = await client.get(FEED, headers={"If-None-Match": first.headers["ETag"]})
    by_time = await client.get(FEED, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    head = await client.head(FEED)

    assert second.content == first.content
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert [(one.status_code, one.content) for one in (by_tag, by_time)] == [(304, b"")] * 2
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", first.headers["ETag"])


async def test_feed_changes_at_once_after_a_release(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await release(programme(session("ROE")), now=now)
    first = await client.get(FEED)

    await release(programme(session("ROE", abstract="New")), now=now)
    second = await client.get(FEED, headers={"If-None-Match": first.headers["ETag"]})
    since = await client.get(FEED, headers={"If-Modified-Since": first.headers["Last-Modified"]})

    assert (second.status_code, since.status_code) == (200, 200)
    assert second.content != first.content


async def test_feed_of_a_release_between_two_seconds_is_known_by_its_time(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await make_edition()
    await release(programme(session("ROE")), now=clock.now + timedelta(milliseconds=700))
    clock.advance(minutes=1)
    first = await client.get(FEED)

    again = await client.get(FEED, headers={"If-Modified-Since": first.headers["Last-Modified"]})

    assert (again.status_code, again.content) == (304, b"")


async def test_feed_does_not_show_the_draft(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()

    early = await client.get(FEED)
    await release(programme(session("ROE")), now=now)
    shown = await client.get(FEED)

    assert (early.status_code, shown.status_code) == (404, 200)


async def test_feed_of_an_unknown_or_unannounced_year(
    client: httpx.AsyncClient, database: db.Engine, now: datetime
) -> None:
    await make_edition(year=2028, is_announced=False)

    with pytest.raises(NotFound):
        await feeds.programme_calendar(2028, now=now)
    answers = [await client.get(f"/summits/{year}/programme.ics") for year in (2028, 1, 10**20)]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert timedelta(days=90) == feeds.CANCELLED_FOR


async def test_damaged_session_leaves_the_others_and_is_logged_with_its_uid(
    database: db.Engine, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    edition = await make_edition()
    await release(programme(session("Broken"), session("Sound", room="Library")), now=now)
    released = await queries.last_release(edition.id)
    assert released is not None
    snapshot = queries.snapshot_of(released)
    broken, sound = sorted(snapshot.items, key=lambda one: one.session.title)
    damaged = replace(broken, session=replace(broken.session, starts_at="nonsense"))

    found = list(feeds.vevents([damaged, sound], snapshot.header, now))

    assert len(found) == 1
    assert b"SUMMARY:Sound" in found[0]
    assert f"uid={broken.session.uid}" in "".join(capsys.readouterr())
