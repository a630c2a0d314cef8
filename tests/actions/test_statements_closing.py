"""The end of signing: closing, counting, publishing, giving up."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta

import pytest

from summit_service import db
from summit_service.accounts.actor import PUBLIC
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.mail.tables import OutboxMessage
from summit_service.statements import actions, board, queries
from summit_service.statements.tables import Statement
from summit_service.web.statements_steps import possible
from summit_service.zones import wall_text
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_statements import (
    give_answer,
    link_to,
    make_draft,
    make_frozen,
    make_member,
    make_open,
)
from tests.postbox import Postbox, html_of, text_of


async def answered(now: datetime, *choices: str, policy: str = "sign_on") -> Statement:
    """Open, with a member for each choice; an empty one has not answered."""
    members = [
        await make_member(f"Member {n}", country=("GB", "ES", "AU")[n % 3]) for n in range(len(choices))
    ]
    statement = await make_open(await secretariat(), now=now, policy=policy)
    for member, choice in zip(members, choices, strict=True):
        if choice:
            kind, _, capacity = choice.partition("/")
            given = {"capacity": capacity or "organisation"}
            await give_answer(await link_to(statement, member, now=now), kind, now=now, **given)
    return statement


async def closed_by(statement: Statement) -> str:
    closed = [row for row in await queries.ledger_of(statement) if row.kind == "closed"]
    return str(json.loads(closed[-1].content)["body"]["by"])


async def test_close_counts_once_and_stops_the_mails(database: db.Engine, now: datetime) -> None:
    statement = await answered(now, "signed", "declined", "changes_requested", "signed/personal", "")

    closed = await actions.close(statement.slug, actor=await secretariat(), now=now, note="It is time.")

    tally = json.loads(closed.tally or "")
    states = {r.recipient_name: r.state for r in await OutboxMessage.objects() if r.kind == "signing_request"}
    assert closed.state == "closed"
    assert tally == {
        "eligible": 5,
        "waived": 0,
        "asked": 5,
        "signed": 1,
        "personal": 1,
        "declined": 1,
        "changes_requested": 1,
        "unanswered": 1,
        "satisfied": True,
        "sentence": "The policy is satisfied.",
    }
    assert states["Signatory of Member 4"] == "stopped"
    assert await closed_by(statement) == "hand"


async def test_close_before_the_deadline_takes_everybody_or_what_the_policy_allows(
    database: db.Engine, now: datetime
) -> None:
    desk = await secretariat()
    signer, _ = [await make_member(name) for name in ("Signer", "Silent")]
    frozen = await make_frozen(desk, now=now)
    opened = await actions.open_for_signing(
        frozen.slug, actor=desk, now=now, closes_at=wall_text(now + timedelta(days=20)), early_end_days="7"
    )
    await give_answer(await link_to(opened, signer, now=now), now=now)

    async def refusal(at: datetime, note: str = "Why not.") -> tuple[str, str]:
        with pytest.raises((Conflict, Invalid)) as refused:
            await actions.close(opened.slug, actor=desk, now=at, note=note)
        return getattr(refused.value, "code", ""), str(refused.value)

    week = now + timedelta(days=7)
    early = await refusal(week - timedelta(milliseconds=1))
    without = await refusal(week, note=" ")
    await Statement.update({Statement.policy: '{"silence": "no_answer"}'}).where(Statement.id == opened.id)
    never = await refusal(week)
    await Statement.update({Statement.policy: opened.policy}).where(Statement.id == opened.id)
    closed = await actions.close(opened.slug, actor=desk, now=week, note="The ministry decides today.")

    assert early[0] == "too_early"
    assert "Silent" in early[1]
    assert "Say why" in without[1]
    assert never[0] == "still_asked"
    assert "Silent has not answered" in never[1]
    assert (closed.state, await closed_by(closed)) == ("closed", "hand")
    told = [row for row in await OutboxMessage.objects() if row.kind == "signing_ended"]
    assert sorted(row.recipient_name for row in told) == ["Signatory of Signer", "Signatory of Silent"]
    assert all("The ministry decides today." in row.context for row in told)


async def test_signing_ends_a_day_after_everybodys_last_answer(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    members = [await make_member(name) for name in ("Centre", "Museum")]
    statement = await make_open(await secretariat(), now=now)
    links = [await link_to(statement, member, now=now) for member in members]
    hour, day = timedelta(hours=1), timedelta(days=1)

    async def ends() -> datetime | None:
        return (await queries.statement_by_slug(statement.slug)).ends_early_at

    found = [await ends()]
    for link, choice, at in (
        (links[0], "signed", now),
        (links[1], "declined", now + hour),
        (links[0], "withdrawn", now + 2 * hour),
        (links[0], "signed", now + 3 * hour),
        (links[1], "signed", now + 4 * hour),
    ):
        await give_answer(link, choice, now=at)
        found.append(await ends())
    end = now + 4 * hour + day
    with pytest.raises(Gone):
        await give_answer(links[1], "declined", now=end)
    before, due = await actions.close_overdue(end - hour), await actions.close_overdue(end)

    assert found == [None, None, now + hour + day, None, now + 3 * hour + day, end]
    assert (before, due, await closed_by(statement)) == (0, 1, "everybody_answered")
    mails = [mail for mail in await postbox.deliver(end) if mail["Subject"].startswith("Signing has ended")]
    assert len(mails) == 2
    assert "Everybody who was asked" in text_of(mails[0])


async def test_close_tells_why(database: db.Engine, now: datetime) -> None:
    everybody = await answered(now, "signed")
    await actions.close(everybody.slug, actor=await secretariat(), now=now, note="It is time.")

    assert await closed_by(everybody) == "everybody_answered"


async def test_close_overdue_closes_what_has_passed_and_nothing_else(
    database: db.Engine, now: datetime
) -> None:
    statement = await answered(now, "signed", "")
    draft = await make_draft(await secretariat(), now=now)

    early = await actions.close_overdue(statement.closes_at - timedelta(milliseconds=1))
    due = await actions.close_overdue(statement.closes_at)
    again = await actions.close_overdue(statement.closes_at)

    assert (early, due, again) == (0, 1, 0)
    assert await closed_by(statement) == "deadline"
    assert (await queries.statement_by_slug(draft.slug)).state == "drafting"


async def test_close_twice_at_once_counts_once(database: db.Engine, now: datetime) -> None:
    statement = await answered(now, "signed")
    actor = await secretariat()

    done = await asyncio.gather(
        *(actions.close(statement.slug, actor=actor, now=now, note="It is time.") for _ in range(5)),
        return_exceptions=True,
    )

    assert sum(isinstance(one, Statement) for one in done) == 1
    assert [entry.kind for entry in await queries.ledger_of(statement)].count("closed") == 1


async def test_answer_and_close_at_once_agree(database: db.Engine, now: datetime) -> None:
    member = await make_member("Centre for Kindness")
    actor = await secretariat()
    statement = await make_open(actor, now=now)
    token = await link_to(statement, member, now=now)

    answer, closed = await asyncio.gather(
        give_answer(token, now=now),
        actions.close(statement.slug, actor=actor, now=now, note="It is time."),
        return_exceptions=True,
    )

    assert isinstance(closed, Statement)
    signed = json.loads(closed.tally or "")["signed"]
    assert signed == len(await queries.answers_of(statement))
    assert isinstance(answer, Gone) == (signed == 0)


async def test_publish_shows_signatories_and_tells_them(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    statement = await answered(now, "signed", "declined", "signed/personal")
    actor = await secretariat()
    await actions.close(statement.slug, actor=actor, now=now, note="It is time.")
    await postbox.deliver(now)

    published = await actions.publish(statement.slug, actor=actor, now=now)

    mails = await postbox.deliver(now)
    view = await board.view_of(published, PUBLIC, now=now)
    assert (published.state, published.published_at) == ("published", now)
    assert [(line.name, line.country, line.capacity) for line in view.signatures] == [
        ("Signatory of Member 2", "AU", "personal"),
        ("Signatory of Member 0", "GB", "organisation"),
    ]
    assert len(mails) == 3
    assert {mail["Subject"] for mail in mails} == {"Published: “Time to listen”"}
    for body in (text_of(mails[0]), html_of(mails[0])):
        assert "http://127.0.0.1:8000/statements/time-to-listen" in body
        assert "2 signatures" in body


async def test_publish_against_the_policy_is_refused(database: db.Engine, now: datetime) -> None:
    statement = await answered(now, "signed", "signed", "declined", policy="consensus")
    actor = await secretariat()
    await actions.close(statement.slug, actor=actor, now=now, note="It is time.")

    with pytest.raises(Conflict, match="more objections than the policy allows") as refused:
        await actions.publish(statement.slug, actor=actor, now=now)
    settled = await actions.settle(statement.slug, actor=actor, now=now)
    with pytest.raises(Conflict):
        await actions.publish(statement.slug, actor=actor, now=now)

    assert refused.value.code == "policy_not_satisfied"
    assert settled.state == "not_adopted"


async def test_publish_after_the_deadline_counts_first(database: db.Engine, now: datetime) -> None:
    statement = await answered(now, "signed")

    published = await actions.publish(statement.slug, actor=await secretariat(), now=now + timedelta(days=20))

    kinds = [entry.kind for entry in await queries.ledger_of(published)]
    assert kinds[-4:] == ["closed", "adopted", "published", "dispatched"]


async def test_publish_while_signing_is_refused(database: db.Engine, now: datetime) -> None:
    statement = await answered(now, "signed")

    with pytest.raises(Conflict) as refused:
        await actions.publish(statement.slug, actor=await secretariat(), now=now)

    assert refused.value.code == "not_published_from_signing"


async def test_text_is_not_taken_back_once_signing_has_ended_though_nothing_is_counted(
    database: db.Engine, now: datetime
) -> None:
    statement = await answered(now, "declined", "")
    actor, end = await secretariat(), now + timedelta(days=20)
    view = await board.view_of(statement, actor, now=end)

    with pytest.raises(Conflict) as refused:
        await actions.rework(statement.slug, actor=actor, now=end)
    before = await actions.rework(statement.slug, actor=actor, now=end - timedelta(seconds=1))

    assert refused.value.code == "not_reworking_from_closed"
    assert [step for step, _ in possible(view)] == ["closure", "cancellation"]
    assert before.state == "reworking"


async def test_published_statement_is_never_changed(database: db.Engine, now: datetime) -> None:
    statement = await answered(now, "signed")
    actor = await secretariat()
    await actions.close(statement.slug, actor=actor, now=now, note="It is time.")
    await actions.publish(statement.slug, actor=actor, now=now)

    for act in (actions.rework, actions.close, actions.publish, actions.cancel, actions.freeze):
        with pytest.raises(Conflict):
            await act(statement.slug, actor=actor, now=now)
    with pytest.raises(Conflict):
        await actions.add_version(statement.slug, actor=actor, now=now, text="An erratum")


async def test_cancel_stops_the_mails_and_tells_who_was_asked_once(
    database: db.Engine, now: datetime
) -> None:
    statement = await answered(now, "signed", "")

    cancelled = await actions.cancel(statement.slug, actor=await secretariat(), now=now, note="Not now")

    rows = await OutboxMessage.objects()
    told = [row for row in rows if row.kind == "statement_not_published"]
    asking = [row for row in rows if row.kind == "signing_request"]
    assert cancelled.state == "cancelled"
    assert {row.state for row in asking} == {"stopped"}
    assert sorted(row.recipient_name for row in told) == ["Signatory of Member 0", "Signatory of Member 1"]
    assert all("Not now" in row.context for row in told)


async def test_who_was_asked_is_told_once_that_a_statement_was_not_adopted(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    statement = await answered(now, "declined", "", policy="unanimous")
    desk, end = await secretariat(), now + timedelta(days=20)
    await actions.close_overdue(end)

    settled = await actions.settle(statement.slug, actor=desk, now=end)
    with pytest.raises(Conflict):
        await actions.settle(statement.slug, actor=desk, now=end)
    mails = await postbox.deliver(end)

    assert settled.state == "not_adopted"
    told = [mail for mail in mails if mail["Subject"] == "Not adopted: “Time to listen”"]
    assert len(told) == 2
    verdict = json.loads(settled.tally or "")["sentence"]
    assert all(verdict in text_of(mail) and verdict in html_of(mail) for mail in told)


async def test_members_see_no_answers_before_the_end(database: db.Engine, now: datetime) -> None:
    statement = await answered(now, "signed", "")
    member = await representative_of(await make_organisation())

    during = await board.view_of(statement, member, now=now)

    assert during.signatures == []
    assert during.tally is None
    assert during.text is not None
