"""Pages after publication: the link that withdraws or joins, what readers see, old manifests, the desk."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import httpx

from summit_service.mail.tables import OutboxMessage
from summit_service.statements import actions, queries
from tests.clients import Clock, client, clock, service_settings, sign_in
from tests.factories import make_organisation, secretariat
from tests.factories_statements import (
    dump_tables,
    give_answer,
    link_to,
    make_frozen,
    make_member,
    make_open,
)
from tests.vectors import later

__all__ = ["client", "clock", "service_settings"]


async def publish(now: datetime, *, late_days: int = 0) -> tuple[str, str, str]:
    """Slug of the statement, the link of who has signed, and of who has not."""
    members = [await make_member(name) for name in ("Signer", "Silent")]
    actor = await secretariat()
    policy = {"preset": "sign_on", "late_days": late_days}
    opened = await make_open(actor, now=now, policy=policy)
    links = [await link_to(opened, member, now=now) for member in members]
    await give_answer(links[0], now=now)
    await actions.close(opened.slug, actor=actor, now=now, note="It is time.")
    await actions.publish(opened.slug, actor=actor, now=now)
    return opened.slug, links[0], links[1]


async def press(client: httpx.AsyncClient, link: str, choice: str) -> httpx.Response:
    """Both steps by the pages' own forms."""
    page = await client.get(f"/sign/{link}")
    text_set = re.findall(r'name="text_set" value="([^"]+)"', page.text)[0]
    second = await client.post(f"/sign/{link}/review", data={"choice": choice, "text_set": text_set})
    assert second.status_code == 200, second.text
    nonce = re.findall(r'name="nonce" value="([^"]+)"', second.text)[0]
    form = {
        "nonce": nonce,
        "text_set": text_set,
        "attested": "yes",
        "name": "Ana",
        "capacity": "organisation",
    }
    return await client.post(f"/sign/{link}/answer", data=form)


