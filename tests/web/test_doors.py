"""The door's pages without a script, its uploads, and the desk's view of it."""

from __future__ import annotations

from html import unescape
from typing import Any

import httpx

from summit_service.doors import actions, queries, rules, scans
from summit_service.doors.tables import Arrival
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_registrations import link_of, make_edition, register, registration_of
from tests.web.pages import elements


async def opened_door(clock: Clock, name: str = "Main entrance") -> str:
    await make_edition(in_person=2)
    await register("Anna Berg", now=clock.now)
    await register("Ben Young", now=clock.now)
    actor = await factories.secretariat()
    return f"/doors/{(await actions.make_door(2026, name, actor=actor, now=clock.now))[1]}"


async def test_helper_finds_lets_in_and_takes_back_without_a_script(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    door = await opened_door(clock)

    found = await client.get(door, params={"q": "bérg"})
    hidden = {
        element.attributes["name"]: element.attributes["value"]
        for element in elements(found.text)
        if element.attributes.get("type") == "hidden"
    }
    once, twice = [
        await client.post(f"{door}/arrivals", data=hidden, follow_redirects=True) for _ in range(2)
    ]
    again = await client.post(f"{door}/arrivals", data={"number": hidden["number"]}, follow_redirects=True)
    undone = await client.post(f"{door}/undo", data={"number": hidden["number"]}, follow_redirects=True)
    unknown = await client.post(f"{door}/arrivals", data={"number": "x"}, follow_redirects=True)

    assert "Anna Berg" in found.text
    assert "Ben Young" not in found.text
    assert all("Welcome, Anna Berg" in page.text for page in (once, twice))
    assert "At 9:00 at Main entrance. Centre for Kindness" in again.text
    assert "Not checked in any more: Anna Berg" in undone.text
    assert "Not a ticket of ours" in unknown.text
    assert "camera=(self)" in found.headers["permissions-policy"]
    assert "camera=()" in (await client.get("/")).headers["permissions-policy"]


async def test_uploads_count_once_and_the_list_is_not_sent_anew(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    door = await opened_door(clock)
    ticket = queries.ticket_of(await registration_of("Ben Young"))
    body = {
        "sent_at": "2026-03-02T09:00:00.000Z",
        "scans": [{"id": "abcdefgh", "at": "2026-03-02T08:30:00.000Z", "ticket": ticket}],
    }

    answers = [(await client.post(f"{door}/uploads", json=body)).json()["answers"] for _ in range(2)]
    listed = await client.get(f"{door}/list.json")
    same = await client.get(f"{door}/list.json", headers={"If-None-Match": listed.headers["ETag"]})
    bad = [await client.post(f"{door}/uploads", content=content) for content in (b"{", b'{"scans": 1}')]

    assert [(told["kind"], told["at"]) for [told] in answers] == [("welcome", "2026-03-02T08:30:00Z")] * 2
    assert await Arrival.count() == 1
    assert ticket not in listed.text
    assert "delegates.example" not in listed.text
    assert [person["door"] for person in listed.json()["people"]] == ["", "Main entrance"]
    assert (same.status_code, [answer.status_code for answer in bad]) == (304, [422, 422])
    clock.advance(days=300)
    assert (await client.get(f"{door}/list.json")).status_code == 404


async def test_device_with_a_clock_that_is_far_off_loses_nobody_and_breaks_nothing(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    door = await opened_door(clock)
    ticket = queries.ticket_of(await registration_of("Anna Berg"))
    moments = [
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-31T08:00:00Z", "+275760-09-13T00:00:00.000Z",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    ]  # fmt: skip

    uploads = [
        await client.post(f"{door}/uploads", json={
            "sent_at": sent_at, "scans": [{"id": f"abcdefg{number}-{first}", "at": at, "ticket": ticket}],
        })
        for number, at in enumerate(moments)
        for first, sent_at in enumerate(("2026-03-02T09:00:00Z", *moments[2:]))
    ]  # fmt: skip
    await sign_in(client, await factories.secretariat(), now=clock.now)
    counted = await client.get("/desk/summits/2026/doors")

    assert {answer.status_code for answer in uploads} == {200}
    assert {answer.json()["answers"][0]["kind"] for answer in uploads} <= {"welcome", "already", "back"}
    assert all(abs(row.at - clock.now) <= rules.GRACE for row in await Arrival.objects())
    assert counted.status_code == 200


async def test_upload_with_a_number_beyond_any_and_a_name_for_a_ticket_answers_for_each(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    door = await opened_door(clock)
    anna = await registration_of("Anna Berg")
    wrong: list[dict[str, Any]] = [
        {"number": 10**12}, {"number": -1}, {"number": 0}, {"number": None},
        {"ticket": "x" * 5_000}, {"ticket": "SUMMIT-999999999-" + "A" * 32},
    ]  # fmt: skip
    at = "2026-03-02T08:30:00Z"
    scans = [
        {"id": f"abcdefg{number}", "at": at} | told
        for number, told in enumerate([*wrong, {"number": anna.id}])
    ]

    answer = await client.post(f"{door}/uploads", json={"sent_at": at, "scans": scans})

    assert [told["kind"] for told in answer.json()["answers"]] == ["unknown"] * len(wrong) + ["welcome"]


async def test_line_that_cannot_be_taken_is_told_and_holds_up_no_other(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    door = await opened_door(clock)
    anna, ben = [(await registration_of(name)).id for name in ("Anna Berg", "Ben Young")]
    at = "2026-03-02T08:30:00Z"
    lines: list[Any] = [
        5, None, [], {}, "SUMMIT-1", {"id": 5}, {"id": "short", "number": anna}, {"id": "x" * 65, "number": anna},
        {"id": "aaaaaaaa", "at": at, "number": str(anna)}, {"id": "bbbbbbbb", "at": at, "ticket": 5},
        {"id": "cccccccc", "at": at, "number": anna, "undo": "no"}, {"id": "dddddddd", "at": at, "nummer": anna},
        {"id": "eeeeeeee", "number": anna}, {"id": "eeeeeeee", "at": 5, "number": anna},
        {"id": "eeeeeeee", "at": at, "number": ben}, {"id": "eeeeeeee", "at": at, "number": anna, "undo": True},
    ]  # fmt: skip

    once, twice = [
        (await client.post(f"{door}/uploads", json={"sent_at": at, "scans": lines})).json()["answers"]
        for _ in range(2)
    ]
    stolen = {"sent_at": at, "scans": [{"id": "eeeeeeee", "number": ben}, {"id": "ffffffff", "number": ben}]}
    later = (await client.post(f"{door}/uploads", json=stolen)).json()["answers"]

    assert once == twice
    assert [told["kind"] for told in once] == ["refused"] * 12 + ["welcome"] * 2 + ["refused"] * 2
    assert [told["id"] for told in once[5:9]] == ["", "", "", "aaaaaaaa"]
    assert all(told["reason"] for told in once if told["kind"] == "refused")
    assert (once[6]["reason"], once[14]["reason"]) == (scans.NO_MARK, scans.SAME_MARK)
    assert "`int | null`, got `str` - at `$.number`" in once[8]["reason"]
    assert [told["kind"] for told in later] == ["refused", "welcome"]
    assert await Arrival.count() == 2


async def test_desk_makes_closes_counts_and_exports(client: httpx.AsyncClient, clock: Clock) -> None:
    door = await opened_door(clock)
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    desk = "/desk/summits/2026/doors"
    number = (await registration_of("Ben Young")).id
    await client.post(f"{door}/arrivals", data={"number": str(number)})

    made = await client.post(desk, data={"csrf": csrf, "name": "Side door"})
    taken = await client.post(desk, data={"csrf": csrf, "name": "Side door"})
    here = await client.post(f"{desk}/2/opening", data={"csrf": csrf}, follow_redirects=True)
    sheet = await client.get("/desk/summits/2026/arrivals.csv")
    await client.post(f"{desk}/1/end", data={"csrf": csrf})
    after = await client.get(desk)

    assert "http://127.0.0.1:8000/doors/" in made.text
    assert (taken.status_code, "There is a door “Side door” already" in unescape(taken.text)) == (422, True)
    assert "<h1>Side door</h1>" in here.text
    assert f"{number},Ben Young,Centre for Kindness,in person,2026-03-02,09:00,Main entrance,0" in sheet.text
    assert "<strong>1</strong> person has come" in after.text
    assert "Closed: Main entrance" in after.text
    assert (await client.get(door)).status_code == 404


async def test_ticket_is_on_the_delegates_page_until_the_summit_is_over(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await opened_door(clock)
    page = f"/registrations/{await link_of('Ben Young', now=clock.now)}"

    before = await client.get(page)
    clock.advance(days=300)
    after = await client.get(page)

    assert 'alt="The QR code of your ticket"' in before.text
    assert "Your ticket" not in after.text
