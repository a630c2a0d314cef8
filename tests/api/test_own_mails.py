"""One's own mails in the API: the digest and the morning mail, each at its hour."""

from __future__ import annotations

import httpx

from tests import factories
from tests.clients import Clock, bearer

PATH = "/api/v1/me/mails"


async def test_mails_are_chosen_with_their_hours(client: httpx.AsyncClient, clock: Clock) -> None:
    desk = await factories.secretariat(timezone="Asia/Tokyo")
    headers = await bearer(desk, now=clock.now)

    before = await client.get(PATH, headers=headers)
    weekly = await client.patch(PATH, json={"digest": "weekly", "digest_hour": 6}, headers=headers)
    later = await client.patch(PATH, json={"digest_hour": 21, "morning_hour": 7}, headers=headers)
    quiet = await client.patch(PATH, json={"morning": False}, headers=headers)

    first = {"timezone": "Asia/Tokyo", "digest": "off", "digest_hour": 8, "morning": True, "morning_hour": 8}
    assert before.json() == first
    assert weekly.json() == first | {"digest": "weekly", "digest_hour": 6}
    assert later.json() == first | {"digest": "weekly", "digest_hour": 21, "morning_hour": 7}
    assert quiet.json() == later.json() | {"morning": False}


async def test_mails_of_a_member_are_without_mornings(client: httpx.AsyncClient, clock: Clock) -> None:
    member = await factories.representative_of(await factories.make_organisation("Place"))
    headers = await bearer(member, now=clock.now)

    stranger = await client.get(PATH)
    refused = await client.patch(PATH, json={"digest": "weekly", "morning_hour": 7}, headers=headers)
    wrong = await client.patch(PATH, json={"digest_hour": 24}, headers=headers)
    after = await client.get(PATH, headers=headers)

    assert (stranger.status_code, refused.status_code) == (401, 403)
    assert wrong.status_code in {400, 422}
    assert after.json()["digest"] == "off", "nothing of what was refused is kept"
    assert (after.json()["morning"], after.json()["morning_hour"]) == (None, None)
