"""A CSV file of members at the desk: nothing is changed before it was looked at, each fault is told by its line."""

from __future__ import annotations

import re

import httpx

from summit_service.journal import queries as journal
from summit_service.members.tables import Organisation
from tests import factories
from tests.clients import Clock, sign_in

HEAD = "name,kind,parent,city,country,website,timezone,standing,contact_name,contact_email\n"
GOOD = HEAD + (
    "Institute of Listening,centre,,Lyon,FR,,,,Ana Ruiz,ana@listening.example\nThe Place,centre,,Leeds,GB,,,,,\n"
)
PATH = "/desk/import"


async def _send(client: httpx.AsyncClient, csrf: str, text: str, **fields: str) -> httpx.Response:
    return await client.post(
        PATH, data={"csrf": csrf, **fields}, files={"file": ("members.csv", text.encode(), "text/csv")}
    )


def _seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]*)"', page)
    assert found is not None
    return found[1]


async def test_file_is_looked_at_and_then_taken(client: httpx.AsyncClient, clock: Clock) -> None:
    await factories.make_organisation("The Place", slug="place", city="York")
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    before = await Organisation.count()

    asked = (await client.get(PATH)).text
    looked = await _send(client, csrf, GOOD, do="take")
    unchanged = await Organisation.count()
    other = await _send(client, csrf, GOOD.replace("Lyon", "Nice"), do="take", seen=_seen(looked.text))
    still = await Organisation.count()
    taken = await _send(client, csrf, GOOD, do="take", seen=_seen(looked.text))

    assert ">Take it in<" not in asked
    assert looked.status_code == 200
    assert "Nothing is changed yet. It would be: 1 new, 1 changed, 0 unchanged." in looked.text
    assert "The Place: city from “York” to “Leeds”" in looked.text
    assert ">Take it in<" in looked.text
    assert other.status_code == 409
    assert "This is not the file that you have looked at." in other.text
    assert before == unchanged == still == 1
    assert "The file is taken in: 1 new, 1 changed, 0 unchanged." in taken.text
    assert _seen(taken.text) == ""
    assert sorted([one.city for one in await Organisation.objects()]) == ["Leeds", "Lyon"]
    assert (await journal.deeds(journal.Filter(kind="organisation"), limit=1))[
        0
    ].verb == "organisation.imported"


async def test_faults_are_told_by_line_and_nothing_is_taken(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    faulty = GOOD + "Nowhere,castle,,,XX,,,,,\n"

    told = await _send(client, csrf, faulty, do="look")
    empty = await client.post(PATH, data={"csrf": csrf, "do": "look"})

    assert told.status_code == 422
    assert "line 4, kind" in told.text
    assert "line 4, country" in told.text
    assert _seen(told.text) == ""
    assert empty.status_code == 422
    assert "Choose a CSV file first." in empty.text
    assert await Organisation.count() == 0


async def test_what_is_taken_out_goes_in_again_and_changes_nothing(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    looked = await _send(client, csrf, GOOD, do="look")
    await _send(client, csrf, GOOD, do="take", seen=_seen(looked.text))
    await factories.make_organisation('=Sum of "Hearts", Ltd', slug="sum", standing="former", city="-Köln")

    out = await client.get("/desk/members.csv")
    again = await _send(client, csrf, out.text, do="look")
    parted = await client.get("/desk/members.csv", params={"parted_by": "semicolons"})
    in_semicolons = await _send(client, csrf, parted.text, do="look")

    assert out.headers["content-disposition"] == 'attachment; filename="members-with-contacts.csv"'
    assert "ana@listening.example" in out.text
    assert "\r\n\"'=Sum of" in out.text
    assert "It would be: 0 new, 0 changed, 3 unchanged." in again.text
    assert "Read as UTF-8, the columns parted by commas." in again.text
    assert "It would be: 0 new, 0 changed, 3 unchanged." in in_semicolons.text
    assert "Read as UTF-8, the columns parted by semicolons." in in_semicolons.text
