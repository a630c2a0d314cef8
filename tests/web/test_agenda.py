"""The pages of one's own agenda, and its calendar."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

import httpx
import pytest

from summit_service.agendas import queries
from summit_service.agendas.tables import Agenda, AgendaKey
from tests import parsers
from tests.clients import Clock, client, clock, new_client, service_settings, sign_in
from tests.factories import secretariat
from tests.factories_registrations import link_of, register
from tests.factories_summits import make_edition, programme, release, session

__all__ = ["client", "clock", "service_settings"]
AGENDA = "/summits/2026/agenda"
STARS = f"{AGENDA}/stars"
COOKIE = "summit_agenda_2026"


@pytest.fixture
async def released(client: httpx.AsyncClient, clock: Clock) -> None:
    await make_edition()
    await release(programme(session("ROE"), session("Other", room="Library")), now=clock.now)


def words(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


async def calendar_of(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    token = queries.calendar_token(client.cookies[COOKIE])
    return await client.get(f"/feeds/{token}.ics", headers={"User-Agent": "Thunderbird/128", **headers})


async def test_star_comes_back_to_the_session_and_the_agenda_has_it(
    client: httpx.AsyncClient, released: None
) -> None:
    answer = await client.post(STARS, data={"star": "roe", "day": "2026-09-14"})

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/summits/2026/programme?day=2026-09-14#roe",
    )
    shown = words(await client.get(AGENDA))
    assert "Monday 14 September 2026" in shown
    assert "ROE" in shown
    assert "Other" not in shown
    assert "★ Starred" in words(await client.get("/summits/2026/programme"))


async def test_desk_sees_how_many_have_starred_each_session_where_it_plans(
    client: httpx.AsyncClient, released: None, clock: Clock
) -> None:
    for _ in range(2):
        async with new_client(clock) as visitor:
            await visitor.post(STARS, data={"star": "roe"})
    await sign_in(client, await secretariat(), now=clock.now)

    grid, draft, picked = [
        words(await client.get(f"/desk/summits/2026/{page}"))
        for page in ("grid", "programme", "grid?move=roe")
    ]

    assert re.search(r"ROE 09:00–10:00 ★ ?&nbsp;2 starred it", grid)
    assert "Other 09:00–10:00 ★" not in grid
    assert re.search(r"ROE 09:00–10:00 Great Hall \w+ 2 ", draft)
    assert re.search(r"Other 09:00–10:00 Library \w+ 0 ", draft)
    assert "2 people have starred it." in picked


async def test_star_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: httpx.AsyncClient, released: None
) -> None:
    answer = await client.post(STARS, data={"star": "roe"})
    refused = await client.post(STARS, data={"star": "other"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers


async def test_star_by_htmx_gives_the_other_button(client: httpx.AsyncClient, released: None) -> None:
    on = await client.post(STARS, data={"star": "roe"}, headers={"HX-Request": "true"})
    off = await client.post(STARS, data={"unstar": "roe"}, headers={"HX-Request": "true"})

    assert 'name="unstar" value="roe" hx-swap-oob="true"' in on.text
    assert 'name="star" value="roe" hx-swap-oob="true"' in off.text
    assert "You have starred no session yet" in words(await client.get(AGENDA))


async def test_opening_pages_changes_nothing(client: httpx.AsyncClient, released: None) -> None:
    for path in (AGENDA, "/summits/2026/programme", f"/agendas/{'x' * 43}/2026"):
        await client.get(path)

    assert await Agenda.count() == 0


async def test_overlapping_stars_are_named(client: httpx.AsyncClient, released: None) -> None:
    for name in ("roe", "other"):
        await client.post(STARS, data={"star": name})

    assert "At the same time: “Other”." in words(await client.get(AGENDA))


async def test_calendar_of_starred_sessions_needs_no_cookie_and_follows_the_stars(
    client: httpx.AsyncClient, released: None, clock: Clock
) -> None:
    await client.post(STARS, data={"star": "roe"})
    clock.advance(minutes=5)
    first = await calendar_of(client)
    same = await calendar_of(client, **{"If-None-Match": first.headers["etag"]})
    await client.post(STARS, data={"star": "other"})
    clock.advance(minutes=5)

    second = await calendar_of(client)

    titles = [[entry.summary for entry in parsers.by_icalendar(each.content)] for each in (first, second)]
    assert titles == [["ROE"], ["ROE", "Other"]]
    assert (same.status_code, same.content) == (304, b"")
    since = [parsedate_to_datetime(each.headers["last-modified"]) for each in (first, second)]
    assert since[0] < since[1]
    for read in (parsers.by_vobject, parsers.by_ical_js):
        assert [entry.summary for entry in read(second.content)] == ["ROE", "Other"]


async def test_calendar_shows_what_a_release_moved_and_cancelled(
    client: httpx.AsyncClient, released: None, clock: Clock
) -> None:
    for name in ("roe", "other"):
        await client.post(STARS, data={"star": name})
    await calendar_of(client)
    moved = session("ROE", starts_at="2026-09-14T08:30")
    await release(
        programme(moved, session("New", starts_at="2026-09-15T09:00", ends_at="2026-09-15T10:00")),
        now=clock.advance(days=1),
    )

    answer = await calendar_of(client)

    text = answer.content.decode()
    assert "DTSTART;TZID=Europe/London:20260914T083000" in text
    assert text.count("STATUS:CANCELLED") == 1
    assert "“Other” has been taken out of the programme" in words(await client.get(AGENDA))


async def test_agenda_says_which_app_came_and_head_is_no_fetch(
    client: httpx.AsyncClient, released: None
) -> None:
    await client.post(STARS, data={"star": "roe"})
    token = queries.calendar_token(client.cookies[COOKIE])
    await client.head(f"/feeds/{token}.ics", headers={"User-Agent": "Thunderbird/128"})
    before = words(await client.get(AGENDA))

    await calendar_of(client)

    assert "Nothing has come for it yet" in before
    assert "Thunderbird came for it last" in words(await client.get(AGENDA))


async def test_replaced_address_answers_with_an_entry_that_says_so(
    client: httpx.AsyncClient, released: None
) -> None:
    await client.post(STARS, data={"star": "roe"})
    old = queries.calendar_token(client.cookies[COOKIE])

    answer = await client.post(f"{AGENDA}/address")
    ended = await client.get(f"/feeds/{old}.ics")

    assert answer.headers["location"] == f"{AGENDA}?done=address"
    assert [entry.summary for entry in parsers.by_icalendar(ended.content)] == ["This calendar has ended"]
    assert [entry.summary for entry in parsers.by_icalendar((await calendar_of(client)).content)] == ["ROE"]


async def test_link_opens_the_agenda_on_another_device_after_a_press(
    client: httpx.AsyncClient, released: None, clock: Clock
) -> None:
    await client.post(STARS, data={"star": "roe"})
    link = f"/agendas/{client.cookies[COOKIE]}/2026"
    async with new_client(clock) as other:
        shown = await other.get(link)
        before = words(await other.get(AGENDA))
        await other.post(link)
        after = words(await other.get(AGENDA))

    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "You have starred no session yet" in before
    assert "ROE" in after


async def test_link_that_opens_nothing_says_so(client: httpx.AsyncClient, released: None) -> None:
    answers = [await client.get(f"/agendas/{'x' * 43}/2026"), await client.post(f"/agendas/{'x' * 43}/2026")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "set-cookie" not in answers[1].headers


async def test_registration_keeps_the_agenda_until_it_is_erased(
    client: httpx.AsyncClient, released: None, clock: Clock
) -> None:
    await register("Anna Berg", now=clock.now)
    manage = f"/registrations/{await link_of('Anna Berg', now=clock.now)}"
    await client.post(STARS, data={"star": "roe"})

    await client.post(f"{manage}/agenda")
    async with new_client(clock) as phone:
        await phone.post(f"{manage}/agenda")
        on_the_phone = words(await phone.get(AGENDA))
    read = await client.get(f"{manage}/data")
    copied = (await client.get(f"{manage}/data.json")).json()["agenda"]
    await client.post(f"{manage}/erasure")

    assert "ROE" in on_the_phone
    assert "starred on 2026-03-02" in read.text
    assert [star["title"] for star in copied["stars"]] == ["ROE"]
    assert [device["ended_at"] for device in copied["devices"]] == [None, None]
    assert [row.holder for row in await Agenda.objects()] == [""]
    assert await AgendaKey.count() == 1
