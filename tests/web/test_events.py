"""The pages of events: who may, what is shown, and that nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.events import actions, listing, queries
from summit_service.events.tables import Event
from tests.clients import Clock, sign_in
from tests.counting import count_queries
from tests.factories import make_organisation, representative_of
from tests.factories_events import FIRST_THURSDAYS, make_event

FORM: dict[str, Any] = {
    "summary": "Listening on the ward round",
    "starts_on": "2026-04-20",
    "starts_time": "09:00",
    "ends_on": "",
    "ends_time": "10:30",
    "timezone": "Europe/London",
    "repeat": "none",
    "mode": "in_person",
    "location": "Leicester, UK",
    "categories": "Teaching, research",
    "language": "en",
    "visibility": "public",
    "description": "Bring a *colleague*.",
    "form_id": "0b0f6a3e-9a52-4f0b-8b5a-2a1f3f6f7a10",
}


async def test_list_shows_each_date_of_a_series_in_its_month(client: httpx.AsyncClient) -> None:
    organisation = await make_organisation()
    await make_event(
        organisation,
        summary="Lunchtime learning",
        starts_at="2026-01-01T12:30",
        ends_at="2026-01-01T13:30",
        recurrence=FIRST_THURSDAYS,
    )

    text = (await client.get("/events")).text.replace("&ndash;", "–")

    assert re.findall(r'<h2 id="([\d-]+)"', text) == [
        "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-09", "2026-10", "2026-11", "2027-01",
        "2027-02",
    ]  # fmt: skip
    assert 'Thursday 2 April 2026, <span class="unbroken">12:30–13:30 London</span>' in text


async def test_list_of_nothing_says_so(client: httpx.AsyncClient) -> None:
    text = (await client.get("/events?category=nothing")).text

    assert "No events match these filters." in text


async def test_list_finds_words_without_accents(client: httpx.AsyncClient) -> None:
    organisation = await make_organisation()
    await make_event(organisation, summary="Café for carers")
    await make_event(organisation, summary="Other")

    text = (await client.get("/events?q=cafe+CARERS")).text

    assert "Café for carers</a>" in text
    assert "Other</a>" not in text


async def test_list_shows_the_zone_of_the_reader_beside_the_event_s(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation())

    text = (await client.get("/events?zone=Asia/Tokyo")).text.replace("&ndash;", "–")

    assert "09:00–10:30 London" in text
    assert "17:00–18:30 Tokyo" in text


async def test_list_asks_as_often_for_3_events_as_for_1(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation(), summary="One")
    with count_queries() as for_one:
        await client.get("/events")
    for title in ("Two", "Three"):
        await make_event(await make_organisation(f"Host of {title}"), summary=title)

    with count_queries() as for_three:
        await client.get("/events")

    assert for_three.number == for_one.number > 0


async def test_page_of_a_cancelled_event_says_so_first(client: httpx.AsyncClient, clock: Clock) -> None:
    event = await make_event(await make_organisation())
    await actions.cancel_event(event.slug, reason="The speaker is <ill>.", actor=OPERATOR, now=clock.now)

    text = (await client.get(f"/events/{event.slug}")).text

    assert "This event is cancelled" in text
    assert "The speaker is &lt;ill&gt;." in text
    assert "Add to your calendar" not in text


async def test_page_of_a_members_only_event_is_for_who_is_signed_in(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    organisation = await make_organisation()
    event = await make_event(organisation, visibility="members")

    before = await client.get(f"/events/{event.slug}")
    await sign_in(client, await representative_of(organisation), now=clock.now)
    after = await client.get(f"/events/{event.slug}")
    file = await client.get(f"/events/{event.slug}.ics")

    assert (before.status_code, after.status_code, file.status_code) == (404, 200, 200)
    assert file.headers["cache-control"].startswith("private")


async def test_form_sends_a_stranger_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/events/new")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")


async def test_form_publishes_an_event_once_however_often_it_is_sent(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    organisation = await make_organisation(slug="centre")
    csrf = await sign_in(client, await representative_of(organisation), now=clock.now)
    data = FORM | {"organisation": "centre", "csrf": csrf}

    answers = [await client.post("/events/new", data=data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert {answer.headers["location"] for answer in answers} == {
        "/events/listening-on-the-ward-round?done=posted"
    }
    assert await Event.count() == 1
    view = await queries.event_by_slug("listening-on-the-ward-round", viewer=PUBLIC)
    assert view is not None
    assert (view.details.ends_at, view.details.categories) == ("2026-04-20T10:30", ("research", "teaching"))
    page = await client.get(answers[0].headers["location"])
    assert "The event is published" in page.text
    assert "Bring a <em>colleague</em>." in page.text


async def test_form_without_its_secret_is_refused(client: httpx.AsyncClient, clock: Clock) -> None:
    await sign_in(client, await representative_of(await make_organisation(slug="centre")), now=clock.now)

    answer = await client.post("/events/new", data=FORM | {"organisation": "centre"})

    assert answer.status_code == 403
    assert await Event.count() == 0


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"summary": ""}, "summary", "The title is missing."),
        ({"starts_time": ""}, "starts_on", "Give the time of day too"),
        ({"ends_time": "08:00"}, "ends_on", "The end is not after the start"),
        ({"timezone": "Mars/Phobos"}, "timezone", "There is no time zone"),
        ({"starts_on": "2026-03-29", "starts_time": "01:30"}, "starts_on", "does not exist"),
        ({"repeat": "rule", "recurrence": "FREQ=DAILY;COUNT=1000000"}, "recurrence", "at the most"),
        ({"repeat": "weekly", "excluded": "2026-04-21"}, "excluded", "is not a date of this series"),
        ({"repeat": "monthly", "months_left_out": ["4"]}, "starts_on", "2026-05-18"),
        ({"repeat": "monthly", "months_left_out": ["4", "²", "9" * 5000]}, "starts_on", "2026-05-18"),
        ({"url": "example"}, "url", "Give the whole address"),
    ],
)
async def test_form_with_a_fault_keeps_everything_typed(
    client: httpx.AsyncClient, clock: Clock, wrong: dict[str, Any], field: str, words: str
) -> None:
    csrf = await sign_in(
        client, await representative_of(await make_organisation(slug="centre")), now=clock.now
    )

    answer = await client.post("/events/new", data=FORM | {"organisation": "centre", "csrf": csrf} | wrong)

    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert words in answer.text
    assert 'value="Leicester, UK"' in answer.text
    assert "Bring a *colleague*.</textarea>" in answer.text
    assert FORM["form_id"] in answer.text
    assert await Event.count() == 0


async def test_form_asks_which_of_two_hours_is_meant(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await sign_in(
        client, await representative_of(await make_organisation(slug="centre")), now=clock.now
    )
    night = {"starts_on": "2026-10-25", "starts_time": "01:30", "ends_time": "03:00"}
    data = FORM | {"organisation": "centre", "csrf": csrf} | night

    asked = await client.post("/events/new", data=data)
    answered = await client.post("/events/new", data=data | {"repeated_hour": "second"})

    assert (asked.status_code, answered.status_code) == (422, 303)
    assert "Which of the two hours do you mean?" in asked.text


async def test_form_makes_the_series_of_first_thursdays(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await sign_in(
        client, await representative_of(await make_organisation(slug="centre")), now=clock.now
    )
    first = {
        "starts_on": "2026-01-01",
        "starts_time": "12:30",
        "ends_time": "13:30",
        "excluded": "2026-01-01",
    }
    series = {"repeat": "monthly", "months_left_out": ["8", "12"]}

    answer = await client.post(
        "/events/new", data=FORM | {"organisation": "centre", "csrf": csrf} | first | series
    )

    slug = answer.headers["location"].split("?")[0].removeprefix("/events/")
    view = await queries.event_by_slug(slug, viewer=PUBLIC)
    assert view is not None
    assert view.details.recurrence == FIRST_THURSDAYS
    assert view.details.excluded == ("2026-01-01T12:30",)
    text = (await client.get(f"/events/{slug}")).text
    assert "On the first Thursday of each month except August and December" in text
    # Opened again and saved as it stands, it is the same series.
    form = (await client.get(f"/events/{slug}/edit")).text
    assert '<option value="monthly" selected>' in form
    assert '<option value="1" selected>the first' in form
    assert '<option value="TH" selected>Thursday' in form
    ticked = re.findall(r'name="months_left_out" value="(\d+)" checked', form)
    assert ticked == ["8", "12"]


async def test_edit_changes_the_event(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation(slug="centre")
    event = await make_event(organisation, now=clock.now)
    csrf = await sign_in(client, await representative_of(organisation), now=clock.now)

    answer = await client.post(
        f"/events/{event.slug}/edit", data=FORM | {"csrf": csrf, "starts_time": "09:30"}
    )

    assert answer.headers["location"] == f"/events/{event.slug}?done=changed"
    view = await queries.event_by_slug(event.slug, viewer=PUBLIC)
    assert view is not None
    assert (view.sequence, view.details.starts_at) == (1, "2026-04-20T09:30")


@pytest.mark.parametrize("path", ["edit", "cancellation"])
async def test_changing_is_for_those_who_manage_it(
    client: httpx.AsyncClient, clock: Clock, path: str
) -> None:
    event = await make_event(await make_organisation())

    stranger = await client.post(f"/events/{event.slug}/{path}", data=FORM)
    csrf = await sign_in(client, await representative_of(await make_organisation("Museum")), now=clock.now)
    other = await client.post(f"/events/{event.slug}/{path}", data=FORM | {"csrf": csrf})

    assert (stranger.status_code, other.status_code) == (401, 403)
    assert await queries.event_by_slug(event.slug, viewer=PUBLIC) == event


async def test_cancellation_asks_and_then_cancels(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation()
    event = await make_event(organisation, now=clock.now)
    csrf = await sign_in(client, await representative_of(organisation), now=clock.now)
    path = f"/events/{event.slug}/cancellation"

    asked = await client.get(path)
    too_long = await client.post(path, data={"csrf": csrf, "reason": "x" * 2000})
    done = await client.post(path, data={"csrf": csrf, "reason": "The speaker is ill."})

    assert "Cancel this event?" in asked.text
    assert (too_long.status_code, done.status_code) == (422, 303)
    assert "x" * 2000 in too_long.text
    view = await queries.event_by_slug(event.slug, viewer=PUBLIC)
    assert view is not None
    assert view.is_cancelled


async def test_next_dates_are_shown_with_and_without_javascript(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    csrf = await sign_in(
        client, await representative_of(await make_organisation(slug="centre")), now=clock.now
    )
    said = {"repeat": "monthly", "on": "weekday", "nth": "3", "weekday": "MO", "summary": "", "timezone": ""}
    data = FORM | {"organisation": "centre", "csrf": csrf} | said

    fragment = await client.post("/events/preview", data=data, headers={"HX-Request": "true"})
    whole = await client.post("/events/preview", data=data)
    faulty = await client.post("/events/preview", data=data | {"nth": "4"}, headers={"HX-Request": "true"})

    assert "<h1" not in fragment.text
    assert "On the third Monday of each month" in fragment.text
    assert "Monday 20 April 2026" in fragment.text
    assert "Europe/London" in fragment.text
    assert "Post an event</h1>" in whole.text
    assert "Monday 20 April 2026" in whole.text
    assert 'value="Leicester, UK"' in whole.text
    assert "The first that fits is 2026-04-27." in faulty.text
    assert await Event.count() == 0


async def test_rule_that_the_form_cannot_say_is_kept_and_told_in_words(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    organisation = await make_organisation(slug="centre")
    rule = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
    event = await make_event(
        organisation, starts_at="2026-04-30T09:00", ends_at="2026-04-30T10:00", recurrence=rule
    )
    csrf = await sign_in(client, await representative_of(organisation), now=clock.now)
    form = (await client.get(f"/events/{event.slug}/edit")).text

    data = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form)) | {
        "csrf": csrf, "repeat": "rule", "mode": "in_person", "visibility": "public", "language": "en",
        "location": "Oxford", "ends": "never", "on": "first",
    }  # fmt: skip
    for name in ("months_left_out", "weekdays", "hosts", "all_day"):
        data.pop(name, None)
    answer = await client.post(f"/events/{event.slug}/edit", data=data)

    assert '<option value="rule" selected>' in form
    assert "On the last working day of each month" in (await client.get(f"/events/{event.slug}")).text
    assert answer.status_code == 303
    view = await queries.event_by_slug(event.slug, viewer=PUBLIC)
    assert view is not None
    assert (view.details.recurrence, view.details.location) == (rule, "Oxford")


async def test_long_list_goes_on_by_whole_days_and_loses_none(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_DATES", 3)
    organisation = await make_organisation()
    for day in (20, 20, 21, 21, 22):
        await make_event(
            organisation,
            starts_at=f"2026-04-{day}T09:00",
            ends_at=f"2026-04-{day}T10:00",
            location="100% café",
        )

    first = (await client.get("/events?q=100%25+CAFE")).text
    second = (await client.get("/events?q=100%25+CAFE&from=2026-04-21")).text

    found = [re.findall(r'href="/events/(listening[\w-]*)"', text) for text in (first, second)]
    assert [len(one) for one in found] == [2, 3]
    assert len(set(found[0] + found[1])) == 5
    assert 'href="/events?from=2026-04-21&amp;q=100%25+CAFE"' in first
