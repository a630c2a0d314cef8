"""Statements by JSON: who may, the whole story, what the public sees, and where faults are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from summit_service.statements import queries
from tests.clients import bearer
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_statements import give_answer, link_to, make_draft, make_frozen, make_member, make_open

API = "/api/v1/statements"
NEW = {"title": "Time to listen", "text": "We ask for time.", "note": "first"}
CLOSES = {"closes_at": "2026-03-22T17:00", "timezone": "Europe/London"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", NEW),
        ("/time-to-listen/versions", {"text": "More time."}),
        ("/time-to-listen/consultation", CLOSES),
        ("/time-to-listen/freeze", None),
        ("/time-to-listen/signing", CLOSES),
        ("/time-to-listen/reminders", None),
        ("/time-to-listen/rework", {"note": "x"}),
        ("/time-to-listen/closure", None),
        ("/time-to-listen/publication", None),
        ("/time-to-listen/cancellation", None),
    ],
)
async def test_stranger_and_member_may_not(
    client: httpx.AsyncClient, now: datetime, path: str, body: Any
) -> None:
    await make_draft(await secretariat(), now=now)
    member = await bearer(await representative_of(await make_organisation(), via="api"), now=now)

    stranger = await client.post(f"{API}{path}", json=body)
    wrong = await client.post(f"{API}{path}", json=body, headers=member)

    assert (stranger.status_code, wrong.status_code) == (401, 403)
    assert stranger.headers["Content-Type"] == "application/problem+json"
    assert (await queries.statement_by_slug("time-to-listen")).state == "drafting"


async def test_consultation_takes_and_tells_the_days_that_members_have(
    client: httpx.AsyncClient, now: datetime
) -> None:
    client.headers.update(await bearer(await secretariat(via="api"), now=now))
    await make_member("Centre for Kindness")
    before = (await client.post(API, json=NEW)).json()

    wrong = await client.post(f"{API}/time-to-listen/consultation", json=CLOSES | {"least_days": 181})
    begun = await client.post(f"{API}/time-to-listen/consultation", json=CLOSES | {"least_days": 10})
    refused = await client.post(f"{API}/time-to-listen/freeze")

    assert (before["least_days"], before["freezable_from"]) == (0, None)
    assert wrong.status_code in {400, 422}
    assert (begun.status_code, refused.status_code) == (201, 409)
    assert begun.json()["least_days"] == 10
    assert datetime.fromisoformat(begun.json()["freezable_from"]) - now < timedelta(days=10, seconds=1)
    assert refused.json()["code"] == "consultation_too_short"


async def test_whole_story(client: httpx.AsyncClient, now: datetime) -> None:
    client.headers.update(await bearer(await secretariat(via="api"), now=now))
    member = await make_member("Centre for Kindness", signatory="Ana Ruiz", contact_email="a@kind.example")

    drafted = await client.post(API, json=NEW)
    versioned = await client.post(f"{API}/time-to-listen/versions", json={"text": "We ask for *more* time."})
    frozen = await client.post(f"{API}/time-to-listen/freeze")
    opened = await client.post(f"{API}/time-to-listen/signing", json={**CLOSES, "policy": "consensus"})
    statement = await queries.statement_by_slug("time-to-listen")
    await give_answer(await link_to(statement, member, now=now), now=now)
    signed = await client.get(f"{API}/time-to-listen")
    closed = await client.post(f"{API}/time-to-listen/closure", json={"note": "all have signed"})
    published = await client.post(f"{API}/time-to-listen/publication")

    steps = [drafted, versioned, frozen, opened, signed, closed, published]
    assert [answer.status_code for answer in steps] == [201, 201, 201, 201, 200, 201, 201]
    assert [answer.json()["state"] for answer in steps] == [
        "drafting",
        "drafting",
        "frozen",
        "signing",
        "signing",
        "closed",
        "published",
    ]
    body = opened.json()
    assert (body["closes_at"], body["timezone"]) == ("2026-03-22T17:00", "Europe/London")
    assert body["closes_instant"] == "2026-03-22T17:00:00.000Z"
    assert body["policy"]["preset"] == "consensus"
    assert [version["n"] for version in body["versions"]] == [2, 1]
    assert body["text"] == "We ask for *more* time.\n"
    assert signed.json()["requests"] == [
        {
            "organisation": "Centre for Kindness",
            "slug": member.slug,
            "signatory": "Ana Ruiz",
            "confirmed": None,
            "answer": "signed",
            "capacity": "organisation",
            "answered_at": "2026-03-02T09:00:00.000Z",
            "reason": "",
            "typed": "",
            "printed": "",
            "signed_before": 0,
            "mails": 1,
            "mail": "signing_request",
            "mail_state": "stopped",
            "mailed_at": "2026-03-02T09:00:00.000Z",
            "server_reply": "the answer was given",
            "remarks": [],
        }
    ]
    assert published.json()["tally"]["signed"] == 1
    blocked = [one["sentence"] for one in opened.json()["obstacles"]]
    assert len(blocked) == 1
    assert blocked[0].startswith("Centre for Kindness has not answered and can do so until")
    told = published.json()["history"]
    assert [one["seq"] for one in told] == list(range(len(told), 0, -1))
    assert ("Published", "") in {(one["words"], one["note"]) for one in told}
    assert published.json()["chain_head"] in [one["entry_sha256"] for one in told]


async def test_public_reads_what_is_published_and_nothing_before(
    client: httpx.AsyncClient, now: datetime
) -> None:
    member = await make_member("Centre for Kindness", signatory="Ana Ruiz")
    actor = await secretariat()
    own = await bearer(actor, now=now)
    statement = await make_open(actor, now=now)
    kept = await give_answer(await link_to(statement, member, now=now), now=now)

    before = await client.get(f"{API}/{statement.slug}")
    listed_before = await client.get(API)
    await client.post(f"{API}/{statement.slug}/closure", headers=own)
    await client.post(f"{API}/{statement.slug}/publication", headers=own)
    after = await client.get(f"{API}/{statement.slug}")
    listed = await client.get(API)

    assert (before.status_code, listed_before.json()) == (404, {"items": [], "next": None})
    assert [item["slug"] for item in listed.json()["items"]] == [statement.slug]
    assert [after.json()[name] for name in ("requests", "obstacles", "history")] == [None] * 3
    assert after.json()["signatures"] == [
        {
            "name": "Ana Ruiz",
            "organisation": "Centre for Kindness",
            "country": "GB",
            "capacity": "organisation",
            "signed_at": "2026-03-02T09:00:00.000Z",
            "record": kept.record_id,
            "entry_sha256": kept.entry_sha256,
        }
    ]


async def test_member_reads_the_text_but_no_answers(client: httpx.AsyncClient, now: datetime) -> None:
    member = await make_member("Centre for Kindness")
    own = await bearer(
        await representative_of(await make_organisation("Another Centre", standing="associate"), via="api"),
        now=now,
    )
    statement = await make_open(await secretariat(), now=now)
    draft = await make_draft(await secretariat(), now=now)
    await give_answer(await link_to(statement, member, now=now), now=now)

    read = await client.get(f"{API}/{statement.slug}", headers=own)
    unread = await client.get(f"{API}/{draft.slug}", headers=own)

    body = read.json()
    assert body["text"].startswith("We ask hospitals")
    assert (body["signatures"], body["tally"], body["requests"]) == ([], None, None)
    assert unread.status_code == 404


async def test_no_answer_names_a_link(client: httpx.AsyncClient, now: datetime) -> None:
    client.headers.update(await bearer(await secretariat(via="api"), now=now))
    await make_member("Centre for Kindness")
    statement = await make_open(await secretariat(), now=now)

    read = await client.get(f"{API}/{statement.slug}")

    names = set(read.json()) | set(read.json()["requests"][0])
    assert not [name for name in names if "token" in name or "link" in name or "url" in name]
    assert "/sign/" not in read.text


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": "x"}, "/title"),
        ({"title": ""}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"title": "x\ny"}, "/title"),
        ({"title": "x", "policy": "majority"}, "/policy"),
        ({"title": "x", "policy": {"least_signed": {"num": 0.5, "den": 1}}}, "/policy/least_signed"),
        ({"title": "x", "closes_at": "2026-03-29T01:30", "timezone": "Europe/London"}, "/closes_at"),
        ({"title": "x", "closes_at": "2026-03-29T12:30", "timezone": "Europe/Atlantis"}, "/timezone"),
    ],
)
async def test_faults_point_to_their_place(
    client: httpx.AsyncClient, now: datetime, body: dict[str, Any], pointer: str
) -> None:
    client.headers.update(await bearer(await secretariat(via="api"), now=now))

    refused = await client.post(API, json=body)

    assert refused.status_code in {400, 422}
    assert refused.json()["errors"][0]["pointer"].endswith(pointer.rsplit("/", 1)[-1])
    assert await queries.all_statements() == []


@pytest.mark.parametrize("raw", ["{", "[]", '{"title": 5}', '{"title": "x", "colour": "red"}'])
async def test_json_of_the_wrong_kind_is_refused(client: httpx.AsyncClient, now: datetime, raw: str) -> None:
    client.headers.update(await bearer(await secretariat(via="api"), now=now))

    refused = await client.post(API, content=raw, headers={"Content-Type": "application/json"})

    assert 400 <= refused.status_code < 500
    assert refused.json()["detail"]
    assert await queries.all_statements() == []


async def test_named_refusals(client: httpx.AsyncClient, now: datetime) -> None:
    client.headers.update(await bearer(await secretariat(via="api"), now=now))
    await make_organisation("Museum of Empathy")
    frozen = await make_frozen(await secretariat(), now=now)

    signing = await client.post(f"{API}/{frozen.slug}/signing", json=CLOSES)
    version = await client.post(f"{API}/{frozen.slug}/versions", json={"text": "Other"})
    published = await client.post(f"{API}/{frozen.slug}/publication")
    nowhere = await client.post(f"{API}/nowhere/freeze")

    assert [(r.status_code, r.json()["code"]) for r in (signing, version, published, nowhere)] == [
        (409, "no_signatory"),
        (409, "frozen"),
        (409, "not_published_from_frozen"),
        (404, "not_found"),
    ]
    assert "Museum of Empathy" in signing.json()["detail"]


async def test_reminders_say_who_and_why_not(client: httpx.AsyncClient, now: datetime, clock: Any) -> None:
    headers = await bearer(await secretariat(via="api"), now=now)
    await make_member("Centre for Kindness")
    statement = await make_open(await secretariat(), now=now)

    early = await client.post(f"{API}/{statement.slug}/reminders", headers=headers)
    clock.now = now + timedelta(days=1)
    due = await client.post(f"{API}/{statement.slug}/reminders", headers=headers)
    supposed = (await client.get(f"{API}/{statement.slug}", headers=headers)).json()["supposed"]

    assert [(one["words"], one["is_adopted"]) for one in supposed] == [
        ("If nobody else answers", False),
        ("If the one who is missing signs", True),
        ("If the one who is missing declines", False),
    ]
    reason = "mailed within the last day"
    assert early.json() == {
        "reminded": [],
        "skipped": [{"organisation": "Centre for Kindness", "reason": reason}],
    }
    assert due.json() == {"reminded": ["Centre for Kindness"], "skipped": []}


async def test_after_the_deadline_the_state_is_closed_without_a_job(
    client: httpx.AsyncClient, now: datetime, clock: Any
) -> None:
    headers = await bearer(await secretariat(via="api"), now=now)
    await make_member("Centre for Kindness")
    statement = await make_open(await secretariat(), now=now)
    clock.now = statement.closes_at

    read = await client.get(f"{API}/{statement.slug}", headers=headers)

    assert read.json()["state"] == "closed"
    assert (await queries.statement_by_slug(statement.slug)).state == "signing"
