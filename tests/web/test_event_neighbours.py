"""What is told before an event is posted: once, with everything that was typed kept, and never as a refusal."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from summit_service.accounts.actor import OPERATOR
from summit_service.events import actions
from summit_service.events.tables import Event
from summit_service.neighbours import neighbours_of
from tests.clients import Clock, bearer, sign_in
from tests.counting import count_queries
from tests.factories import make_organisation, representative_of
from tests.factories_events import FIRST_THURSDAYS, make_details, make_event
from tests.factories_summits import make_edition
from tests.web.test_events import FORM

LIKE = "An event like this is already there"


@pytest.fixture
async def form(client: httpx.AsyncClient, clock: Clock) -> dict[str, Any]:
    """What somebody of the centre types, beside a like event of the museum."""
    museum = await make_organisation("Museum of Care", slug="museum")
    await make_event(museum, summary="Ward round: listening", starts_at="2026-04-20T18:00", ends_at="")
    centre = await make_organisation(slug="centre")
    csrf = await sign_in(client, await representative_of(centre), now=clock.now)
    return FORM | {"organisation": "centre", "csrf": csrf, "save": "publish"}


def seen(page: httpx.Response) -> dict[str, str]:
    """What the page's form says was shown."""
    found = re.search(r'name="seen" value="([^"]*)"', page.text)
    return {"seen": found.group(1)} if found else {}


async def test_posting_tells_of_a_like_event_first_and_keeps_what_was_typed(
    client: httpx.AsyncClient, form: dict[str, Any]
) -> None:
    first = await client.post("/events/new", data=form)
    posted_by_then = await Event.count().where(Event.summary == form["summary"])
    second = await client.post("/events/new", data=form | seen(first))

    assert LIKE in first.text
    assert "Ward round: listening" in first.text
    assert "Post all the same" in first.text
    assert "Bring a *colleague*." in first.text
    assert posted_by_then == 0
    assert (first.status_code, second.status_code) == (200, 303)


async def test_posting_asks_again_for_what_was_not_shown(
    client: httpx.AsyncClient, form: dict[str, Any]
) -> None:
    first = await client.post("/events/new", data=form)
    other = await make_organisation("Third house", slug="third")
    await make_event(other, summary="Listening on the ward rounds")

    second = await client.post("/events/new", data=form | seen(first))

    assert "Listening on the ward rounds" in second.text
    assert second.status_code == 200


async def test_faults_come_before_what_stands_near(client: httpx.AsyncClient, form: dict[str, Any]) -> None:
    answer = await client.post("/events/new", data=form | {"summary": ""})

    assert answer.status_code == 422
    assert "Post all the same" not in answer.text


async def test_draft_is_kept_without_being_asked_and_says_what_stands_near(
    client: httpx.AsyncClient, form: dict[str, Any]
) -> None:
    answer = await client.post("/events/new", data=form | {"save": "draft"})
    page = await client.get(answer.headers["location"])

    assert answer.status_code == 303
    assert LIKE in page.text


async def test_button_of_a_draft_asks_for_what_its_page_did_not_show(
    client: httpx.AsyncClient, form: dict[str, Any]
) -> None:
    answer = await client.post("/events/new", data=form | {"save": "draft"})
    path = answer.headers["location"].partition("?")[0]
    shown = {"csrf": form["csrf"]} | seen(await client.get(path))
    other = await make_organisation("Third house", slug="third")
    await make_event(other, summary="Listening on the ward rounds")

    asked = await client.post(f"{path}/publication", data=shown)
    state_then = await Event.select(Event.state).where(Event.slug == path.rpartition("/")[2]).first()
    published = await client.post(f"{path}/publication", data=shown | seen(asked))

    assert asked.status_code == 200
    assert "Listening on the ward rounds" in asked.text
    assert "The draft is not published yet." in asked.text
    assert "Publish all the same" in asked.text
    assert state_then == {"state": "draft"}
    assert published.headers["location"] == f"{path}?done=posted"


async def test_form_sent_twice_is_no_neighbour_of_itself(
    client: httpx.AsyncClient, form: dict[str, Any]
) -> None:
    shown = form | seen(await client.post("/events/new", data=form))

    answers = [await client.post("/events/new", data=shown) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]


async def test_change_tells_only_of_what_it_comes_near_to(
    client: httpx.AsyncClient, form: dict[str, Any]
) -> None:
    shown = form | seen(await client.post("/events/new", data=form))
    await client.post("/events/new", data=shown)
    address = "/events/listening-on-the-ward-round/edit"
    fourth = await make_organisation("Fourth house", slug="fourth")
    await make_event(
        fourth, summary="Ward rounds", starts_at="2026-05-20T09:00", ends_at="", categories=("research",)
    )

    text_changed = await client.post(address, data=form | {"description": "More."})
    moved = await client.post(address, data=form | {"starts_on": "2026-05-20"})

    assert text_changed.status_code == 303
    assert moved.status_code == 200
    assert "Ward rounds" in moved.text
    assert "Save all the same" in moved.text


async def test_typing_shows_what_stands_near_once(client: httpx.AsyncClient, form: dict[str, Any]) -> None:
    htmx = {"HX-Request": "true"}

    first = await client.post("/events/neighbours", data=form, headers=htmx)
    mark = re.search(r'name="shown" value="([^"]*)"', first.text)
    assert mark
    second = await client.post("/events/neighbours", data=form | {"shown": mark.group(1)}, headers=htmx)
    whole = await client.post("/events/neighbours", data=form)

    assert LIKE in first.text
    assert "<html" not in first.text
    assert second.status_code == 204
    assert LIKE in whole.text
    assert 'value="Listening on the ward round"' in whole.text


