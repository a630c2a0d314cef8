"""Asking and reminding: who is asked, the exact mails, and how often."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta

import pytest

from summit_service import db
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation
from summit_service.statements import actions, invitations, letters, queries, rules, texts
from summit_service.statements.tables import SigningRequest, Statement
from tests.clients import BASE_URL
from tests.factories import give_role, make_organisation, make_person, secretariat
from tests.factories_statements import (
    dump_tables,
    give_answer,
    link_to,
    make_frozen,
    make_member,
    make_open,
)
from tests.postbox import Postbox, html_of, link_in, text_of

CLOSES = "2026-03-22T18:00"


async def opened(now: datetime) -> tuple[Statement, Organisation, Organisation]:
    """Open for signing, with two members in far zones."""
    first = await make_member("Centre for Kindness", signatory="Ana Ruiz", timezone="Europe/Madrid")
    second = await make_member("Emp@thies", signatory="Bo Ito", timezone="Asia/Tokyo")
    return await make_open(await secretariat(), now=now), first, second


async def waiting() -> list[tuple[str, str, str]]:
    rows = await OutboxMessage.objects().order_by(OutboxMessage.id)
    return [(row.kind, row.recipient_name, row.state) for row in rows]


async def test_opening_asks_one_signatory_of_each_member(database: db.Engine, now: datetime) -> None:
    statement, first, second = await opened(now)
    await make_organisation("A former one", standing="former")

    asked = [(r.organisation_name, r.person_name, r.mails) for r in await queries.requests_of(statement)]
    eligible = [(e.name, e.country, e.is_waived) for e in await queries.eligible_of(statement)]
    entries = [row for row in await queries.ledger_of(statement) if row.kind == "signing"]
    facts = json.loads(entries[-1].content)["body"]

    assert asked == [("Centre for Kindness", "Ana Ruiz", 1), ("Emp@thies", "Bo Ito", 1)]
    assert eligible == [("Centre for Kindness", "GB", False), ("Emp@thies", "GB", False)]
    assert await waiting() == [
        ("signing_request", "Ana Ruiz", "queued"),
        ("signing_request", "Bo Ito", "queued"),
    ]
    assert [row["organisation"] for row in facts["eligible"]] == [first.id, second.id]
    assert facts["policy"]["preset"] == "sign_on"
    assert facts["closes_at"] == "2026-03-22T09:00:00.000Z"


async def test_invitation_says_who_asks_whom_for_what_by_when(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    statement, _, second = await opened(now)
    text_set = await queries.text_set_of(statement)
    assert text_set is not None

    mail = next(m for m in await postbox.deliver(now) if "Bo Ito" in m["To"])

    path = link_in(mail, "/sign/")
    letter = await letters.letter_of(path.removeprefix("/sign/"), now=now)
    assert mail["Subject"] == "Please sign by Sunday 22 March 2026, 18:00 Tokyo: “Time to listen”"
    for body in (text_of(mail), html_of(mail)):
        assert "Empathy in Healthcare Network asks Emp@thies to sign" in body
        assert "Sunday 22 March 2026, 18:00 Tokyo" in body
        assert texts.code_word(text_set.sha256) in body
        assert "named as the signatory of Emp@thies" in body
        assert f"{BASE_URL}{path}" in body
    assert f"<{BASE_URL}{path}>" in text_of(mail)
    assert letter is not None
    assert (letter.standing, letter.organisation.id) == ("open", second.id)


async def test_alternate_is_asked_where_there_is_no_signatory(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation("Museum")
    alternate = await make_person("Alt Ernate")
    await give_role(alternate, "alternate", organisation=organisation)

    statement = await make_open(await secretariat(), now=now)

    assert [r.person for r in await queries.requests_of(statement)] == [alternate.id]


async def test_opening_names_members_without_signatory(database: db.Engine, now: datetime) -> None:
    await make_member("Centre for Kindness")
    await make_organisation("Museum of Empathy")
    await make_organisation("The Charity")
    frozen = await make_frozen(await secretariat(), now=now)
    before = await dump_tables()

    with pytest.raises(Conflict, match="Nobody can sign for Museum of Empathy and The Charity") as refused:
        await actions.open_for_signing(frozen.slug, actor=await secretariat(), now=now, closes_at=CLOSES)

    after = await dump_tables()
    assert refused.value.code == "no_signatory"
    assert (after["outbox_message"], after["eligible_member"]) == (before["outbox_message"], [])


async def test_opening_leaves_out_who_is_waived_by_name(database: db.Engine, now: datetime) -> None:
    await make_member("Centre for Kindness")
    await make_organisation("Museum of Empathy", slug="museum")
    actor = await secretariat()
    frozen = await make_frozen(actor, now=now)

    with pytest.raises(Invalid, match="No member organisation has the address “musuem”"):
        await actions.open_for_signing(frozen.slug, actor=actor, now=now, closes_at=CLOSES, waived=["musuem"])
    statement = await actions.open_for_signing(
        frozen.slug, actor=actor, now=now, closes_at=CLOSES, waived=["museum"]
    )

    assert [r.organisation_name for r in await queries.requests_of(statement)] == ["Centre for Kindness"]
    assert [e.name for e in await queries.eligible_of(statement) if e.is_waived] == ["Museum of Empathy"]


@pytest.mark.parametrize(
    ("closes_at", "sentence"),
    [("", "Say until when"), ("2026-03-02T09:00", "has passed already"), ("2026-03-02", "time of day")],
)
async def test_opening_needs_a_deadline_ahead(
    database: db.Engine, now: datetime, closes_at: str, sentence: str
) -> None:
    await make_member("Centre for Kindness")
    actor = await secretariat()
    frozen = await make_frozen(actor, now=now)

    with pytest.raises(Invalid, match=sentence):
        await actions.open_for_signing(frozen.slug, actor=actor, now=now, closes_at=closes_at)


async def test_opening_twice_at_once_asks_once(database: db.Engine, now: datetime) -> None:
    await make_member("Centre for Kindness")
    actor = await secretariat()
    frozen = await make_frozen(actor, now=now)

    tries = [actions.open_for_signing(frozen.slug, actor=actor, now=now, closes_at=CLOSES) for _ in range(5)]
    done = await asyncio.gather(*tries, return_exceptions=True)

    assert sum(isinstance(result, Statement) for result in done) == 1
    assert sum(isinstance(result, Conflict) for result in done) == 4
    assert await SigningRequest.count() == 1
    assert len(await waiting()) == 1


async def test_answer_stops_the_reminder(database: db.Engine, now: datetime) -> None:
    statement, first, _ = await opened(now)
    token = await link_to(statement, first, now=now)
    await actions.remind(statement.slug, actor=await secretariat(), now=now + timedelta(days=1))

    await give_answer(token, now=now + timedelta(days=1))

    assert ("signing_reminder", "Ana Ruiz", "stopped") in await waiting()
    assert ("signing_reminder", "Bo Ito", "queued") in await waiting()


async def test_reminder_goes_in_the_thread_to_those_who_have_not_answered(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    statement, first, _ = await opened(now)
    invited = await postbox.deliver(now)
    await give_answer(await link_to(statement, first, now=now), "declined", now=now)
    await postbox.deliver(now)

    done = await actions.remind(statement.slug, actor=await secretariat(), now=now + timedelta(days=2))
    reminder = (await postbox.deliver(now + timedelta(days=2)))[0]

    row = (await OutboxMessage.objects().where(OutboxMessage.kind == "signing_reminder"))[0]
    to_bo = next(mail for mail in invited if "Bo Ito" in mail["To"])
    assert done.reminded == ("Emp@thies",)
    assert reminder["In-Reply-To"] == to_bo["Message-ID"]
    assert link_in(reminder, "/sign/") != link_in(to_bo, "/sign/")
    assert row.is_repeatable is False
    assert await letters.letter_of(link_in(to_bo, "/sign/").removeprefix("/sign/"), now=now)


async def test_reminders_are_a_day_apart_and_six_mails_are_all(database: db.Engine, now: datetime) -> None:
    statement, _, _ = await opened(now)
    actor = await secretariat()

    early = await actions.remind(statement.slug, actor=actor, now=now + timedelta(hours=23))
    daily = [
        await actions.remind(statement.slug, actor=actor, now=now + timedelta(days=day))
        for day in range(1, 9)
    ]

    assert early.reminded == ()
    assert early.skipped[0] == ("Centre for Kindness", "mailed within the last day")
    assert [len(done.reminded) for done in daily] == [2, 2, 2, 2, 2, 0, 0, 0]
    assert daily[-1].skipped[0] == ("Centre for Kindness", "six mails have been sent")


async def test_person_who_signs_for_two_is_reminded_once_a_day(database: db.Engine, now: datetime) -> None:
    person = await make_person("Ana Ruiz")
    for name in ("First", "Second"):
        await give_role(person, "signatory", organisation=await make_organisation(name))
    actor = await secretariat()
    statement = await make_open(actor, now=now)

    done = await actions.remind(statement.slug, actor=actor, now=now + timedelta(days=3))

    assert len(done.reminded) == 1
    assert len(done.skipped) == 1


async def test_reminders_at_once_are_one_mail_each(database: db.Engine, now: datetime) -> None:
    statement, _, _ = await opened(now)
    actor = await secretariat()
    later = now + timedelta(days=2)

    done = await asyncio.gather(*(actions.remind(statement.slug, actor=actor, now=later) for _ in range(5)))

    assert sorted(len(one.reminded) for one in done) == [0, 0, 0, 0, 2]
    assert [kind for kind, _, _ in await waiting()].count("signing_reminder") == 2


async def test_reminding_after_the_deadline_is_refused(database: db.Engine, now: datetime) -> None:
    statement, _, _ = await opened(now)

    with pytest.raises(Gone):
        await actions.remind(statement.slug, actor=await secretariat(), now=now + timedelta(days=20))


async def test_plan_says_beforehand_what_reminding_does(database: db.Engine, now: datetime) -> None:
    statement, _, _ = await opened(now)
    later = now + timedelta(days=1)

    plan = await invitations.reminder_plan(statement, now=later)
    done = await actions.remind(statement.slug, actor=await secretariat(), now=later)

    assert tuple(request.organisation_name for request, _ in plan.due) == done.reminded
    assert rules.MOST_MAILS == 6
