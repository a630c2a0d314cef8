"""Joint funding by the API alone: a call from its first word to its end, an application from the first to the last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx

from tests.clients import bearer
from tests.factories import make_organisation, representative_of, secretariat

CALL: dict[str, Any] = {
    "title": "Kind hospitals",
    "funder": "Fund for Care",
    "deadline_at": "2026-04-15",
    "timezone": "Etc/GMT+12",
    "summary": "For ward teams.",
    "amount": "250000",
    "currency": "EUR",
    "countries": ["GB", "FR"],
}


async def test_first_call_of_a_new_member_is_given_back_confirmed_changed_and_withdrawn(
    client: httpx.AsyncClient, now: datetime
) -> None:
    new = await bearer(await representative_of(await make_organisation(is_new=True)), now=now)
    desk = await bearer(await secretariat(), now=now)
    at = "/api/v1/funding/kind-hospitals"

    async def did(path: str, who: dict[str, str], **body: Any) -> tuple[int, str]:
        answer = await client.post(f"{at}/{path}", headers=who, json=body or None)
        return answer.status_code, answer.json().get("state", "")

    posted = await client.post("/api/v1/funding", headers=new, json=CALL)
    back = await did("return", desk, reason="Who may apply?")
    changed = await client.patch(at, headers=new, json={"countries": []})
    confirmed = await did("confirmation", desk)
    moved = await client.patch(at, headers=new, json={"deadline_at": "2026-05-01T17:00"})
    wished = await did("interests", new, role="leads", brings="Two wards.", contact="Ana, ana@x.example")
    ended = await did("interests/withdrawal", new, organisation="")
    withdrawn = await did("withdrawal", new, reason="No money.")

    assert (posted.status_code, posted.json()["state"]) == (201, "waiting")
    assert (back, changed.json()["state"], confirmed) == (
        (201, "returned"),
        "waiting",
        (201, "published"),
    )
    assert moved.json()["deadline_at"] == "2026-05-01T17:00"
    assert (wished[0], ended[0]) == (201, 201)
    assert withdrawn == (201, "withdrawn")


async def test_those_who_apply_together_are_brought_together_and_nobody_else_is_told(
    client: httpx.AsyncClient, now: datetime
) -> None:
    centre, museum, other = [
        await representative_of(await make_organisation(name, slug=name.lower()))
        for name in ("Centre", "Museum", "Other")
    ]
    lead, partner, stranger = [await bearer(who, now=now) for who in (centre, museum, other)]
    await client.post("/api/v1/funding", headers=lead, json=CALL)
    begun = await client.post(
        "/api/v1/funding/kind-hospitals/consortia", headers=lead, json={"title": "One question"}
    )
    at = f"/api/v1/consortia/{begun.json()['id']}"

    async def did(path: str, who: dict[str, str], **body: Any) -> int:
        return (await client.post(f"{at}/{path}", headers=who, json=body)).status_code

    steps = [
        await did("invitations", lead, organisation="other", words="Join us?"),
        await did("refusal", stranger, reason="No hands."),
        await did("invitations", lead, organisation="other"),
        await did("invitations/withdrawal", lead, organisation="other"),
        await did("invitations", lead, organisation="museum"),
        await did("acceptance", partner),
        await did("versions", partner, text="A plan.", known=0),
        await did("versions", lead, text="Another plan.", known=1),
        await did("lead", lead, organisation="museum"),
        await did(
            "outcome", partner, state="funded", amount="90000", currency="GBP", public_line="Six wards."
        ),
        await did("departure", lead, reason="Done."),
    ]
    unseen = [await did("versions", lead, text="Mine.", known=known) for known in (1, 99)]
    seen = (await client.get(at, headers=partner)).json()
    changes = (await client.get(f"{at}/versions/1/changes/2", headers=partner)).json()
    hidden = [
        (await client.get(f"{at}{path}", headers=who)).status_code
        for path in ("", "/versions", "/versions/2", "/versions/1/changes/2")
        for who in (stranger, lead)
    ]

    assert begun.status_code == 201
    assert steps == [201, 204, 201, 201, 201, 201, 201, 201, 201, 201, 204]
    assert unseen == [404, 404]
    assert (seen["lead"], seen["state"], seen["version"]) == ("museum", "funded", 2)
    assert "Another" in str(changes["items"])
    assert hidden == [404] * 8


async def test_nobody_writes_after_a_version_that_they_have_not_seen(
    client: httpx.AsyncClient, now: datetime
) -> None:
    centre = await representative_of(await make_organisation())
    lead = await bearer(centre, now=now)
    await client.post("/api/v1/funding", headers=lead, json=CALL)
    begun = await client.post(
        "/api/v1/funding/kind-hospitals/consortia", headers=lead, json={"title": "One question"}
    )
    at = f"/api/v1/consortia/{begun.json()['id']}/versions"

    answers = [
        await client.post(at, headers=lead, json={"text": text, "known": known})
        for text, known in (("A plan.", 0), ("Another.", 0), ("A third.", 99))
    ]

    assert [answer.status_code for answer in answers] == [201, 409, 422]
    assert answers[2].json()["errors"][0]["pointer"] == "/known"
