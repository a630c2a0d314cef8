"""Resources by API: shared by representatives, read by everybody, changed, decided, withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx

from summit_service.resources.tables import ResourceComment
from tests.clients import bearer, client, clock, service_settings
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_resources import GUIDE, make_resource

__all__ = ["client", "clock", "service_settings"]
URL = "/api/v1/resources"
BODY = {"title": GUIDE.title, "kind": "guide", "summary": "Sit down.", "licence": "cc-by", "topics": ["Teaching"],
        "url": "https://www.example.org/guide"}  # fmt: skip


async def test_resource_is_shared_read_changed_and_withdrawn(
    client: httpx.AsyncClient, now: datetime
) -> None:
    organisation = await make_organisation(slug="right")
    right = await bearer(await representative_of(organisation), now=now)
    wrong = await bearer(await representative_of(await make_organisation("Wrong")), now=now)

    stranger = await client.post(URL, json=BODY)
    other = await client.post(URL, json=BODY | {"organisation": "right"}, headers=wrong)
    made = await client.post(URL, json=BODY, headers=right)
    address = f"/api/v1/resources/{made.json()['slug']}"
    listed = await client.get(URL, params={"topic": "teaching", "q": "sit"})
    changed = await client.patch(address, json={"licence": "cc0"}, headers=right)
    refused = await client.patch(address, json={"licence": "cc0"}, headers=wrong)
    gone = await client.post(f"{address}/withdrawal", json={"reason": "Old."}, headers=right)
    after = await client.get(address)

    assert (stranger.status_code, other.status_code, refused.status_code) == (401, 403, 403)
    assert (made.status_code, made.headers["Location"]) == (201, address)
    assert made.json() == {
        "slug": "listening-on-the-ward-round", "title": GUIDE.title, "kind": "guide", "summary": "Sit down.",
        "url": "https://www.example.org/guide", "topics": ["teaching"], "language": "en", "licence": "cc-by",
        "visibility": "public", "organisation": "right", "state": "published",
        "created_at": "2026-03-02T09:00:00Z", "changed_at": "2026-03-02T09:00:00Z",
        "file": None, "link_fault": "",
    }  # fmt: skip
    assert listed.json() == {"items": [made.json()], "next": None}
    assert changed.json() == made.json() | {"licence": "cc0"}
    assert (gone.status_code, gone.json()["state"]) == (201, "withdrawn")
    assert (after.status_code, after.json()["detail"]) == (410, "This resource was withdrawn. Old.")


async def test_members_only_resource_is_hidden_from_strangers(
    client: httpx.AsyncClient, now: datetime
) -> None:
    right = await bearer(await representative_of(await make_organisation()), now=now)
    made = await client.post(URL, json=BODY | {"visibility": "members"}, headers=right)
    address = made.headers["Location"]

    answers = [await client.get(address), await client.get(URL), await client.get(URL, headers=right)]

    assert answers[0].status_code == 404
    assert [len(one.json()["items"]) for one in answers[1:]] == [0, 1]


async def test_first_resource_of_a_new_member_is_decided_by_the_desk(
    client: httpx.AsyncClient, now: datetime
) -> None:
    member = await bearer(await representative_of(await make_organisation(is_new=True)), now=now)
    desk = await bearer(await secretariat(), now=now)
    made = await client.post(URL, json=BODY, headers=member)
    address = made.headers["Location"]

    back = await client.post(f"{address}/return", json={"reason": "Which?"}, headers=desk)
    again = await client.patch(address, json={"title": "Listening"}, headers=member)
    own = await client.post(f"{address}/confirmation", headers=member)
    done = await client.post(f"{address}/confirmation", headers=desk)

    states = [one.json()["state"] for one in (made, back, again, done)]
    assert states == ["waiting", "returned", "waiting", "published"]
    assert own.status_code == 403


async def test_faults_are_pointed_to(client: httpx.AsyncClient, now: datetime) -> None:
    right = await bearer(await representative_of(await make_organisation()), now=now)

    answer = await client.post(URL, json=BODY | {"kind": "song", "url": "x"}, headers=right)

    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/kind", "/url"}


async def test_members_say_that_they_use_it_and_comment_and_the_desk_hides_a_comment(
    client: httpx.AsyncClient, now: datetime
) -> None:
    right = await bearer(await representative_of(await make_organisation(slug="right")), now=now)
    other = await bearer(await representative_of(await make_organisation("Other", slug="other")), now=now)
    desk = await bearer(await secretariat(), now=now)
    await client.post(URL, json=BODY, headers=right)
    at = f"{URL}/listening-on-the-ward-round"

    used = await client.post(f"{at}/uses", json={"words": "On two wards."}, headers=other)
    said = await client.post(f"{at}/comments", json={"body": "It helps."}, headers=other)
    number = (await client.get(f"{at}/comments", headers=other)).json()["items"][0]["id"]
    mended = await client.patch(f"{at}/comments/{number}", json={"body": "It helps a lot."}, headers=other)
    theirs = await client.patch(f"{at}/comments/{number}", json={"body": "No."}, headers=right)
    hidden = await client.post(f"{at}/comments/{number}/hiding", json={"reason": "Not here."}, headers=desk)
    read = [(await client.get(f"{at}/comments", headers=who)).json() for who in (right, other)]
    strange = await client.get(f"{at}/comments")
    unused = await client.post(f"{at}/uses/withdrawal", json={}, headers=other)

    assert [one.status_code // 100 for one in (used, said, mended, hidden, unused)] == [2] * 5
    assert theirs.status_code == 404
    assert [one["items"][0]["body"] for one in read] == ["", "It helps a lot."]
    assert strange.status_code == 401
    assert (await client.get(f"{at}/uses", headers=other)).json()["items"] == []


async def test_comments_are_read_on_by_the_cursor_and_each_new_one_is_answered(
    client: httpx.AsyncClient, now: datetime
) -> None:
    organisation = await make_organisation()
    member = await representative_of(organisation)
    made = await make_resource(organisation, actor=member, now=now)
    headers, address = await bearer(member, now=now), f"{URL}/{made.slug}/comments"
    said: dict[str, Any] = {
        "resource": made.id,
        "person": member.person_id,
        "created_at": now,
        "changed_at": now,
    }
    await ResourceComment.insert(*(ResourceComment(**said, body=f"Word {n}.") for n in range(200)))

    newest = await client.post(address, json={"body": "The last word."}, headers=headers)
    first = await client.get(address, headers=headers)
    second = await client.get(address, params={"cursor": first.json()["next"]}, headers=headers)

    assert (newest.status_code, newest.json()["body"]) == (201, "The last word.")
    assert [len(answer.json()["items"]) for answer in (first, second)] == [200, 1]
    assert second.json() == {"items": [newest.json()], "next": None}
