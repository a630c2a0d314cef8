"""A draft circulated by mail: who gets it, what it says, and what its link opens."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from summit_service import db, links
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation, Role
from summit_service.statements import actions, circulation, comments, queries
from summit_service.statements.actions import erasing
from summit_service.zones import wall_text
from tests.actions.test_statements_comments import SLUG, consulting, say
from tests.clients import bearer, sign_in
from tests.factories import secretariat
from tests.factories_statements import TEXT, dump_tables, make_draft, make_member

FORM = {"language": "en", "version": "1", "paragraph": "1", "body": "Say why."}


async def link(*, now: datetime) -> str:
    """As the mailer mints it for the one who was asked first."""
    statement = await queries.statement_by_slug(SLUG)
    one = (await circulation.asked())[0]
    circulated = (await circulation.circulations(statement))[-1].seq
    expires = statement.closes_at + timedelta(days=90)
    return await links.issue(
        "comment", subject=one.subject(statement, circulated), now=now, expires_at=expires
    )


async def test_second_draft_is_mailed_with_what_changed(database: db.Engine, now: datetime) -> None:
    desk, member = await consulting(now=now)
    await make_member("Emp@thies", signatory="Bo Ito")
    await actions.add_version(
        SLUG, actor=desk, now=now, text=TEXT.replace("hospitals", "clinics"), note="Wider"
    )
    closes = wall_text(now + timedelta(days=30))

    await actions.start_consultation(SLUG, actor=desk, now=now, closes_at=closes)

    rows = await OutboxMessage.objects().order_by(OutboxMessage.id)
    assert [(row.kind, row.recipient_name, row.state) for row in rows] == [
        ("comments_asked", member.name, "stopped"),
        ("comments_asked", member.name, "queued"),
        ("comments_asked", "Bo Ito", "queued"),
    ]
    first, second = json.loads(rows[0].context), json.loads(rows[1].context)
    assert (first["summary"], first["changes"]) == ("", "")
    assert second["summary"] == "1 paragraph was changed: 1 word taken out, 1 new."
    assert "We ask [-hospitals-]{+clinics+}" in second["changes"]


async def test_of_texts_that_count_as_much_mail_and_page_tell_what_changed_in_each(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk, _ = await consulting(now=now)
    equal: Any = {"actor": desk, "now": now, "role": "equally_authentic"}
    closes = wall_text(now + timedelta(days=30))
    for english, french in ((TEXT + "\n", "Du temps."), (TEXT + "\n", "Du temps pour écouter.")):
        if french == "Du temps.":
            await actions.add_version(SLUG, text=english, **equal)
        await actions.add_version(SLUG, text=french, language="fr", **equal)
        await actions.start_consultation(SLUG, actor=desk, now=now, closes_at=closes)
        token = await link(now=now)

    rows = await OutboxMessage.objects().order_by(OutboxMessage.id, ascending=False)
    told = json.loads(rows[0].context)
    assert told["summary"] == (
        "French: 1 paragraph was changed: 0 words taken out, 2 new. English: No word has changed."
    )
    assert "French\n\n[-Words taken out-]" in told["changes"]
    assert "Du temps {+pour écouter+}." in told["changes"]
    page = await client.get(f"/comments/{token}")
    assert "What changed in the French text since version 1, which you had before" in page.text
    assert "1 paragraph was changed: 0 words taken out, 2 new." in page.text


async def test_consultation_without_anybody_to_ask_is_refused(database: db.Engine, now: datetime) -> None:
    desk = await secretariat()
    await make_draft(desk, now=now)

    with pytest.raises(Conflict, match="No member organisation"):
        await actions.start_consultation(
            SLUG, actor=desk, now=now, closes_at=wall_text(now + timedelta(days=20))
        )

    assert (await queries.statement_by_slug(SLUG)).state == "drafting"


async def test_link_reads_and_comments_without_signing_in(client: httpx.AsyncClient, now: datetime) -> None:
    desk, member = await consulting(now=now)
    address = f"/comments/{await link(now=now)}"
    before = await dump_tables()

    page = await client.get(address)
    unchanged = await dump_tables() == before
    refused = await client.post(address, data=FORM | {"quoted": "not there"})
    sent = await client.post(address, data=FORM)
    await actions.dispose(SLUG, 1, kind="accepted", reason="It says why now.", actor=desk, now=now)
    after = await client.get(address)

    assert unchanged
    assert "We ask hospitals" in page.text
    assert "no-referrer" in page.headers["Referrer-Policy"]
    assert f'action="{address}"' in page.text
    assert refused.status_code == 422
    assert sent.status_code == 303
    assert "It says why now." in after.text
    (told,) = await comments.told(await queries.statement_by_slug(SLUG))
    assert (told.comment.organisation_name, told.comment.person_name) == ("Centre", member.name)
    assert told.comment.via == "link"


async def test_link_of_somebody_whose_role_has_ended_says_so_and_shows_nothing(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, member = await consulting(now=now)
    address = f"/comments/{await link(now=now)}"
    await client.post(address, data=FORM)
    await Role.update({Role.ended_at: now}).where(Role.person == member.person_id)

    page, sent = await client.get(address), await client.post(address, data=FORM | {"body": "Once more."})

    assert (page.status_code, sent.status_code) == (410, 410)
    assert "You do not comment for this organisation any more" in page.text
    assert FORM["body"] not in page.text
    assert "Once more." in sent.text
    assert len(await comments.told(await queries.statement_by_slug(SLUG))) == 1

    person = await Person.objects().where(Person.id == member.person_id).first()
    assert person is not None
    async with db.transaction():
        await erasing.erase_of(person, instead="Somebody", actor=member, now=now)
    assert (await client.get(address)).status_code == 404


async def test_link_of_an_associate_opens_and_that_of_a_former_member_does_not(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, member = await consulting(now=now)
    address = f"/comments/{await link(now=now)}"
    theirs = Organisation.id.is_in(sorted(member.represents))

    await Organisation.update({Organisation.standing: "associate"}).where(theirs)
    associate = await client.get(address)
    await Organisation.update({Organisation.standing: "former"}).where(theirs)
    former = await client.get(address)

    assert (associate.status_code, former.status_code) == (200, 410)


async def test_link_shows_no_form_for_a_fixed_text(client: httpx.AsyncClient, now: datetime) -> None:
    desk, _ = await consulting(now=now)
    address = f"/comments/{await link(now=now)}"
    await actions.freeze(SLUG, actor=desk, now=now)

    page, sent = await client.get(address), await client.post(address, data=FORM)

    assert page.status_code == 200
    assert "<form" not in page.text
    assert sent.status_code == 409


async def test_link_ends_when_the_draft_is_circulated_anew(client: httpx.AsyncClient, now: datetime) -> None:
    desk, _ = await consulting(now=now)
    address = f"/comments/{await link(now=now)}"
    await actions.add_version(SLUG, actor=desk, now=now, text="Another text.")
    while_revised = await client.get(address)
    closes = wall_text(now + timedelta(days=30))
    await actions.start_consultation(SLUG, actor=desk, now=now, closes_at=closes)

    page, sent = await client.get(address), await client.post(address, data=FORM)
    newer = await client.get(f"/comments/{await link(now=now)}")
    await actions.cancel(SLUG, actor=desk, now=now)
    given_up = await client.get(f"/comments/{await link(now=now)}")

    assert "We ask hospitals" in while_revised.text
    assert "Another text." not in while_revised.text
    assert (page.status_code, sent.status_code) == (200, 409)
    assert "There is a newer draft" in page.text
    assert FORM["body"] in sent.text
    assert await comments.told(await queries.statement_by_slug(SLUG)) == []
    assert "Another text." in newer.text
    assert "will not be published" in given_up.text


async def test_reader_is_shown_what_changed_since_the_version_mailed_before(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk, member = await consulting(now=now)
    first = await client.get(f"/comments/{await link(now=now)}")
    await say(member, now=now)
    await actions.add_version(SLUG, actor=desk, now=now, text=TEXT.replace("hospitals", "clinics"))
    await actions.dispose(SLUG, 1, kind="accepted", reason="It says why now.", actor=desk, now=now)
    closes = wall_text(now + timedelta(days=30))
    await actions.start_consultation(SLUG, actor=desk, now=now, closes_at=closes)

    second = await client.get(f"/comments/{await link(now=now)}")
    await actions.freeze(SLUG, actor=desk, now=now + timedelta(days=31))
    await sign_in(client, member, now=now)
    frozen = await client.get(f"/statements/{SLUG}")

    assert "What changed since" not in first.text
    assert "What changed since version 1, which you had before" in second.text
    assert "1 paragraph was changed: 1 word taken out, 1 new." in second.text
    assert "hospitals<span" in second.text
    assert "It says why now." in second.text
    assert f'href="/statements/{SLUG}/comments"' in frozen.text


async def test_member_reads_the_circulated_text_while_it_is_revised(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk, member = await consulting(now=now)
    await actions.add_version(SLUG, actor=desk, now=now, text="Another text.")

    in_api = f"/api/v1/statements/{SLUG}"
    body = (await client.get(in_api, headers=await bearer(member, now=now))).json()
    desk_body = (await client.get(in_api, headers=await bearer(desk, now=now))).json()
    await sign_in(client, member, now=now)
    page = await client.get(f"/statements/{SLUG}")

    assert "We ask hospitals" in page.text
    assert "Another text." not in page.text
    assert ([v["n"] for v in body["versions"]], body["text"][:6]) == ([1], "We ask")
    assert [v["n"] for v in desk_body["versions"]] == [2, 1]


async def test_freeze_page_leads_to_the_comments_only_where_they_stand_in_the_way(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk, member = await consulting(now=now, least_days="10")
    csrf = {"csrf": await sign_in(client, desk, now=now)}
    address = f"/desk/statements/{SLUG}/freeze"

    too_early = await client.post(address, data=csrf)
    await say(member, now=now)
    unanswered = await client.post(address, data=csrf)

    assert (too_early.status_code, unanswered.status_code) == (409, 409)
    assert "Members have 10 days" in too_early.text
    assert "Go to the comments" not in too_early.text
    assert "Go to the comments" in unanswered.text