async def test_signatory_withdraws_by_the_old_link_in_two_steps(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    slug, signer, _ = await publish(now)
    clock.now = now + timedelta(days=5)
    letter = await client.get(f"/sign/{signer}")

    done = await press(client, signer, "withdrawn")

    receipt = await client.get(f"/sign/{signer}")
    public = await client.get(f"/statements/{slug}")
    assert "Published, with your signature" in letter.text
    assert done.status_code == 303
    assert "Withdrawn after publication" in receipt.text
    assert "(withdrew on 7 March 2026)" in public.text


async def test_reading_the_link_after_publication_changes_nothing(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, signer, silent = await publish(now, late_days=30)
    before = await dump_tables()

    for _ in range(3):
        for link in (signer, silent):
            assert (await client.get(f"/sign/{link}")).status_code == 200

    assert await dump_tables() == before


async def test_member_joins_after_adoption_where_the_policy_lets_it(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    slug, _, silent = await publish(now, late_days=30)
    clock.now = now + timedelta(days=5)
    letter = await client.get(f"/sign/{silent}")

    await press(client, silent, "signed")

    public = await client.get(f"/statements/{slug}")
    assert "You can still join" in letter.text
    assert ">Decline<" not in letter.text
    heading, _, listed = public.text.partition('id="joined"')
    assert "<b>Silent</b>" in listed
    assert "<b>Silent</b>" not in heading
    assert "1 of the 2 members that were asked has signed" in public.text


async def test_link_of_who_did_not_sign_says_that_it_is_published(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, _, silent = await publish(now)

    answer = await client.get(f"/sign/{silent}")

    assert answer.status_code == 410
    assert "The statement is published" in answer.text


async def test_every_manifest_keeps_its_address(client: httpx.AsyncClient, now: datetime) -> None:
    statement = await later.publish_later(now)

    first = await client.get(f"/statements/{statement.slug}/manifests/1/manifest.json")
    fifth = await client.get(f"/statements/{statement.slug}/manifests/5/bundle.zip")
    newest = await client.get(f"/statements/{statement.slug}/bundle.zip")
    sixth = await client.get(f"/statements/{statement.slug}/manifests/6/bundle.zip")
    check = await client.get(f"/statements/{statement.slug}/verify")

    assert first.json()["n"] == 1
    assert fifth.content == newest.content
    assert sixth.status_code == 404
    assert f"/statements/{statement.slug}/manifests/1/bundle.zip" in check.text


async def test_page_says_what_has_happened_since(client: httpx.AsyncClient, now: datetime) -> None:
    statement = await later.publish_later(now)

    page = await client.get(f"/statements/{statement.slug}")

    assert "Read “plan”, not “plane”." in page.text
    assert 'statements/the-next-one">The next one</a>' in page.text
    assert "Joined after adoption" in page.text


async def test_desk_records_erratum_withdrawal_and_successor(
    client: httpx.AsyncClient, now: datetime
) -> None:
    slug, _, _ = await publish(now)
    csrf = await sign_in(client, await secretariat(), now=now)
    page = await client.get(f"/desk/statements/{slug}/afterwards")
    member = re.findall(r'<option value="([^"]+)">Signer', page.text)[0]

    empty = await client.post(f"/desk/statements/{slug}/erratum", data={"csrf": csrf, "text": ""})
    erratum = await client.post(
        f"/desk/statements/{slug}/erratum", data={"csrf": csrf, "text": "Read “plan”."}
    )
    none = await client.post(f"/desk/statements/{slug}/supersession", data={"csrf": csrf, "by": "nothing"})
    letter = {"csrf": csrf, "organisation": member, "note": "Their letter of 3 May."}
    withdrawal = await client.post(f"/desk/statements/{slug}/withdrawal", data=letter)

    after = await client.get(f"/desk/statements/{slug}/afterwards")
    assert (empty.status_code, none.status_code) == (422, 422)
    assert (erratum.status_code, withdrawal.status_code) == (303, 303)
    assert "No signature stands." in after.text
    assert (await queries.statement_by_slug(slug)).state == "published"


async def test_opening_takes_how_long_members_may_join(client: httpx.AsyncClient, now: datetime) -> None:
    actor = await secretariat()
    await make_member("Somebody")
    slug = (await make_frozen(actor, now=now)).slug
    csrf = await sign_in(client, actor, now=now)
    form = {"csrf": csrf, "closes_at": "2026-03-30T17:00", "timezone": "Europe/London", "policy": "consensus"}

    wrong = await client.post(f"/desk/statements/{slug}/signing", data=form | {"late_days": "91"})
    right = await client.post(f"/desk/statements/{slug}/signing", data=form | {"late_days": "30"})

    policy = json.loads((await queries.statement_by_slug(slug)).policy)
    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "from 0 to 90" in wrong.text
    assert (policy["preset"], policy["late_days"]) == ("consensus", 30)


async def test_published_page_and_files_come_once_and_then_by_their_tag(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    slug, signer, _ = await publish(now)
    clock.now = now + timedelta(days=1)
    addresses = (
        f"/statements/{slug}",
        f"/statements/{slug}/bundle.zip",
        f"/statements/{slug}/manifests/1/bundle.zip",
    )
    tags = {path: (await client.get(path)).headers["ETag"] for path in addresses}

    again = [await client.get(path, headers={"If-None-Match": f'"x", W/{tags[path]}'}) for path in addresses]
    await press(client, signer, "withdrawn")
    changed = [await client.get(path, headers={"If-None-Match": tags[path]}) for path in addresses]

    assert [(answer.status_code, answer.content) for answer in again] == [(304, b"")] * 3
    assert [answer.status_code for answer in changed] == [200, 200, 304]


async def test_published_page_tells_who_shares_it_what_it_is(
    client: httpx.AsyncClient, now: datetime
) -> None:
    slug, _, _ = await publish(now)

    page = await client.get(f"/statements/{slug}")

    assert '<meta property="og:title" content="Time to listen">' in page.text
    assert f'/statements/{slug}">' in page.text


async def test_page_of_somebody_signed_in_has_no_tag(client: httpx.AsyncClient, now: datetime) -> None:
    slug, _, _ = await publish(now)
    await sign_in(client, await secretariat(), now=now)

    page = await client.get(f"/statements/{slug}")

    assert "ETag" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"


async def test_desk_tells_the_history_and_what_stands_in_the_way(
    client: httpx.AsyncClient, now: datetime
) -> None:
    actor = await secretariat()
    member = await make_member("Somebody")
    nobody = await make_organisation("Nobody there")
    frozen = await make_frozen(actor, now=now)
    await sign_in(client, actor, now=now)
    before = await client.get(f"/desk/statements/{frozen.slug}")
    opened = await actions.open_for_signing(
        frozen.slug,
        actor=actor,
        now=now,
        closes_at="2026-03-30T17:00",
        timezone="Etc/UTC",
        waived=[nobody.slug],
    )
    await give_answer(await link_to(opened, member, now=now), "declined", now=now)
    await OutboxMessage.update({OutboxMessage.state: "failed"}, force=True)

    after = await client.get(f"/desk/statements/{frozen.slug}")

    assert "Nobody there has nobody to sign." in before.text
    assert f'href="/desk/organisations/{nobody.slug}"' in before.text
    assert "has nobody to sign" not in after.text
    assert "Somebody has declined: Signatory of Somebody" in after.text
    assert "The text was frozen" in after.text
    assert "did not arrive" not in after.text
