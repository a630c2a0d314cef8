"""The pages of single dates: who may, what is shown, and that nothing typed is lost."""

from __future__ import annotations

import httpx

from tests.clients import Clock, bearer, sign_in
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event

LIST = "/events/listening-on-the-ward-round/occurrences"
MOVE = {"starts_on": "2026-05-05", "starts_time": "14:00", "ends_on": "2026-05-05", "ends_time": "15:00"}


async def test_date_is_moved_cancelled_and_put_back_by_forms(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation()
    await make_event(organisation, recurrence="FREQ=WEEKLY;COUNT=4")
    stranger = await client.get(f"{LIST}/2026-05-04/edit")
    csrf = {"csrf": await sign_in(client, await representative_of(organisation), now=clock.now)}

    form = (await client.get(f"{LIST}/2026-05-04/edit")).text
    moved = await client.post(f"{LIST}/2026-05-04/edit", data=csrf | MOVE | {"reason": "A holiday."})
    cancelled = await client.post(f"{LIST}/2026-04-27/cancellation", data=csrf | {"reason": "The <strike>."})
    text = (await client.get(LIST)).text
    back = await client.post(f"{LIST}/2026-05-04/restoration", data=csrf)

    assert stranger.status_code == 303
    assert 'value="2026-05-04"' in form
    assert 'value="10:30"' in form
    assert moved.headers["location"] == f"{LIST}?done=moved"
    assert cancelled.headers["location"] == f"{LIST}?done=cancelled"
    assert back.headers["location"] == f"{LIST}?done=restored"
    assert "instead of Monday 4 May 2026" in text
    assert "The &lt;strike&gt;." in text
    assert "instead of" not in (await client.get(LIST)).text
    page = (await client.get("/events")).text
    assert "Cancelled" in page


async def test_move_with_a_fault_keeps_everything_typed(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation()
    await make_event(organisation, recurrence="FREQ=WEEKLY;COUNT=4")
    csrf = {"csrf": await sign_in(client, await representative_of(organisation), now=clock.now)}

    answer = await client.post(
        f"{LIST}/2026-05-04/edit",
        data=csrf | MOVE | {"ends_time": "13:00", "location": "Room 2", "summary": "Guests"},
    )

    assert answer.status_code == 422
    assert '<a href="#ends_on">' in answer.text
    assert "The end is not after the start" in answer.text
    assert 'value="Room 2"' in answer.text
    assert 'value="Guests"' in answer.text


async def test_one_date_has_its_own_title_and_text_on_pages_in_the_api_and_when_searched(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    organisation = await make_organisation()
    await make_event(organisation, recurrence="FREQ=WEEKLY;COUNT=4")
    actor = await representative_of(organisation)
    csrf = {"csrf": await sign_in(client, actor, now=clock.now)}
    same = {"starts_on": "2026-05-04", "starts_time": "09:00", "ends_on": "2026-05-04", "ends_time": "10:30"}
    texts = {"summary": "Round with guests", "description": "Two *singers* come."}

    saved = await client.post(f"{LIST}/2026-05-04/edit", data=csrf | same | texts)
    form, dates = (await client.get(f"{LIST}/2026-05-04/edit")).text, (await client.get(LIST)).text
    listed = (await client.get("/events?q=singers")).text
    api = (await client.get(f"/api/v1{LIST}?from=2026-05-04&to=2026-05-04")).json()["items"][0]
    put = f"/api/v1{LIST}/2026-05-11"
    moved = await client.put(
        put,
        json={"starts_at": "2026-05-11T09:00", "summary": "Last one"},
        headers=await bearer(actor, now=clock.now),
    )

    assert saved.status_code == 303
    assert 'value="Round with guests"' in form
    assert "<em>singers</em>" in dates
    assert "Moved" not in dates.partition("<ol")[2]
    assert "Round with guests" in listed
    assert (api["summary"], api["description"]) == ("Round with guests", "Two *singers* come.")
    assert (api["moved"], api["status"]) == (False, "CONFIRMED")
    assert (moved.json()["summary"], moved.json()["moved"]) == ("Last one", False)


async def test_changes_of_dates_that_the_series_lost_are_told_to_who_posts_it(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    organisation = await make_organisation()
    event = await make_event(organisation, recurrence="FREQ=WEEKLY;COUNT=4")
    csrf = {"csrf": await sign_in(client, await representative_of(organisation), now=clock.now)}
    await client.post(f"{LIST}/2026-05-11/edit", data=csrf | MOVE)
    headers = await bearer(await representative_of(organisation), now=clock.now)

    await client.patch(
        f"/api/v1/events/{event.slug}", json={"recurrence": "FREQ=WEEKLY;COUNT=2"}, headers=headers
    )
    mine = (await client.get(f"/events/{event.slug}")).text
    client.cookies.clear()
    other = (await client.get(f"/events/{event.slug}")).text

    assert "Changes of single dates are set aside" in mine
    assert "Monday 11 May 2026: held on 2026-05-05, 14:00" in mine
    assert "set aside" not in other
