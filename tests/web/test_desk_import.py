"""A CSV file of members at the desk: nothing is changed before it was looked at, each fault is told by its line."""

from __future__ import annotations

import re

import httpx

from summit_service.journal import queries as journal
from summit_service.members.tables import Organisation
from summit_service.sent_files.actions import KEPT, forget_old
from summit_service.sent_files.tables import SentFile
from tests import factories
from tests.clients import Clock, sign_in

HEAD = "name,kind,parent,city,country,website,timezone,standing,contact_name,contact_email\n"
GOOD = HEAD + (
    "Institute of Listening,centre,,Lyon,FR,,,,Ana Ruiz,ana@listening.example\nThe Place,centre,,Leeds,GB,,,,,\n"
)
PATH = "/desk/import"


async def _send(client: httpx.AsyncClient, csrf: str, text: str) -> httpx.Response:
    return await client.post(
        PATH,
        data={"csrf": csrf},
        files={"file": ("members.csv", text.encode(), "text/csv")},
        follow_redirects=True,
    )


async def _take(client: httpx.AsyncClient, csrf: str, looked: httpx.Response) -> httpx.Response:
    return await client.post(looked.url.path, data={"csrf": csrf, "seen": _seen(looked.text)})


def _seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]*)"', page)
    assert found is not None
    return found[1]


async def test_file_is_looked_at_and_then_taken_once(client: httpx.AsyncClient, clock: Clock) -> None:
    await factories.make_organisation("The Place", slug="place", city="York")
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)

    asked = (await client.get(PATH)).text
    looked = await _send(client, csrf, GOOD)
    waits = (await client.get(PATH)).text
    before = await Organisation.count()
    taken = await _take(client, csrf, looked)
    again = await _take(client, csrf, looked)

    assert looked.url.path in waits
    assert looked.url.path not in asked
    assert "Nothing is changed yet. It would be: 1 new, 1 changed, 0 unchanged." in looked.text
    assert "The Place: city from “York” to “Leeds”" in looked.text
    assert before == 1
    assert "The file is taken in: 1 new, 1 changed, 0 unchanged." in taken.text
    assert 'name="seen"' not in taken.text
    assert sorted([one.city for one in await Organisation.objects()]) == ["Leeds", "Lyon"]
    assert (await journal.deeds(journal.Filter(kind="organisation"), limit=1))[
        0
    ].verb == "organisation.imported"
    assert again.status_code == 404
    assert await SentFile.count() == 0


async def test_file_that_would_do_something_else_by_now_is_shown_anew(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    place = await factories.make_organisation("The Place", slug="place", city="York")
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    looked = await _send(client, csrf, GOOD)
    await place.update_self({Organisation.city: "Hull"})

    anew = await _take(client, csrf, looked)
    unseen = await client.post(looked.url.path, data={"csrf": csrf})
    before = await Organisation.count()
    taken = await client.post(looked.url.path, data={"csrf": csrf, "seen": _seen(anew.text)})

    assert (anew.status_code, unseen.status_code) == (409, 409)
    assert "What this file would do has changed since you looked." in anew.text
    assert "The Place: city from “Hull” to “Leeds”" in anew.text
    assert before == 1
    assert "The file is taken in: 1 new, 1 changed, 0 unchanged." in taken.text


async def test_file_waits_for_who_sent_it_alone_and_for_three_hours(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    csrf = await sign_in(
        client, await factories.secretariat(name="Sue", email="sue@desk.example"), now=clock.now
    )
    looked = await _send(client, csrf, GOOD)
    client.cookies.clear()
    theirs = await sign_in(
        client, await factories.secretariat(name="Bo", email="bo@desk.example"), now=clock.now
    )

    refused = [
        (await client.get(looked.url.path)).status_code,
        (await _take(client, theirs, looked)).status_code,
    ]
    thrown = await client.post(f"{looked.url.path}/discard", data={"csrf": theirs})
    other = await _send(client, theirs, GOOD)
    gone = await client.post(f"{other.url.path}/discard", data={"csrf": theirs})
    kept = await SentFile.count()
    clock.now += KEPT

    assert [*refused, thrown.status_code] == [404] * 3
    assert gone.headers["location"] == PATH
    assert kept == 1
    assert (await client.get(looked.url.path)).status_code == 404
    await forget_old(clock.now)
    assert await SentFile.count() == 0


async def test_faults_are_told_by_line_and_nothing_is_kept(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    faulty = GOOD + "Nowhere,castle,,,XX,,,,,\n"

    told = await _send(client, csrf, faulty)
    empty = await client.post(PATH, data={"csrf": csrf})

    assert told.status_code == 422
    assert "line 4, kind" in told.text
    assert "line 4, country" in told.text
    assert empty.status_code == 422
    assert "Choose a file first." in empty.text
    assert await Organisation.count() == await SentFile.count() == 0


async def test_what_is_taken_out_goes_in_again_and_changes_nothing(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    await _take(client, csrf, await _send(client, csrf, GOOD))
    await factories.make_organisation('=Sum of "Hearts", Ltd', slug="sum", standing="former", city="-Köln")

    out = await client.get("/desk/members.csv")
    again = await _send(client, csrf, out.text)
    parted = await client.get("/desk/members.csv", params={"parted_by": "semicolons"})
    in_semicolons = await _send(client, csrf, parted.text)

    assert out.headers["content-disposition"] == 'attachment; filename="members-with-contacts.csv"'
    assert "ana@listening.example" in out.text
    assert "\r\n\"'=Sum of" in out.text
    assert "It would be: 0 new, 0 changed, 3 unchanged." in again.text
    assert "Read as UTF-8, the columns parted by commas." in again.text
    assert "It would be: 0 new, 0 changed, 3 unchanged." in in_semicolons.text
    assert "Read as UTF-8, the columns parted by semicolons." in in_semicolons.text