async def test_summit_on_those_days_is_told(now: Any, database: None) -> None:
    await make_edition(year=2026)
    centre = await make_organisation(slug="centre")
    during = make_details(starts_at="2026-09-15T09:00", ends_at="2026-09-15T10:00")
    after = make_details(starts_at="2026-09-16T09:00", ends_at="2026-09-16T10:00")

    found = [
        await neighbours_of(details, host=centre, viewer=OPERATOR, now=now) for details in (during, after)
    ]

    assert [[one.sentence for one in group] for group in found] == [
        ["“Summit 2026”, 14–15 September 2026: the network's summit is on these days."],
        [],
    ]


async def test_series_are_compared_by_their_next_dates(now: Any, database: None) -> None:
    museum = await make_organisation("Museum of Care")
    await make_event(
        museum,
        summary="Lunchtime learning",
        starts_at="2026-01-01T12:30",
        ends_at="2026-01-01T13:30",
        recurrence=FIRST_THURSDAYS,
    )
    centre = await make_organisation(slug="centre")
    thursdays = make_details(
        summary="Learning at lunchtime",
        starts_at="2026-01-08T12:30",
        ends_at="2026-01-08T13:30",
        recurrence="FREQ=WEEKLY;INTERVAL=2",
    )

    found = await neighbours_of(thursdays, host=centre, viewer=OPERATOR, now=now)

    assert [one.title for one in found] == ["Lunchtime learning"]
    assert found[0].is_alike


async def test_what_a_reader_may_not_see_is_not_told(now: Any, database: None) -> None:
    museum = await make_organisation("Museum of Care")
    await actions.post_event(make_details(), organisation=museum.slug, actor=OPERATOR, now=now, is_draft=True)
    cancelled = await make_event(museum, summary="Listening on a ward round")
    await actions.cancel_event(cancelled.slug, actor=OPERATOR, now=now)
    centre = await make_organisation(slug="centre")
    viewer = await representative_of(centre)

    found = await neighbours_of(make_details(), host=centre, viewer=viewer, now=now)

    assert found == []


async def test_neighbours_ask_as_often_for_3_as_for_1(now: Any, database: None) -> None:
    centre, museum = await make_organisation(slug="centre"), await make_organisation("Museum of Care")
    await make_event(museum)
    with count_queries() as for_one:
        one = await neighbours_of(make_details(), host=centre, viewer=OPERATOR, now=now)
    for _ in range(2):
        await make_event(museum)

    with count_queries() as for_three:
        three = await neighbours_of(make_details(), host=centre, viewer=OPERATOR, now=now)

    assert (len(one), len(three)) == (1, 3)
    assert for_three.number == for_one.number


async def test_api_answers_what_stands_near_and_posts_all_the_same(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    museum = await make_organisation("Museum of Care", slug="museum")
    await make_event(museum)
    centre = await make_organisation(slug="centre")
    headers = await bearer(await representative_of(centre), now=clock.now)
    body = {"organisation": "centre", "summary": "Ward round: listening", "starts_at": "2026-04-20"}

    asked = await client.post("/api/v1/events/neighbours", json=body, headers=headers)
    posted = await client.post("/api/v1/events", json=body, headers=headers)

    assert (asked.status_code, posted.status_code) == (200, 201)
    assert asked.json()["warnings"] == posted.json()["warnings"]
    assert posted.json()["warnings"] == [
        {
            "key": "listening-on-the-ward-round",
            "sentence": "“Listening on the ward round” (Museum of Care), Monday 20 April 2026, 09:00–10:30 London: "
            "its title is like yours.",
            "page": "http://127.0.0.1:8000/events/listening-on-the-ward-round",
            "is_alike": True,
        }
    ]


async def test_online_event_is_told_for_how_many_members_it_is_day(
    client: httpx.AsyncClient, form: dict[str, Any]
) -> None:
    await make_organisation("Far away", timezone="Pacific/Auckland")

    typed = form | {"mode": "online", "summary": "By screen"}
    answer = await client.post("/events/neighbours", data=typed, headers={"HX-Request": "true"})
    there = await client.post("/events/neighbours", data=typed | {"mode": "in_person"})

    assert "Between 07:00 and 21:00 for 2 of 3 members" in answer.text
    assert "Mon 20:00–21:30" in answer.text
    assert "Between 07:00 and 21:00" not in there.text


async def test_series_is_told_where_clocks_make_it_night(client: httpx.AsyncClient, clock: Clock) -> None:
    centre = await make_organisation(slug="centre", timezone="Europe/London")
    headers = await bearer(await representative_of(centre), now=clock.now)
    body = {
        "organisation": "centre",
        "summary": "Early hour",
        "starts_at": "2026-10-01T12:30",
        "ends_at": "2026-10-01T13:30",
        "timezone": "Asia/Kolkata",
        "recurrence": "FREQ=WEEKLY",
        "mode": "online",
    }

    hours = (await client.post("/api/v1/events/neighbours", json=body, headers=headers)).json()["hours"]

    assert (hours["awake"], hours["least"], hours["members"]) == (1, 1, 1)
    assert hours["zones"] == [
        {"timezone": "Europe/London", "members": 1, "starts_at": "2026-10-01T08:00", "is_awake": True}
    ]
    assert hours["better"] == []
