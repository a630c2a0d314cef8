"""Pages of a calendar file: sent, shown, ticked, taken, forgotten."""

from __future__ import annotations

import httpx

from summit_service.events.tables import Event, EventUpload
from tests.actions.test_event_uploads import SERIES, file, single
from tests.clients import Clock, sign_in
from tests.factories import make_organisation, representative_of, secretariat
from tests.web import pages


async def member(client: httpx.AsyncClient, clock: Clock) -> str:
    organisation = await make_organisation(slug="centre")
    return await sign_in(client, await representative_of(organisation), now=clock.now)


async def send(client: httpx.AsyncClient, csrf: str, data: bytes, name: str = "ours.ics") -> httpx.Response:
    form = {"organisation": "centre", "csrf": csrf}
    return await client.post("/events/import", data=form, files={"file": (name, data, "text/calendar")})


def ticks(html: str) -> list[str]:
    found = pages.elements(html)
    return [one.attributes["value"] for one in found if one.attributes.get("name") == "take"]


async def test_file_is_shown_and_what_is_ticked_is_posted(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await member(client, clock)

    sent = await send(client, csrf, file(SERIES, single(1), "BEGIN:VEVENT\nSUMMARY:No start\nEND:VEVENT\n"))
    path = sent.headers["location"]
    shown = (await client.get(path)).text
    taken = await client.post(path, data={"csrf": csrf, "take": ticks(shown)[:1]})
    left = ticks(taken.text)

    assert sent.status_code == 303
    assert "2 new, 0 changed, 0 known already, 1 that cannot be taken" in shown
    assert "No start</b> (entry 3): It has no start (DTSTART)." in shown
    assert (taken.status_code, len(left)) == (200, 1)
    assert "1 new, 0 changed. They reach everybody who subscribed" in taken.text
    assert await Event.count() == 1


async def test_stale_tick_is_told_and_nothing_happens(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await member(client, clock)
    path = (await send(client, csrf, file(single(1)))).headers["location"]
    ticked = ticks((await client.get(path)).text)
    await client.post(path, data={"csrf": csrf, "take": ticked})

    again = await client.post(path, data={"csrf": csrf, "take": ticked})

    assert again.status_code == 409
    assert "Look again" in again.text
    assert await Event.count() == 1


async def test_nothing_ticked_is_a_fault_beside_the_list(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await member(client, clock)
    path = (await send(client, csrf, file(single(1)))).headers["location"]

    answer = await client.post(path, data={"csrf": csrf})

    assert answer.status_code == 422
    assert "Tick at least one entry." in answer.text


async def test_file_that_is_no_calendar_is_refused_in_words(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await member(client, clock)

    nothing = await client.post("/events/import", data={"organisation": "centre", "csrf": csrf})
    picture = await send(client, csrf, b"\x89PNG\r\n" + b"\0" * 1000)
    large = await send(client, csrf, b"a" * 2_050_000)
    huge = await send(client, csrf, b"a" * 5_000_000)

    assert (nothing.status_code, picture.status_code, large.status_code) == (422, 422, 422)
    assert "Choose a calendar file first" in nothing.text
    assert "The file is not a calendar" in picture.text
    assert "2 MB is the most we read" in large.text
    assert huge.status_code == 413
    assert await EventUpload.count() == 0


async def test_hundreds_of_entries_are_shown_by_pages(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await member(client, clock)
    path = (await send(client, csrf, file(*(single(n) for n in range(120))))).headers["location"]

    first, last = (await client.get(path)).text, (await client.get(f"{path}?from=100")).text

    assert (len(ticks(first)), len(ticks(last))) == (50, 20)
    assert f"{path}?from=50" in first
    assert len(first) < 100_000


async def test_secretariat_says_whose_events_they_are(client: httpx.AsyncClient, clock: Clock) -> None:
    await make_organisation(slug="centre")
    await make_organisation("Other", slug="other")
    csrf = await sign_in(client, await secretariat(), now=clock.now)
    files = {"file": ("x.ics", file(single(1)), "text/calendar")}

    unsaid = await client.post("/events/import", data={"csrf": csrf, "organisation": ""}, files=files)
    said = await client.post("/events/import", data={"csrf": csrf, "organisation": "other"}, files=files)

    assert unsaid.status_code == 422
    assert said.status_code == 303
    assert "For <b>Other</b>" in (await client.get(said.headers["location"])).text


async def test_file_can_be_forgotten_at_once(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await member(client, clock)
    path = (await send(client, csrf, file(single(1)))).headers["location"]

    await client.post(f"{path}/discard", data={"csrf": csrf})

    assert (await client.get(path)).status_code == 404
    assert await EventUpload.count() == 0
