"""What machines read of events: schema.org's JSON in the page, and the Atom feed of what is new."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from summit_service.accounts.actor import OPERATOR
from summit_service.events import actions
from summit_service.web.event_schedule import schedule
from tests import atom
from tests.clients import Clock
from tests.factories import make_organisation
from tests.factories_events import make_details, make_event

ATOM = "{http://www.w3.org/2005/Atom}"


async def data_of(client: httpx.AsyncClient, slug: str) -> dict[str, Any]:
    text = (await client.get(f"/events/{slug}")).text
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert len(scripts) == 1
    found: dict[str, Any] = json.loads(scripts[0])
    return found


async def test_data_of_a_hybrid_event_is_whole(client: httpx.AsyncClient) -> None:
    event = await make_event(
        await make_organisation("Centre"),
        mode="hybrid",
        location="Leicester",
        online_url="https://meet.example/a",
    )

    data = await data_of(client, event.slug)

    assert data["@type"] == "Event"
    assert (data["startDate"], data["endDate"]) == ("2026-04-20T09:00:00+01:00", "2026-04-20T10:30:00+01:00")
    assert data["eventStatus"] == "https://schema.org/EventScheduled"
    assert data["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert [place["@type"] for place in data["location"]] == ["Place", "VirtualLocation"]
    assert data["organizer"][0]["name"] == "Centre"


async def test_page_that_is_shared_says_what_it_is_about(client: httpx.AsyncClient) -> None:
    event = await make_event(await make_organisation("Centre"), summary='Care & "kindness"')

    text = (await client.get(f"/events/{event.slug}")).text

    found = re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', text)
    shown = {name: html.unescape(value) for name, value in found}
    assert (shown["title"], shown["type"]) == ('Care & "kindness"', "website")
    assert shown["url"] == f"http://127.0.0.1:8000/events/{event.slug}"
    assert shown["description"] == "Monday 20 April 2026, 09:00–10:30 London. An event of Centre."


async def test_data_of_whole_days_names_days(client: httpx.AsyncClient) -> None:
    event = await make_event(
        await make_organisation(), starts_at="2026-08-14", ends_at="2026-08-16", all_day=True, mode="online"
    )

    data = await data_of(client, event.slug)

    assert (data["startDate"], data["endDate"]) == ("2026-08-14", "2026-08-16")
    assert [place["@type"] for place in data["location"]] == ["VirtualLocation"]


async def test_data_says_what_was_cancelled_or_moved(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation()
    off = await make_event(organisation, summary="Off")
    await actions.cancel_event(off.slug, actor=OPERATOR, now=clock.now)
    series = await make_event(organisation, summary="Moved", recurrence="FREQ=WEEKLY")
    await actions.move_date(
        series.slug, "2026-04-20", starts_at="2026-04-21T11:00", ends_at="", actor=OPERATOR, now=clock.now
    )

    found = [await data_of(client, slug) for slug in (off.slug, series.slug)]

    assert [one["eventStatus"].rpartition("/")[2] for one in found] == ["EventCancelled", "EventRescheduled"]
    assert (found[1]["startDate"], found[1]["previousStartDate"]) == (
        "2026-04-21T11:00:00+01:00",
        "2026-04-20",
    )


async def test_data_of_a_series_says_when_it_is_held_again(client: httpx.AsyncClient, clock: Clock) -> None:
    series = await make_event(
        await make_organisation(),
        recurrence="FREQ=MONTHLY;INTERVAL=2;BYDAY=3MO;COUNT=5",
        excluded=("2026-06-15",),
    )
    await actions.cancel_date(series.slug, "2026-08-17", actor=OPERATOR, now=clock.now)

    data = await data_of(client, series.slug)

    assert data["eventSchedule"] == {
        "@type": "Schedule",
        "startDate": "2026-04-20",
        "repeatFrequency": "P2M",
        "repeatCount": 5,
        "startTime": "09:00:00",
        "endTime": "10:30:00",
        "scheduleTimezone": "Europe/London",
        "exceptDate": ["2026-06-15", "2026-08-17"],
        "byDay": ["3MO"],
    }


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=WEEKLY", {"repeatFrequency": "P1W", "byDay": ["MO"]}),
        ("FREQ=YEARLY", {"repeatFrequency": "P1Y", "byMonthDay": [20], "byMonth": [4]}),
        ("FREQ=DAILY;UNTIL=20260430T235959", {"repeatFrequency": "P1D", "endDate": "2026-04-30"}),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1", None),
        ("", None),
    ],
)
def test_schedule_says_the_rule_or_nothing(rule: str, said: dict[str, Any] | None) -> None:
    found = schedule(
        make_details(starts_at="2026-04-20", ends_at="2026-04-20", all_day=True, recurrence=rule), ()
    )

    rest = {"@type": "Schedule", "startDate": "2026-04-20", "scheduleTimezone": "Europe/London"}
    assert found == ({} if said is None else rest | said)


def test_faults_of_a_feed_are_found_rule_by_rule() -> None:
    bad = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><id>1</id><title>a</title><updated>today</updated>'
        b"<entry><id>tag:a</id><title type='x'>b</title><updated>2026-01-01T00:00:00Z</updated></entry></feed>"
    )

    rules_broken = [fault.partition(":")[0] for fault in atom.faults(bad)]

    assert rules_broken == ["4.2.6", "3.3", "3.1.1", "4.1.2", "4.1.1", "4.1.1"]


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--<script>", "a & b > c", "\u2028\u2029"]
)
async def test_data_cannot_leave_its_script(client: httpx.AsyncClient, text: str) -> None:
    event = await make_event(await make_organisation(), summary=f"Title {text}", location=f"Place {text}")

    page = (await client.get(f"/events/{event.slug}")).text
    data = await data_of(client, event.slug)

    assert data["name"] == event.details.summary
    assert "alert(1)</script>" not in page


async def test_data_of_what_is_not_public_is_on_no_page(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation()
    event = await make_event(organisation, visibility="members")

    answer = await client.get(f"/events/{event.slug}")

    assert "ld+json" not in answer.text


async def test_atom_has_what_is_new_first_with_ids_that_stay(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation()
    first = await make_event(organisation, summary="First", categories=("teaching",))
    await make_event(organisation, summary="Second & <last>", now=clock.now)
    await make_event(organisation, summary="Hidden", visibility="members")

    before = await client.get("/events.atom")
    await actions.change_event(
        first.slug, {"summary": "First, changed"}, actor=OPERATOR, now=clock.advance(hours=1)
    )
    after = ElementTree.fromstring((await client.get("/events.atom")).text)
    filtered = (await client.get("/events.atom?category=teaching")).text

    old = ElementTree.fromstring(before.text)
    ids, titles = [[one.text for one in old.findall(f"{ATOM}entry/{ATOM}{name}")] for name in ("id", "title")]
    assert before.headers["content-type"].startswith("application/atom+xml")
    assert titles == ["Second & <last>", "First"]
    assert [one.text for one in after.findall(f"{ATOM}entry/{ATOM}id")] == ids
    assert len(set(ids)) == 2
    assert atom.faults(before.content) == atom.faults(filtered.encode()) == []
    assert after.findtext(f"{ATOM}updated") == clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert after.findtext(f"{ATOM}updated") == max(one.text or "" for one in after.iter(f"{ATOM}updated"))
    assert ("First, changed" in filtered, "Second" in filtered) == (True, False)


async def test_atom_that_has_not_changed_is_a_304(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation())
    first = await client.get("/events.atom")

    second = await client.get("/events.atom", headers={"If-None-Match": first.headers["etag"]})

    assert (second.status_code, second.content) == (304, b"")
