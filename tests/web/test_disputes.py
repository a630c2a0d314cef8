"""Rule 10 of the link: who is told of an answer can say that it was not theirs, and publication waits."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from summit_service import db, links
from summit_service.errors import Conflict, Invalid
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation
from summit_service.statements import actions, bundle, disputes, queries
from summit_service.statements.tables import Dispute, Response, Statement
from tests.clients import Clock, bearer, sign_in
from tests.factories import secretariat
from tests.factories_statements import dump_tables, give_answer, link_to, make_member, make_open
from tests.postbox import Postbox, link_in, text_of

CONTACT = "head@kind.example"


async def answered(
    now: datetime, postbox: Postbox, choice: str = "signed", policy: Any = "sign_on"
) -> tuple[Statement, Organisation, Response, dict[str, str]]:
    """An answered request, and the paths of the links “this was not me” by the address they went to."""
    member = await make_member(
        "Centre for Kindness", signatory="Ana Ruiz", contact_name="Hanna Head", contact_email=CONTACT
    )
    await make_member("Emp@thies")
    statement = await make_open(await secretariat(), now=now, policy=policy)
    await postbox.deliver(now)
    answer = await give_answer(await link_to(statement, member, now=now), choice, now=now)
    sent = await postbox.deliver(now)
    return statement, member, answer, {str(m["To"]): link_in(m, "/disputes/") for m in sent}


@pytest.mark.parametrize("choice", ["signed", "changes_requested", "declined"])
async def test_link_10_both_are_told_of_each_answer_with_a_link_of_their_own(
    database: db.Engine, now: datetime, postbox: Postbox, choice: str
) -> None:
    _, _, _, paths = await answered(now, postbox, choice)

    assert len(paths) == len(set(paths.values())) == 2
    assert [address for address in paths if CONTACT in address]


async def test_link_10_one_mail_where_the_contact_is_the_signatory(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    member = await make_member("Centre for Kindness", signatory="Ana Ruiz")
    statement = await make_open(await secretariat(), now=now)
    signatory = (await postbox.deliver(now))[0]["To"].addresses[0].addr_spec
    await Organisation.update({Organisation.contact_email: signatory.upper()}).where(
        Organisation.id == member.id
    )

    await give_answer(await link_to(statement, member, now=now), now=now)

    assert len(await postbox.deliver(now)) == 1


async def test_link_10_reading_changes_nothing_and_the_tick_is_needed(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    _, _, _, paths = await answered(now, postbox)
    path = next(iter(paths.values()))
    before = await dump_tables()

    page = await client.get(path)
    blind = await client.post(path)
    bare = await client.post(path, data={"reason": "I was on <leave>."})

    assert "Was this not you?" in page.text
    assert (page.status_code, blind.status_code, bare.status_code) == (200, 422, 422)
    assert "I was on &lt;leave&gt;." in bare.text
    assert page.headers.get("Set-Cookie") is None
    assert await dump_tables() == before


async def test_link_10_dispute_holds_publication_and_is_a_task_on_the_desk(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, _, answer, paths = await answered(now, postbox)
    path = next(path for address, path in paths.items() if CONTACT in address)
    secretary = await secretariat()

    said = await client.post(path, data={"confirmed": "yes", "reason": "She left in May."})
    again = await client.post(path, data={"confirmed": "yes"})
    page = await client.get(path)
    told = await postbox.deliver(now)
    await actions.close(statement.slug, actor=secretary, now=now, note="It is time.")
    with pytest.raises(Conflict) as held:
        await actions.publish(statement.slug, actor=secretary, now=now)
    await sign_in(client, secretary, now=now)
    desk = await client.get("/desk")

    rows = await Dispute.objects()
    assert (said.status_code, again.status_code) == (303, 303)
    assert [(row.response, row.raised_by, row.name) for row in rows] == [(answer.id, "contact", "Hanna Head")]
    assert "We look into it" in page.text
    assert [str(mail["Subject"])[:9] for mail in told] == ["Disputed:"]
    assert held.value.code == "disputed"
    assert "Centre for Kindness" in held.value.sentence
    assert "Hanna Head disputes the answer of Centre for Kindness" in desk.text
    assert f'href="/desk/disputes/{rows[0].id}"' in desk.text


async def test_link_10_upheld_the_answer_is_taken_off_and_counted_anew(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, member, answer, paths = await answered(now, postbox)
    other = (await queries.requests_of(statement))[1]
    await give_answer(await _link(other.id, now), now=now)
    old = await link_to(statement, member, now=now)
    secretary = await secretariat()
    await client.post(next(iter(paths.values())), data={"confirmed": "yes"})
    await actions.close(statement.slug, actor=secretary, now=now, note="It is time.")
    csrf = await sign_in(client, secretary, now=now)
    number = (await Dispute.objects())[0].id

    shown = await client.get(f"/desk/disputes/{number}")
    bare = await client.post(f"/desk/disputes/{number}", data={"csrf": csrf, "outcome": "upheld"})
    settled = await client.post(
        f"/desk/disputes/{number}", data={"csrf": csrf, "outcome": "upheld", "note": "Rang Hanna Head."}
    )
    twice = await client.post(
        f"/desk/disputes/{number}", data={"csrf": csrf, "outcome": "rejected", "note": "Or not."}
    )
    ended = await client.get(f"/sign/{old}")
    published = await actions.publish(statement.slug, actor=secretary, now=now)

    kinds = [(row.kind, row.method) for row in await Response.objects().order_by(Response.id)]
    assert "192.0.2.7 (socket)" in shown.text
    assert (bare.status_code, settled.status_code, twice.status_code) == (422, 303, 409)
    assert kinds[0] == ("signed", "mailed_link")
    assert kinds[-1] == ("withdrawn", "recorded_by_secretariat")
    assert "This link takes no answers any more" in ended.text
    assert "Ana Ruiz" not in ended.text
    assert [line.organisation for line in await queries.signatures_of(published)] == ["Emp@thies"]
    assert '"signed": 1' in str(published.tally)
    assert answer.record_id not in str(published.tally)


async def test_link_10_program_reads_and_settles_a_dispute_once(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, _, answer, paths = await answered(now, postbox)
    elsewhere = await make_open(await secretariat(), now=now, title="Another one")
    await client.post(
        paths[next(to for to in paths if CONTACT in to)], data={"confirmed": "yes", "reason": "Forged."}
    )
    headers = await bearer(await secretariat(), now=now)
    base = f"/api/v1/statements/{statement.slug}"

    listed = (await client.get(f"{base}/disputes", headers=headers)).json()["items"]
    settling = f"disputes/{listed[0]['id']}/settlement"
    word = {"outcome": "upheld", "note": "Rang them."}
    wrong = await client.post(f"{base}/{settling}", headers=headers, json={"outcome": "perhaps", "note": "-"})
    other = await client.post(f"/api/v1/statements/{elsewhere.slug}/{settling}", headers=headers, json=word)
    done = await client.post(f"{base}/{settling}", headers=headers, json=word)
    twice = await client.post(f"{base}/{settling}", headers=headers, json=word)
    await actions.close(statement.slug, actor=await secretariat(), now=now, note="It is time.")
    outcome = await client.post(f"{base}/settlement", headers=headers)

    assert [(one["record"], one["raised_by"], one["reason"], one["outcome"]) for one in listed] == [
        (answer.record_id, "contact", "Forged.", None)
    ]
    assert (wrong.status_code, other.status_code, done.status_code, twice.status_code) == (422, 404, 201, 409)
    assert (done.json()["outcome"], done.json()["note"]) == ("upheld", "Rang them.")
    assert (outcome.status_code, outcome.json()["state"]) == (201, "not_adopted")


async def _link(request_id: int, now: datetime) -> str:
    return await links.issue("sign", subject=str(request_id), now=now)


async def test_link_10_upheld_while_signing_is_open_the_question_is_open_again(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    statement, _, _, paths = await answered(now, postbox)
    secretary = await secretariat()
    token = next(iter(paths.values())).removeprefix("/disputes/")
    dispute = await actions.raise_dispute(token, reason="", confirmed=True, now=now)
    later = now + timedelta(days=2)

    await actions.settle_dispute(dispute.id, actor=secretary, now=later, outcome="upheld", note="Rang.")
    reminded = await actions.remind(statement.slug, actor=secretary, now=later)
    mail = next(m for m in await postbox.deliver(later) if "/sign/" in text_of(m) and "Ana" in text_of(m))
    again = await give_answer(link_in(mail, "/sign/").removeprefix("/sign/"), now=later)

    assert "Centre for Kindness" in reminded.reminded
    assert [row.kind for row in (await queries.answers_of(statement)).values()] == ["signed"]
    assert again.request == (await queries.requests_of(statement))[0].id


ONE_AND_NO_OBJECTION = {"least_signed": {"count": 1}, "most_declined": {"count": 0}}


@pytest.mark.parametrize(("choice", "outcome"), [("signed", "adopted"), ("declined", "not_adopted")])
async def test_link_10_upheld_after_the_outcome_was_recorded_it_is_open_again(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox, choice: str, outcome: str
) -> None:
    statement, member, _, paths = await answered(now, postbox, choice, ONE_AND_NO_OBJECTION)
    other = (await queries.requests_of(statement))[1]
    await give_answer(await _link(other.id, now), now=now)
    secretary = await secretariat()
    await actions.close(statement.slug, actor=secretary, now=now, note="It is time.")
    recorded = await actions.settle(statement.slug, actor=secretary, now=now)
    await client.post(next(iter(paths.values())), data={"confirmed": "yes"})
    csrf = await sign_in(client, secretary, now=now)
    number = (await Dispute.objects())[0].id

    settled = await client.post(
        f"/desk/disputes/{number}", data={"csrf": csrf, "outcome": "upheld", "note": "Rang Hanna Head."}
    )
    board = await client.get(f"/desk/statements/{statement.slug}")
    reopened = await queries.statement_by_slug(statement.slug)
    with pytest.raises(Conflict) as closed_twice:
        await actions.close(statement.slug, actor=secretary, now=now, note="Again.")
    published = await actions.publish(statement.slug, actor=secretary, now=now)

    assert (recorded.state, settled.status_code, reopened.state) == (outcome, 303, "closed")
    assert json.loads(reopened.tally)["signed"] == 1
    assert json.loads(reopened.tally)["declined"] == 0
    assert "The outcome is open again after a dispute" in board.text
    assert closed_twice.value.code == "not_closed_from_closed"
    assert [line.organisation for line in await queries.signatures_of(published)] == ["Emp@thies"]
    told = json.loads((await bundle.files_of(published))["manifest.json"])
    assert told["ended"]["by"] == "everybody_answered"
    assert member.name not in [line["organisation"] for line in told["signatures"]]


async def test_link_10_not_adopted_once_more_after_a_dispute_everybody_is_told_once_more(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    statement, _, _, paths = await answered(now, postbox, "declined", {"least_signed": {"count": 2}})
    secretary, slug = await secretariat(), statement.slug
    other = (await queries.requests_of(statement))[1]
    await give_answer(await _link(other.id, now), now=now)
    await actions.close(slug, actor=secretary, now=now, note="It is time.")
    await actions.settle(slug, actor=secretary, now=now)
    token = next(iter(paths.values())).removeprefix("/disputes/")
    dispute = await actions.raise_dispute(token, reason="", confirmed=True, now=now)
    await actions.settle_dispute(dispute.id, actor=secretary, now=now, outcome="upheld", note="Rang.")

    again = await actions.settle(slug, actor=secretary, now=now)
    told = await OutboxMessage.objects().where(OutboxMessage.kind == "statement_not_published")

    assert again.state == "not_adopted"
    assert len(told) == 4


@pytest.mark.parametrize("has_new_text", [False, True])
async def test_link_10_upheld_about_an_earlier_text_it_is_told_as_signed_no_more(
    database: db.Engine, now: datetime, postbox: Postbox, has_new_text: bool
) -> None:
    statement, member, _, paths = await answered(now, postbox)
    secretary, slug = await secretariat(), statement.slug
    token = next(iter(paths.values())).removeprefix("/disputes/")
    dispute = await actions.raise_dispute(token, reason="", confirmed=True, now=now)

    async def new_text() -> None:
        await actions.add_version(slug, actor=secretary, now=now, text="Another text.")
        await actions.freeze(slug, actor=secretary, now=now)

    await actions.rework(slug, actor=secretary, now=now)
    if has_new_text:
        await new_text()
    await actions.settle_dispute(dispute.id, actor=secretary, now=now, outcome="upheld", note="Rang.")
    if not has_new_text:
        await new_text()
    await actions.open_for_signing(slug, actor=secretary, now=now)

    again = await queries.statement_by_slug(slug)
    asking = await OutboxMessage.objects().where(OutboxMessage.state == "queued")
    assert [(row.kind, row.method) for row in await Response.objects().order_by(Response.id)] == [
        ("signed", "mailed_link"),
        ("withdrawn", "recorded_by_secretariat"),
    ]
    assert member.id not in await queries.signed_before(again)
    assert {row.kind for row in asking if "/sign" in row.links} == {"signing_request"}


async def test_link_10_upheld_where_nothing_counts_any_more_it_is_settled(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    statement, _, _, paths = await answered(now, postbox)
    secretary = await secretariat()
    await actions.close(statement.slug, actor=secretary, now=now, note="It is time.")
    await actions.cancel(statement.slug, actor=secretary, now=now, note="Another text is better.")
    before = (await queries.statement_by_slug(statement.slug)).tally
    token = next(iter(paths.values())).removeprefix("/disputes/")
    dispute = await actions.raise_dispute(token, reason="", confirmed=True, now=now)

    await actions.settle_dispute(dispute.id, actor=secretary, now=now, outcome="upheld", note="Rang.")

    after = await queries.statement_by_slug(statement.slug)
    assert (after.state, after.tally) == ("cancelled", before)
    assert await disputes.open_disputes() == []


async def test_link_10_rejected_the_answer_stands_and_publication_goes_on(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    statement, _, _, paths = await answered(now, postbox)
    secretary = await secretariat()
    token = next(iter(paths.values())).removeprefix("/disputes/")
    dispute = await actions.raise_dispute(token, reason="", confirmed=True, now=now)

    with pytest.raises(Invalid):
        await actions.settle_dispute(dispute.id, actor=secretary, now=now, outcome="maybe", note="Rang.")
    await actions.settle_dispute(dispute.id, actor=secretary, now=now, outcome="rejected", note="It was her.")
    told = await postbox.deliver(now)
    await actions.close(statement.slug, actor=secretary, now=now, note="It is time.")
    published = await actions.publish(statement.slug, actor=secretary, now=now)

    assert published.state == "published"
    assert await disputes.open_disputes() == []
    assert sum("It was her." in text_of(mail) for mail in told) == 2


async def test_link_10_works_for_thirty_days_and_after_publication_too(
    client: httpx.AsyncClient, now: datetime, clock: Clock, postbox: Postbox
) -> None:
    statement, _, _, paths = await answered(now, postbox)
    first, second = paths.values()
    secretary = await secretariat()
    await actions.close(statement.slug, actor=secretary, now=now, note="It is time.")
    await actions.publish(statement.slug, actor=secretary, now=now)

    clock.now = now + timedelta(days=30, milliseconds=-1)
    in_time = await client.post(first, data={"confirmed": "yes"})
    clock.now = now + timedelta(days=30)
    late = await client.post(second, data={"confirmed": "yes"})

    assert (in_time.status_code, late.status_code) == (303, 404)
    assert len(await disputes.open_disputes()) == 1
    assert await OutboxMessage.exists().where(OutboxMessage.kind == "signature_disputed")
