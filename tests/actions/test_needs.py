"""Who needs what is seen by who was named, by nobody else; the numbers are for the secretariat."""

from __future__ import annotations

import csv
import io

import httpx
import pytest

from summit_service.journal.tables import JournalNote
from summit_service.registrations import actions, needs
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_registrations import link_of, make_edition, register

DESK = "/desk/summits/2026/needs"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", []),
        ("Wheelchair place; captions.\n\nA quiet room ", ["Wheelchair place", "captions", "A quiet room"]),
        ("no nuts, no fish", ["no nuts, no fish"]),
        (" ; .\n", []),
    ],
)
def test_each_line_and_part_is_a_need(typed: str, found: list[str]) -> None:
    assert needs.split(typed) == found


async def test_only_who_was_named_sees_who_needs_what(client: httpx.AsyncClient, clock: Clock) -> None:
    now = clock.now
    await make_edition(in_person=1)
    await register("Anna Berg", now=now, access_needs="Captions; a ramp", dietary="=vegan")
    await register("Ben Young", now=now, access_needs="captions.\nCAPTIONS")
    await register("Olga Online", now=now, attendance="online", dietary="Kosher")
    await register("Gone Away", now=now, attendance="online", dietary="Halal")
    await actions.cancel(await link_of("Gone Away", now=now), now=now)
    desk = await factories.secretariat()
    csrf = await sign_in(client, desk, now=now)

    counted = (await client.get(DESK)).text
    refused = [(await client.get(f"{DESK}.{kind}")).status_code for kind in ("csv", "xlsx")]
    whole = (await client.get("/desk/summits/2026/registrations.csv")).text
    unknown = await client.post(f"{DESK}/people", data={"csrf": csrf, "email": "nobody@x.example"})
    for _ in range(2):
        named = await client.post(
            f"{DESK}/people", data={"csrf": csrf, "email": desk.email}, follow_redirects=True
        )
    head, *lines = csv.reader(io.StringIO((await client.get(f"{DESK}.csv")).text.removeprefix("\ufeff")))
    workbook = await client.get(f"{DESK}.xlsx")
    for _ in range(2):
        ended = await client.post(
            f"{DESK}/people/{desk.person_id}/end", data={"csrf": csrf}, follow_redirects=True
        )

    for text in (counted, whole, ended.text):
        assert not any(word in text.lower() for word in ("captions", "vegan", "kosher"))
    assert refused == [403, 403]
    assert (unknown.status_code, "Nobody here has this address" in unknown.text) == (422, True)
    assert all(word in named.text for word in ("Captions", "Anna Berg", "Ben Young", "16 October 2026"))
    assert "Halal" not in named.text
    assert [line[:3] for line in lines] == [
        ["Access", "Captions", "Anna Berg"],
        ["Access", "Captions", "Ben Young"],
        ["Access", "a ramp", "Anna Berg"],
        ["Food", "'=vegan", "Anna Berg"],
        ["Food", "Kosher", "Olga Online"],
    ]
    assert (head[-2:], lines[0][-2:]) == (
        ["what_for", "erased_on"],
        ["Whoever makes it possible", "2026-10-16"],
    )
    assert workbook.content.startswith(b"PK")
    verbs = [row["verb"] for row in await JournalNote.select(JournalNote.verb).order_by(JournalNote.id)]
    assert [verb for verb in verbs if "arranger" in verb] == [
        "summit.arranger_named",
        "summit.arranger_ended",
    ]
