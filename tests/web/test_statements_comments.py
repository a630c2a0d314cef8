"""Pages and API for comments: who sees which, what was typed is kept, and the desk's answers."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx

from summit_service.statements import actions
from summit_service.zones import wall_text
from tests.actions.test_statements_comments import SLUG, consulting, say
from tests.clients import bearer, sign_in
from tests.counting import count_queries
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_statements import make_draft

PAGE, DESK = f"/statements/{SLUG}/comments", f"/desk/statements/{SLUG}/comments"
FORM = {"organisation": "centre", "language": "en", "version": "1", "paragraph": "1"}


async def test_member_comments_and_reads_what_became_of_it(client: httpx.AsyncClient, now: datetime) -> None:
    desk, member = await consulting(now=now)
    csrf = await sign_in(client, member, now=now)

    sent = await client.post(
        PAGE, data=FORM | {"csrf": csrf, "body": "<b>Why?</b>", "quoted": "time to listen"}
    )
    await actions.dispose(SLUG, 1, kind="accepted_in_part", reason="We say it shorter.", actor=desk, now=now)
    page = await client.get(PAGE)

    assert sent.status_code == 303
    assert "&lt;b&gt;Why?&lt;/b&gt;" in page.text
    assert "Accepted in part" in page.text
    assert "We say it shorter." in page.text


async def test_fault_keeps_what_was_typed(client: httpx.AsyncClient, now: datetime) -> None:
    _, member = await consulting(now=now)
    csrf = await sign_in(client, member, now=now)

    page = await client.post(PAGE, data=FORM | {"csrf": csrf, "quoted": "not there", "wording": "My wording"})

    assert page.status_code == 422
    assert "Paragraph 1 does not have these words." in page.text
    assert "My wording</textarea>" in page.text


async def test_other_members_do_not_read_it(client: httpx.AsyncClient, now: datetime) -> None:
    _, member = await consulting(now=now)
    await say(member, now=now, body="Between us.")
    other = await representative_of(await make_organisation("Other"))
    await sign_in(client, other, now=now)

    page = await client.get(PAGE)
    listed = await client.get(f"/api/v1{PAGE}", headers=await bearer(other, now=now))

    assert page.status_code == 200
    assert "Between us." not in page.text
    assert listed.json()["items"] == []


async def test_desk_answers_each_comment(client: httpx.AsyncClient, now: datetime) -> None:
    desk, member = await consulting(now=now)
    said = await say(member, now=now)
    csrf = await sign_in(client, desk, now=now)

    refused = await client.post(f"{DESK}/{said.id}/disposition", data={"csrf": csrf, "kind": "accepted"})
    before = await client.get(f"/desk/statements/{SLUG}/freeze")
    stopped = await client.post(f"/desk/statements/{SLUG}/freeze", data={"csrf": csrf})
    kept = await client.post(
        f"{DESK}/{said.id}/disposition", data={"csrf": csrf, "kind": "accepted", "reason": "Yes."}
    )
    page = await client.get(DESK)

    assert refused.status_code == 422
    assert "Say why: the member reads it." in refused.text
    assert f'href="#reason-{said.id}"' in refused.text
    assert "Each organisation that has commented is mailed" in before.text
    assert "1 mail is sent." in before.text
    assert stopped.status_code == 409
    assert f'href="{DESK}"' in stopped.text
    assert kept.status_code == 303
    assert "Each of the 1 comments has its answer." not in page.text
    assert "Its comment has its answer." in page.text


async def test_desk_reads_many_comments_with_as_many_queries(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk, member = await consulting(now=now)
    await say(member, now=now)
    await sign_in(client, desk, now=now)

    with count_queries() as one:
        await client.get(DESK)
    for n in range(3):
        await say(member, now=now, body=f"And {n}.")
    with count_queries() as four:
        await client.get(DESK)

    assert four.number == one.number


async def test_comments_by_program(client: httpx.AsyncClient, now: datetime) -> None:
    desk, member = await consulting(now=now)
    body = {"organisation": "centre", "version": 1, "paragraph": 2, "wording": "Everybody is heard."}

    made = await client.post(f"/api/v1{PAGE}", json=body, headers=await bearer(member, now=now))
    headers = await bearer(desk, now=now)
    path = f"/api/v1{PAGE}/{made.json()['id']}/disposition"
    done = await client.post(path, json={"kind": "accepted", "reason": "Better."}, headers=headers)
    listed = await client.get(f"/api/v1{PAGE}", headers=headers)

    assert made.status_code == 201
    assert done.json()["disposition"]["kind"] == "accepted"
    assert listed.json()["items"] == [done.json()]


async def test_wording_without_a_place_is_refused_beside_its_comment(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk, member = await consulting(now=now)
    await say(member, now=now, paragraph=1, quoted="plan time", wording="set time aside")
    await say(member, now=now, paragraph=1, quoted="plan time", wording="find time")
    csrf = await sign_in(client, desk, now=now)

    listed = await client.get(DESK)
    taken = await client.post(f"{DESK}/1/adoption", data={"csrf": csrf})
    done = await client.get(taken.headers["location"])
    refused = await client.post(f"{DESK}/2/adoption", data={"csrf": csrf})
    in_api = await client.post(f"/api/v1{PAGE}/2/adoption", headers=await bearer(desk, now=now))

    assert listed.text.count("Take the wording over") == 2
    assert "The consultation ends with it." in listed.text
    assert taken.status_code == 303
    assert "The wording is in the text, as a new version" in done.text
    assert (refused.status_code, in_api.status_code) == (409, 409)
    assert "does not have the quoted words any more" in refused.text
    assert in_api.json()["code"] == "wording_without_place"


async def test_translation_is_commented_on_beside_its_original(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk = await secretariat()
    await make_draft(desk, now=now)
    for language, text in (("fr", "Du temps.\n\nÉcoutons."), ("ar", "وقت")):
        await actions.add_version(SLUG, actor=desk, now=now, text=text, language=language, role="courtesy")
    member = await representative_of(await make_organisation("Centre", slug="centre"))
    closes = wall_text(now + timedelta(days=20))
    await actions.start_consultation(SLUG, actor=desk, now=now, closes_at=closes, timezone="Etc/UTC")
    csrf = await sign_in(client, member, now=now)

    alone = await client.get(PAGE)
    french = await client.get(f"{PAGE}?beside=fr&about=fr:1&paragraph=2")
    arabic = await client.get(f"{PAGE}?beside=ar")
    form = {"csrf": csrf, "organisation": "centre", "about": "fr:1", "paragraph": "2"}
    refused = await client.post(f"{PAGE}?beside=fr", data=form | {"quoted": "heard", "wording": "Entendons."})
    sent = await client.post(f"{PAGE}?beside=fr", data=form | {"quoted": "Écoutons", "wording": "Entendons."})
    said = (await client.get(f"/api/v1{PAGE}", headers=await bearer(member, now=now))).json()["items"]

    assert 'href="?beside=fr"' in alone.text
    assert "Écoutons" not in alone.text
    pairs = french.text.split('<div class="pair">')
    assert [("plan time" in pair, "Du temps" in pair) for pair in pairs[1:]] == [(True, True), (False, False)]
    assert 'href="?beside=fr&amp;about=fr:1&amp;paragraph=2#say"' in french.text
    assert 'value="fr:1" checked' in french.text
    assert '<option value="2" selected>' in french.text
    assert arabic.text.count('<div class="pair">') == 1
    assert 'lang="ar" dir="rtl"' in arabic.text
    assert refused.status_code == 422
    assert 'value="fr:1" checked' in refused.text
    assert sent.headers["Location"] == f"{PAGE}?done=comment&beside=fr"
    assert [(one["language"], one["version"], one["quoted"]) for one in said] == [("fr", 1, "Écoutons")]
