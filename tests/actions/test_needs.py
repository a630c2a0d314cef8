"""Who needs what is seen by who was named, by nobody else; the numbers are for the secretariat."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR
from summit_service.ahead import next_days
from summit_service.journal.tables import JournalNote
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import actions, ahead, needs
from summit_service.summits import queries as summits
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_registrations import ANNA, link_of, make_edition, register
from tests.postbox import Postbox, postbox, text_of

__all__ = ["postbox"]

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


async def test_arranger_is_mailed_when_named_and_of_a_morning_when_a_need_was_added(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    edition = await make_edition(in_person=3)
    await register("Early Bird", now=now, dietary="vegan")
    desk = await factories.secretariat()
    noor = await factories.make_person(email="noor@house.example", name="Noor Cook", timezone="Asia/Tokyo")
    for _ in range(2):
        await actions.name_arranger(2026, noor.email, actor=desk, now=now)
    named = await postbox.deliver(now)
    eight = datetime(2026, 3, 2, 23, tzinfo=UTC)  # at 08:00 of 3 March in Tokyo

    nothing_new = await actions.tell_arrangers(eight)
    await register("Anna Berg", now=eight + timedelta(minutes=9), access_needs="Marker ramp")
    await register("Ben Young", now=eight + timedelta(minutes=9))
    too_early = await actions.tell_arrangers(eight + timedelta(hours=1))
    window = next_days(eight + timedelta(hours=1), "Asia/Tokyo")
    ahead_of_time = [one for one in await ahead.coming(window) if "needs were added" in one.sentence]
    morning = eight + timedelta(days=1)
    told = await asyncio.gather(*(actions.tell_arrangers(morning) for _ in range(3)))
    again = await actions.tell_arrangers(morning + timedelta(days=1))
    [mail] = [one for one in await postbox.deliver(morning) if "need" in one["Subject"]]

    assert [one["Subject"] for one in named if "noor" in one["To"]] == [
        "You arrange access and food: Summit 2026"
    ]
    assert (nothing_new, too_early, sum(told), again) == (0, 0, 1, 0)
    assert [(one.at, one.count) for one in ahead_of_time] == [(morning, 1)]
    assert (mail["To"], mail["Subject"]) == (
        "Noor Cook <noor@house.example>",
        "New need to arrange: Summit 2026",
    )
    assert "One person has told or changed what they need" in " ".join(text_of(mail).split())
    assert "Marker" not in text_of(mail)

    later = morning + timedelta(hours=1)
    await change("Anna Berg", "Marker ramp", now=later)
    assert await actions.tell_arrangers(morning + timedelta(days=2)) == 0
    await change("Anna Berg", "A lift", now=later)
    assert await actions.tell_arrangers(morning + timedelta(days=3)) == 1
    await actions.end_arranger(2026, noor.id, actor=desk, now=morning)
    assert [one for one in await postbox.deliver(morning) if "noor" in one["To"]] == []
    await actions.name_arranger(2026, noor.email, actor=desk, now=morning)
    await change("Anna Berg", "Two lifts", now=later)
    assert await actions.tell_arrangers(summits.ends_instant(edition)) == 0


async def change(name: str, need: str, *, now: datetime) -> None:
    given = replace(ANNA, name=name, access_needs=need)
    await actions.change_details(await link_of(name, now=now), given, now=now)


async def test_arranger_of_the_next_summit_is_mailed_after_the_last_was_erased(
    database: db.Engine, now: datetime
) -> None:
    """On SQLite the number of the last one is given to the next."""
    edition = await make_edition()
    noor = await factories.make_person(email="noor@house.example", name="Noor Cook")
    await actions.name_arranger(2026, noor.email, actor=OPERATOR, now=now)
    over = summits.ends_instant(edition) + timedelta(days=400)
    await actions.erase_personal(over)
    await make_edition(year=2028, starts_on=date(2028, 9, 14), ends_on=date(2028, 9, 15))

    await actions.name_arranger(2028, noor.email, actor=OPERATOR, now=over)

    named = OutboxMessage.kind == "arranger_named"
    rows = await OutboxMessage.objects().where(named).order_by(OutboxMessage.id)
    assert [row.recipient_email for row in rows] == ["", "noor@house.example"]
