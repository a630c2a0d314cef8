"""By API, with the link of the mail: an author's contribution, somebody's invitation, what is kept of a speaker."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest

from summit_service import links
from summit_service.accounts.actor import OPERATOR
from summit_service.contributions import actions, rules
from summit_service.registrations import actions as registrations
from summit_service.speakers import actions as speakers
from summit_service.speakers.tables import SpeakerContact
from tests.clients import Clock
from tests.factories_contributions import CLOSED, FORM, link_to, make_call, propose
from tests.factories_enquiries import everything_stored
from tests.factories_registrations import make_edition, states

FAR = "x" * 43


@pytest.mark.parametrize("folder", ["contributions", "invitations", "speakers"])
async def test_link_that_opens_nothing_is_not_found(client: httpx.AsyncClient, folder: str) -> None:
    answers = [await client.request(method, f"/api/v1/{folder}/{FAR}") for method in ("GET", "DELETE")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].headers["cache-control"] == "no-store"


async def test_contribution_is_seen_changed_and_erased_by_its_link(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await make_edition()
    await make_call(now=clock.now)
    url = f"/api/v1/contributions/{await link_to(await propose(now=clock.now), now=clock.now)}"

    shown = (await client.get(url)).json()
    faulty = await client.put(url, json=shown["told"] | {"title": "", "kind": "Dance"})
    other = await client.put(url, json=shown["told"] | {"email": "other@x.example"})
    changed = (await client.put(url, json=shown["told"] | {"title": "Listening by day"})).json()
    await decide(clock.now)
    secret = (await client.get(url)).json()
    await actions.tell(2026, expected=1, actor=OPERATOR, now=CLOSED)
    clock.now = CLOSED + timedelta(minutes=10)
    told = (await client.get(url)).json()
    late = await client.put(url, json=shown["told"])
    withdrawn = [(await client.post(f"{url}/withdrawal")).json()["state"] for _ in range(2)]
    erased = await client.delete(url)

    assert shown == {
        "year": 2026, "number": 1, "state": "", "note": "", "is_open": True,
        "told": {name: getattr(FORM, name) for name in rules.FIELDS if name != "email"},
    }  # fmt: skip
    assert (faulty.status_code, other.status_code, late.status_code) == (422, 400, 410)
    assert {one["pointer"] for one in faulty.json()["errors"]} == {"/title", "/kind"}
    assert changed == shown | {"told": shown["told"] | {"title": "Listening by day"}}
    assert secret == changed
    assert (told["state"], told["note"], told["is_open"]) == ("accepted", "Well done.", False)
    assert (withdrawn, erased.status_code) == (["withdrawn", "withdrawn"], 204)
    assert (await client.get(url)).status_code == 404
    assert FORM.email not in await everything_stored()


async def decide(now: datetime) -> None:
    await actions.decide(
        2026, 1, decision=rules.ACCEPTED, note="Well done.", seen="", actor=OPERATOR, now=now
    )


async def test_invitation_is_taken_refused_and_erased_by_its_link(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition(in_person=3)
    gil, gus = [await invited(name, now=now) for name in ("gil", "gus")]

    shown = (await client.get(gil)).json()
    faulty = await client.post(f"{gil}/acceptance", json={"name": " "})
    taken = [await client.post(f"{gil}/acceptance", json={"name": "Gil Guest"}) for _ in range(2)]
    refused = [await client.post(f"{gus}/refusal") for _ in range(2)]
    crossed = [
        await client.post(f"{gil}/refusal"),
        await client.post(f"{gus}/acceptance", json={"name": "G"}),
    ]
    erased = await client.delete(gus)

    assert (shown["state"], shown["attendance"], shown["email"]) == ("open", "in_person", "gil@guest.example")
    assert (faulty.status_code, faulty.json()["errors"][0]["pointer"]) == (422, "/name")
    assert [one.json() for one in taken] == [{"state": "confirmed", "attendance": "in_person"}] * 2
    assert [one.json()["state"] for one in refused] == ["declined", "declined"]
    assert [(one.status_code, one.json()["code"]) for one in crossed] == [(410, "invitation_ended")] * 2
    assert (erased.status_code, (await client.get(gus)).status_code) == (204, 404)
    assert await states() == {"Gil Guest": "confirmed in_person"}
    assert "gus@guest.example" not in await everything_stored()


async def invited(name: str, *, now: datetime) -> str:
    made = await registrations.invite(
        2026, name=name, email=f"{name}@guest.example", attendance="in_person", actor=OPERATOR, now=now
    )
    token = await links.issue("invitation", subject=str(made.id), now=now)
    return f"/api/v1/invitations/{token}"


async def test_what_is_kept_of_a_speaker_is_read_and_erased_by_the_link(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await speakers.put_addresses(2026, "Ana Ruiz; ana@hospital.example", actor=OPERATOR, now=now)
    [row] = await SpeakerContact.objects()
    url = f"/api/v1/speakers/{await links.issue('speaker', subject=str(row.id), now=now)}"

    shown = (await client.get(url)).json()
    erased = [(await client.delete(url)).status_code for _ in range(2)]

    assert (shown["names"], shown["email"]) == (["Ana Ruiz"], "ana@hospital.example")
    assert erased == [204, 404]
    assert "ana@hospital.example" not in await everything_stored()
