"""Writing a text on the desk: the preview, two writers at once, translations, and the list of versions."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import httpx

from summit_service import db
from summit_service.errors import Conflict
from summit_service.statements import actions, queries
from tests.actions.test_statements_comments import SLUG, consulting
from tests.clients import bearer, sign_in
from tests.factories import secretariat
from tests.factories_statements import TEXT, dump_tables, make_draft

DESK = "/desk/statements"
THEIRS = TEXT.replace("hospitals", "clinics")
OURS = TEXT.replace("hospitals", "wards")


async def test_preview_keeps_what_was_typed_and_saves_nothing(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk = await secretariat()
    await make_draft(desk, now=now)
    csrf = await sign_in(client, desk, now=now)
    before = await dump_tables()
    typed = {
        "csrf": csrf,
        "slug": SLUG,
        "text": f"# Heading\n\n{OURS}",
        "note": "For wards",
        "language": "en",
    }
    typed |= {"role": "courtesy", "known": "en:1"}

    whole = await client.post(f"{DESK}/preview", data=typed)
    part = await client.post(f"{DESK}/preview", data=typed, headers={"HX-Request": "true"})
    new = await client.post(f"{DESK}/preview", data={"csrf": csrf, "title": "Kind words", "text": "*So*."})
    empty = await client.post(f"{DESK}/preview", data={"csrf": csrf, "slug": SLUG, "text": " "})

    assert await dump_tables() == before
    assert "Heading</h2>" in part.text
    assert "<html" not in part.text
    assert "1 word taken out" in part.text
    for kept in ("Heading</h2>", "For wards", OURS, 'value="en:1"'):
        assert kept in whole.text
    assert "<em>So</em>" in new.text
    assert "Kind words" in new.text
    assert empty.status_code == 422


async def test_second_writer_gets_both_texts_and_saves_knowingly(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk = await secretariat()
    await make_draft(desk, now=now)
    csrf = await sign_in(client, desk, now=now)
    await actions.add_version(SLUG, actor=desk, now=now, text=THEIRS, note="For clinics")
    typed = {"csrf": csrf, "text": OURS, "note": "", "language": "en", "role": "authoritative"}

    refused = await client.post(f"{DESK}/{SLUG}/versions", data=typed | {"known": "en:1"})
    kept = await queries.versions_of(await queries.statement_by_slug(SLUG))
    saved = await client.post(f"{DESK}/{SLUG}/versions", data=typed | {"known": "en:2"})

    assert refused.status_code == 409
    for told in ("Somebody saved version 2", THEIRS, OURS, "For clinics", f"by {desk.name}", 'value="en:2"'):
        assert told in refused.text
    assert [version.n for version in kept] == [2, 1]
    assert saved.status_code == 303


async def test_of_two_who_save_at_once_one_is_told(database: db.Engine, now: datetime) -> None:
    desk = await secretariat()
    await make_draft(desk, now=now)

    outcomes = await asyncio.gather(
        *(
            actions.add_version(SLUG, actor=desk, now=now, text=text, known={"en": 1})
            for text in (THEIRS, OURS)
        ),
        return_exceptions=True,
    )

    (fault,) = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert isinstance(fault, Conflict)
    assert fault.code == "version_newer"


async def test_translation_is_written_beside_its_original_and_told_when_it_is_behind(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk = await secretariat()
    await make_draft(desk, now=now)
    csrf = await sign_in(client, desk, now=now)
    typed = {"csrf": csrf, "text": "Écoutons.", "note": "", "language": "fr", "role": "courtesy"}

    form = await client.get(f"{DESK}/{SLUG}/versions?language=fr")
    await client.post(f"{DESK}/{SLUG}/versions", data=typed | {"known": "en:1"})
    fresh = await client.get(f"/statements/{SLUG}/versions")
    await actions.add_version(SLUG, actor=desk, now=now, text=THEIRS)
    behind = await client.get(f"/statements/{SLUG}/versions")
    late = typed | {"text": "Écoutez.", "known": "en:1,fr:1"}
    refused = await client.post(f"{DESK}/{SLUG}/versions", data=late)

    assert "We ask hospitals" in form.text
    assert "The original (en), version 1" in form.text
    assert "Behind its original" not in fresh.text
    assert "Behind its original" in behind.text
    assert refused.status_code == 409
    for told in ("The original (en) was changed", "We ask clinics", "Écoutez."):
        assert told in refused.text


async def test_member_chooses_among_the_versions_that_were_circulated(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk, member = await consulting(now=now)
    await actions.add_version(SLUG, actor=desk, now=now, text=THEIRS, note="For clinics")
    address = f"/statements/{SLUG}/versions"

    stranger = await client.get(address)
    await sign_in(client, member, now=now)
    listed = await client.get(address)
    await sign_in(client, desk, now=now)
    all_of_them = await client.get(address)
    chosen = await client.get(f"{address}?language=en&old=1&new=2")
    nonsense = await client.get(f"{address}?language=..%2f&old=x&new=2", follow_redirects=True)

    assert stranger.status_code == 404
    assert "Version 1" in listed.text
    assert "Version 2" not in listed.text
    assert "“For clinics”" in all_of_them.text
    assert desk.name in all_of_them.text
    assert chosen.headers["location"] == f"{address}/en/1/changes/2"
    assert nonsense.status_code == 404


async def test_title_changes_until_the_text_is_frozen_and_the_summit_after_it(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk = await secretariat()
    draft = await make_draft(desk, now=now)
    csrf = {"csrf": await sign_in(client, desk, now=now)}
    page = f"{DESK}/{SLUG}/title"
    named = csrf | {"title": "Time to be heard", "edition": "2026"}

    form = await client.get(page)
    wrong = await client.post(page, data=csrf | {"title": " ", "edition": "26"})
    done = [await client.post(page, data=named) for _ in range(2)]
    board = await client.get(f"{DESK}/{SLUG}")
    kinds = [row.kind for row in await queries.ledger_of(draft)]
    await actions.freeze(SLUG, actor=desk, now=now)
    frozen = json.loads((await queries.ledger_of(draft))[-1].content)["body"]
    late = await client.post(page, data=named | {"title": "Another one"})
    summit = await client.post(page, data=named | {"edition": ""})
    await actions.cancel(SLUG, actor=desk, now=now)
    given_up = await client.post(page, data=named)

    assert 'value="Time to listen"' in form.text
    assert (wrong.status_code, [one.status_code for one in done]) == (422, [303, 303])
    assert 'value="26"' in wrong.text
    assert "Time to be heard</h1>" in board.text
    assert "from the summit of 2026" in board.text
    assert kinds == ["drafting", "version", "described"]
    assert frozen["title"] == "Time to be heard"
    assert (late.status_code, summit.status_code, given_up.status_code) == (409, 303, 409)
    assert "The text is frozen" in late.text
    after = await queries.statement_by_slug(SLUG)
    assert after.title == "Time to be heard"
    assert after.edition is None


async def test_program_changes_title_and_summit_each_by_itself(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk = await secretariat()
    await make_draft(desk, now=now)
    headers, address = await bearer(desk, now=now), f"/api/v1/statements/{SLUG}"

    summit = await client.patch(address, headers=headers, json={"edition": 2026})
    title = await client.patch(address, headers=headers, json={"title": "Time to be heard"})
    wrong = await client.patch(address, headers=headers, json={"edition": 26})
    none = await client.patch(address, headers=headers, json={"edition": None})

    assert [(one.json()["title"], one.json()["edition"]) for one in (summit, title, none)] == [
        ("Time to listen", 2026),
        ("Time to be heard", 2026),
        ("Time to be heard", None),
    ]
    assert wrong.status_code == 422
