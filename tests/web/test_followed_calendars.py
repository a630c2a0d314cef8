"""Pages of followed calendars: given, looked at, decided, ended; the address itself is on none of them."""

from __future__ import annotations

import httpx
import pytest

from summit_service import settings
from summit_service.events.tables import Event
from summit_service.following import keeping
from tests.actions.test_event_uploads import file, single
from tests.calendar_server import answer, serving
from tests.clients import Clock, sign_in
from tests.factories import make_organisation, representative_of, secretariat
from tests.web.test_event_import import ticks

LIST = "/organisations/centre/calendars"


async def test_calendar_is_given_looked_at_and_ended(
    client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_FETCH_LOCAL", "yes")
    settings.current.cache_clear()
    csrf = await sign_in(
        client, await representative_of(await make_organisation(slug="centre")), now=clock.now
    )
    async with serving() as server:
        server.answers["/secret-path.ics"] = answer(file(single(1), single(2)))
        form = {"csrf": csrf, "address": server.url("/secret-path.ics"), "takes_new": "look"}
        given = await client.post(LIST, data=form)
        await keeping.fetch_due(clock.now)
    listed, mine = (await client.get(LIST)).text, (await client.get("/me")).text
    one = f"{LIST}/1"
    shown = (await client.get(one)).text
    taken = await client.post(one, data={"csrf": csrf, "do": "take", "take": ticks(shown)[:1]})
    left = await client.post(one, data={"csrf": csrf, "do": "leave", "take": ticks(taken.text)})
    ended = await client.post(f"{one}/stop", data={"csrf": csrf})

    assert given.headers["location"] == f"{LIST}?done=added"
    assert "2 entries, 2 to look at." in listed
    assert "Your calendar at 127.0.0.1 has 2 entries to look at." in mine
    assert len(ticks(shown)) == 2
    assert "1 new, 0 changed." in taken.text
    assert "Nothing waits for a look." in left.text
    assert await Event.count() == 1
    assert not any("secret-path" in text for text in (listed, shown, mine, left.text))
    assert ended.headers["location"] == f"{LIST}?done=ended"
    assert (await client.get(one)).status_code == 404


async def test_address_that_is_not_taken_keeps_what_was_typed(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    csrf = await sign_in(
        client, await representative_of(await make_organisation(slug="centre")), now=clock.now
    )

    refused = await client.post(
        LIST, data={"csrf": csrf, "address": "http://10.0.0.1/x.ics", "takes_new": "at_once"}
    )

    assert refused.status_code == 422
    assert 'value="http://10.0.0.1/x.ics"' in refused.text
    assert "Give an address that begins with https:// or webcal://." in refused.text


async def test_desk_shows_every_calendar_and_how_it_fares(client: httpx.AsyncClient, clock: Clock) -> None:
    member = await representative_of(await make_organisation(slug="centre"))
    csrf = await sign_in(client, member, now=clock.now)
    await client.post(
        LIST, data={"csrf": csrf, "address": "webcal://calendar.example/a.ics", "takes_new": "look"}
    )
    await sign_in(client, await secretariat(), now=clock.now)

    desk = (await client.get("/desk/calendars")).text

    assert "calendar.example" in desk
    assert "Not fetched yet." in desk
    assert "a.ics" not in desk
