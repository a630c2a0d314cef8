"""Officers: named, shown, corrected, ended, erased by wish and taken out, on pages and in the API."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import httpx
import pytest

from summit_service.accounts.actor import OPERATOR
from summit_service.ahead import next_days
from summit_service.errors import Conflict, NotFound
from summit_service.journal.tables import JournalNote, JournalWords
from summit_service.officers import actions, ahead, queries
from summit_service.officers.tables import Officer
from tests.clients import Clock, bearer, client, clock, new_client, service_settings, sign_in
from tests.factories import make_organisation, make_person, secretariat
from tests.journeys.world import hidden_fields

__all__ = ["client", "clock", "service_settings"]
TYPED = {
    "office": "Chair", "name": "Ana <Ruiz>", "starts_on": "2025-01-01", "ends_on": "2026-04-30",
    "organisation": "kind", "person": "ana@kind.example",
}  # fmt: skip


def text(answer: httpx.Response) -> str:
    """The words of a page, without marks and runs of white space."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


async def test_officer_from_naming_to_history(client: httpx.AsyncClient, clock: Clock, now: datetime) -> None:
    await make_organisation("Kind Place", slug="kind")
    await make_person("Ana", email="ana@kind.example")
    form = {"csrf": await sign_in(client, await secretariat(), now=now)}

    wrong = {"name": "", "person": "x@nowhere.example", "ends_on": "2024-01-01"}
    faulty = await client.post("/desk/officers/new", data=form | TYPED | wrong)
    unknown = await client.post(
        "/desk/officers/new", data=form | TYPED | {"person": "x@nowhere.example", "organisation": "none"}
    )
    made = await client.post("/desk/officers/new", data=form | TYPED)
    (row,) = await Officer.objects()
    address = f"/desk/officers/{row.id}"
    async with new_client(clock) as public:
        shown = await public.get("/who-we-are")
    desk = await client.get("/desk")
    edited = await client.get(address)
    corrected = await client.post(address, data=form | TYPED | {"office": "Co-chair"})
    none = await client.post(f"{address}/end", data=form | {"ends_on": ""})
    ended = await client.post(f"{address}/end", data=form | {"ends_on": "2026-03-01"})
    history = await client.get("/who-we-are?done=ended")

    assert (faulty.status_code, unknown.status_code, made.status_code) == (422, 422, 303)
    assert "The name is missing." in text(faulty)
    assert "The network knows nobody of this address." in text(unknown)
    assert "no organisation “none”" in text(unknown)
    assert "Ana &lt;Ruiz&gt;" in shown.text
    assert "1 January 2025 to 30 April 2026" in text(shown)
    assert "Kind Place" in text(shown)
    assert "ana@kind.example" not in shown.text
    assert "The term of Ana &lt;Ruiz&gt; (Chair) ends on 30 April 2026." in text(desk)
    assert 'value="ana@kind.example"' in edited.text
    assert (corrected.status_code, none.status_code, ended.status_code) == (303, 422, 303)
    assert "The last day of the term is missing." in text(none)
    assert "No officer is named just now." in text(history)
    assert text(history).index("Earlier officers") < text(history).index("Co-chair")
    assert [note.verb for note in await JournalNote.objects().order_by(JournalNote.id)] == [
        "officer.named",
        "officer.changed",
        "officer.ended",
    ]


async def test_name_is_erased_for_good_and_a_mistake_is_taken_out(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_organisation("Kind Place", slug="kind")
    await make_person("Ana", email="ana@kind.example")
    desk = await bearer(await secretariat(via="api"), now=now)

    made = await client.post("/api/v1/officers", json=TYPED, headers=desk)
    officer = f"/api/v1/officers/{made.json()['id']}"
    changed = await client.patch(officer, json={"ends_on": ""}, headers=desk)
    public = await client.get("/api/v1/officers")
    erased = await client.post(f"{officer}/erasure", headers=desk)
    ended = await client.post(f"{officer}/end", json={"ends_on": "2026-12-31"}, headers=desk)
    with pytest.raises(Conflict):
        await actions.change(made.json()["id"], {"name": "Ana"}, actor=OPERATOR, now=now)
    page = await client.get("/who-we-are")
    removed = await client.post(f"{officer}/removal", headers=desk)
    with pytest.raises(NotFound):
        await queries.term(made.json()["id"])

    assert made.status_code == 201
    assert (made.json()["phase"], made.json()["person"]) == ("current", "ana@kind.example")
    assert changed.json()["ends_on"] is None
    (shown,) = public.json()["items"]
    assert (shown["name"], shown["organisation"], "person" in shown) == ("Ana <Ruiz>", "kind", False)
    assert (erased.json()["name"], erased.json()["organisation"], erased.json()["person"]) == (
        None,
        None,
        None,
    )
    assert ended.json()["ends_on"] == "2026-12-31"
    assert "Name erased at their wish" in text(page)
    assert removed.status_code == 204
    assert not [words for words in await JournalWords.objects() if "Ana" in words.private]


async def test_second_of_two_writers_sees_both_and_the_days_ahead_know_the_term(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    desk = await secretariat()
    csrf = await sign_in(client, desk, now=now)
    typed = {**TYPED, "organisation": "", "person": "", "ends_on": "2026-03-10"}
    await client.post("/desk/officers/new", data={**typed, "csrf": csrf})
    (row,) = await Officer.objects()
    address = f"/desk/officers/{row.id}"
    seen = hidden_fields((await client.get(address)).text)

    first = await client.post(address, data={**typed, **seen, "name": "Ana Ruiz Gil"})
    second = await client.post(address, data={**typed, **seen, "office": "President"})
    ending = await client.post(f"{address}/end", data={**seen, "ends_on": "2026-03-05"})
    by_api = await client.patch(
        f"/api/v1/officers/{row.id}",
        json={"office": "X", "seen": seen["seen"]},
        headers=await bearer(desk, now=now),
    )
    again = await client.post(address, data={**typed, **hidden_fields(second.text), "office": "President"})

    assert (first.status_code, second.status_code, ending.status_code) == (303, 409, 409)
    assert by_api.status_code == 409
    assert "Ana Ruiz Gil" in second.text
    assert 'value="President"' in second.text
    assert again.status_code == 303
    found = [(one.sentence, one.is_for_somebody) for one in await ahead.coming(next_days(now, "Etc/UTC"))]
    assert found == [("The term of Ana <Ruiz> (President) ends.", False)]
    waits = await ahead.coming(next_days(datetime(2026, 1, 1, tzinfo=UTC), "Etc/UTC"))
    assert [one.is_for_somebody for one in waits] == [True]
