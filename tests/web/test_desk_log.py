"""The desk's log: lines, filters, exports, the API, in how many queries."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import httpx
import pytest

from summit_service import db, journal
from summit_service.accounts.actor import Actor
from summit_service.journal.actions import seal
from summit_service.members import actions as members
from summit_service.members.rules import Details
from tests import factories
from tests.clients import Clock, bearer, sign_in
from tests.counting import count_queries


async def noted(actor: Actor, clock: Clock, *names: str) -> None:
    for name in names:
        async with db.transaction():
            await journal.note("event.posted", actor, name.lower(), name, now=clock.now)


async def test_log_tells_who_did_what_and_filters(client: httpx.AsyncClient, clock: Clock) -> None:
    desk = await factories.secretariat(name="Sam Secretary")
    other = await factories.secretariat(name="Olga Other")
    await sign_in(client, desk, now=clock.now)
    await members.create_organisation(Details(name="=Place", kind="centre"), actor=desk, now=clock.now)
    await noted(other, clock, "Listening")

    whole = (await client.get("/desk/log")).text
    by_person = (await client.get("/desk/log?who=olga")).text
    by_kind = (await client.get("/desk/log?kind=organisation&of=place")).text
    by_day = (await client.get(f"/desk/log?first={clock.now + timedelta(days=1):%Y-%m-%d}")).text

    assert "<strong>Sam Secretary</strong> took in “=Place”." in whole
    assert "<strong>Olga Other</strong> posted “Listening”." in whole
    assert "Olga Other</strong>" in by_person
    assert "Sam Secretary</strong>" not in by_person
    assert "“=Place”" in by_kind
    assert "Listening" not in by_kind
    assert "Nothing in the log matches." in by_day


async def test_log_of_the_api_takes_days_of_a_zone(client: httpx.AsyncClient, clock: Clock) -> None:
    desk = await factories.secretariat(timezone="Etc/UTC")
    await noted(desk, clock, "One")
    clock.now = clock.now.replace(hour=23, minute=30)
    await noted(desk, clock, "Two")
    headers = await bearer(desk, now=clock.now)
    today, after = (f"{clock.now + timedelta(days=n):%Y-%m-%d}" for n in (0, 1))

    async def listed(**given: str) -> list[str]:
        answer = await client.get("/api/v1/log", params={"kind": "event", **given}, headers=headers)
        return [one["object"] for one in answer.json()["items"]]

    own = [await listed(first=today, last=today), await listed(first=after), await listed(last=today)]
    in_tokyo = [await listed(first=day, last=day, timezone="Asia/Tokyo") for day in (today, after)]
    wrong = [
        await client.get("/api/v1/log", params=given, headers=headers)
        for given in ({"first": "soon"}, {"last": "9999-12-31"}, {"first": today, "timezone": "Mars/Base"})
    ]

    assert own == [["two", "one"], [], ["two", "one"]]
    assert in_tokyo == [["one"], ["two"]]
    assert [answer.status_code for answer in wrong] == [422, 422, 422]
    assert [answer.json()["errors"][0]["pointer"] for answer in wrong] == ["/first", "/last", "/timezone"]


async def test_exports_have_the_same_lines_with_their_hashes(client: httpx.AsyncClient, clock: Clock) -> None:
    desk = await factories.secretariat(name="=Sam")
    await sign_in(client, desk, now=clock.now)
    await noted(desk, clock, "One", "Two")
    await seal(clock.now)

    sheet = (await client.get("/desk/log.csv?of=one")).text.removeprefix("\ufeff")
    listed = (await client.get("/desk/log.json")).json()["items"]

    (line,) = csv.DictReader(io.StringIO(sheet))
    assert (line["who"], line["sentence"], line["seq"]) == ("'=Sam", "posted “One”.", "1")
    assert [(one["sentence"], one["seq"]) for one in listed] == [("posted “Two”.", 2), ("posted “One”.", 1)]
    assert line["entry_sha256"] == listed[1]["entry_sha256"] != ""


async def test_as_many_queries_for_many_lines_as_for_one(client: httpx.AsyncClient, clock: Clock) -> None:
    desk = await factories.secretariat()
    await sign_in(client, desk, now=clock.now)
    await noted(desk, clock, "One")
    with count_queries() as short:
        await client.get("/desk/log")
    await noted(desk, clock, *(f"Event {n}" for n in range(5)))

    with count_queries() as long:
        await client.get("/desk/log")

    assert long.number == short.number


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30", "x"])
async def test_day_that_cannot_be_is_no_filter(client: httpx.AsyncClient, clock: Clock, day: str) -> None:
    desk = await factories.secretariat(timezone="Asia/Tokyo")
    await sign_in(client, desk, now=clock.now)
    await noted(desk, clock, "Listening")

    for path in ("/desk/log", "/desk/log.csv", "/desk/log.json"):
        for name in ("first", "last"):
            answer = await client.get(path, params={name: day})
            assert (answer.status_code, "Listening" in answer.text) == (200, True)
