"""Pages and API of a text's versions: who may read which, and what changed between two."""

from __future__ import annotations

from datetime import datetime

import httpx

from summit_service.statements import actions
from tests.clients import bearer, sign_in
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_statements import TEXT, make_draft

CHANGES = "/statements/time-to-listen/versions/en/1/changes/2"


async def two_versions(now: datetime) -> None:
    actor = await secretariat()
    await make_draft(actor, now=now)
    changed = TEXT.replace("ask hospitals", "ask <all> hospitals")
    await actions.add_version("time-to-listen", actor=actor, now=now, text=changed, note="All of them")


async def test_changes_are_told_in_words_and_marks(client: httpx.AsyncClient, now: datetime) -> None:
    await two_versions(now)
    await sign_in(client, await secretariat(), now=now)

    page = await client.get(CHANGES)
    board = await client.get("/desk/statements/time-to-listen")

    assert page.status_code == 200
    assert "1 paragraph was changed: 0 words taken out, 1 new." in page.text
    new = '<ins><span class="unseen">[new: </span>&lt;all&gt; <span class="unseen">]</span></ins>'
    assert f"We ask {new}hospitals" in page.text
    assert "Paragraph 2 is as before" in page.text
    assert "“All of them”" in page.text
    assert f'href="{CHANGES}"' in board.text


async def test_changes_of_drafts_are_hidden_from_members(client: httpx.AsyncClient, now: datetime) -> None:
    await two_versions(now)
    member = await representative_of(await make_organisation("Centre"))
    await sign_in(client, member, now=now)

    page = await client.get(CHANGES)

    assert page.status_code == 404
    assert "hospitals" not in page.text


async def test_member_reads_changes_between_frozen_texts(client: httpx.AsyncClient, now: datetime) -> None:
    actor = await secretariat()
    await make_draft(actor, now=now)
    await actions.freeze("time-to-listen", actor=actor, now=now)
    await actions.rework("time-to-listen", actor=actor, now=now, note="A slip")
    await actions.add_version("time-to-listen", actor=actor, now=now, text=f"{TEXT} Always.")
    member = await representative_of(await make_organisation("Centre"))
    await sign_in(client, member, now=now)

    before = await client.get(CHANGES)
    await actions.freeze("time-to-listen", actor=actor, now=now)
    after = await client.get(CHANGES)

    assert before.status_code == 404
    assert after.status_code == 200
    assert "Always" in after.text


async def test_unknown_version_or_language_is_not_found(client: httpx.AsyncClient, now: datetime) -> None:
    await two_versions(now)
    await sign_in(client, await secretariat(), now=now)

    versions = ("en/1/changes/3", "fr/1/changes/2", "en/0/changes/1", f"en/1/changes/{10**30}")
    answers = [await client.get(f"/statements/time-to-listen/versions/{v}") for v in versions]

    assert [answer.status_code for answer in answers] == [404] * 4


async def test_changes_by_program(client: httpx.AsyncClient, now: datetime) -> None:
    await two_versions(now)
    headers = await bearer(await secretariat(), now=now)

    answer = await client.get(f"/api/v1{CHANGES}", headers=headers)

    body = answer.json()
    assert body["summary"] == "1 paragraph was changed: 0 words taken out, 1 new."
    assert body["paragraphs"][0]["runs"] == [
        {"kind": "kept", "text": "We ask "},
        {"kind": "added", "text": "<all> "},
        {"kind": "kept", "text": "hospitals to plan time to listen."},
    ]
    assert "We ask {+<all>+} hospitals" in body["text"]
