"""Answering by link: what is kept, what is private, whom it is told to, and many at once."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service import db, links
from summit_service.accounts.actor import OPERATOR
from summit_service.accounts.tables import Person
from summit_service.errors import Gone, Invalid, NotFound
from summit_service.mail.tables import OutboxMessage
from summit_service.members import actions as members
from summit_service.members.tables import Organisation, Role
from summit_service.statements import actions, evidence, letters, queries, texts
from summit_service.statements.tables import Response, ResponsePrivate, Statement
from tests.factories import secretariat
from tests.factories_statements import (
    VISITOR,
    board_of,
    give_answer,
    link_to,
    make_member,
    make_open,
    request_to,
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


async def test_answer_keeps_public_and_private_apart(database: db.Engine, now: datetime) -> None:
    statement, first, _ = await opened(now)

    kept = await give_answer(await link_to(statement, first, now=now), now=now, name="A. Ruiz")

    entries = [row for row in await queries.ledger_of(statement) if row.kind == "response"]
    entry = json.loads(entries[-1].content)["body"]
    opening = (await ResponsePrivate.objects())[0]
    private = json.loads(opening.private)
    assert "A. Ruiz" not in json.dumps(entry)
    assert "192.0.2.7" not in json.dumps(entry)
    assert (entry["signatory"], entry["organisation"], entry["answer"]) == ("Ana Ruiz", first.name, "signed")
    assert (entry["capacity"], entry["method"], entry["late"]) == ("organisation", "mailed_link", False)
    assert entry["signed_at"] == "2026-03-02T09:00:00.000Z"
    assert (private["name_typed"], private["address"], private["agent"]) == ("A. Ruiz", "192.0.2.7", "Test")
    assert private["address_source"] == "socket"
    assert evidence.commitment(opening.salt, private) == kept.commitment == entry["commitment"]
    said = texts.attestation(
        "signed", name="Ana Ruiz", organisation=first.name, text_set_sha256=kept.text_set_sha256
    )
    assert kept.attestation_sha256 == texts.sha256(said)


async def test_name_is_printed_as_its_bearer_corrects_it_until_the_end(
    database: db.Engine, now: datetime
) -> None:
    statement, first, second = await opened(now)
    token = await link_to(statement, first, now=now)
    with pytest.raises(Invalid) as refused:
        await give_answer(token, now=now, printed="Ana\u202eziuR")

    await give_answer(token, now=now, printed="Anna Ruitz")
    kept = await give_answer(token, now=now + timedelta(hours=1), printed=" Prof. Ana Ruíz ")
    await give_answer(await link_to(statement, second, now=now), "declined", now=now, printed="Mickey")

    lines = {line.organisation: line.printed for line in await board_of(statement, now=now)}
    answers = [row for row in await queries.ledger_of(statement) if row.kind == "response"]
    entry = json.loads(answers[-2].content)["body"]
    assert list(refused.value.by_field()) == ["printed"]
    assert [line.name for line in await queries.signatures_of(statement)] == ["Prof. Ana Ruíz"]
    assert (kept.signatory_name, entry["signatory"]) == ("Prof. Ana Ruíz", "Prof. Ana Ruíz")
    assert lines == {"Centre for Kindness": "Prof. Ana Ruíz", "Emp@thies": ""}
    assert kept.attestation_sha256 == texts.sha256(
        texts.attestation(
            "signed", name="Ana Ruiz", organisation=first.name, text_set_sha256=kept.text_set_sha256
        )
    )


async def test_erasing_the_private_part_leaves_the_chain(database: db.Engine, now: datetime) -> None:
    statement, first, _ = await opened(now)
    await give_answer(await link_to(statement, first, now=now), now=now)

    await ResponsePrivate.delete(force=True)

    rows = await queries.ledger_of(statement)
    entries = [evidence.Entry(row.seq, row.prev, row.content, row.entry_sha256) for row in rows]
    assert evidence.first_broken(entries) is None
    assert [line.differs for line in await board_of(statement, now=now)] == ["", ""]


async def test_answer_knows_which_mail_carried_the_link(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    _, first, _ = await opened(now)
    mail = next(m for m in await postbox.deliver(now) if "Ana Ruiz" in m["To"])

    await give_answer(link_in(mail, "/sign/").removeprefix("/sign/"), now=now)

    told = json.loads((await ResponsePrivate.objects())[0].private)["mail"]
    assert told["kind"] == "signing_request"
    assert told["message_id"] in mail["Message-ID"]
    assert "taken by the postbox" in told["server_reply"]
    assert first


async def test_answer_mails_receipt_and_notice(database: db.Engine, now: datetime, postbox: Postbox) -> None:
    member = await make_member(
        "Centre for Kindness", contact_name="Hanna Head", contact_email="head@kind.example"
    )
    statement = await make_open(await secretariat(), now=now)
    await postbox.deliver(now)

    kept = await give_answer(await link_to(statement, member, now=now), now=now)

    receipt, notice = await postbox.deliver(now)
    assert receipt["Subject"] == "You have signed: “Time to listen”"
    assert notice["Subject"] == "Centre for Kindness has signed: “Time to listen”"
    assert "head@kind.example" in notice["To"]
    for body in (text_of(receipt), html_of(receipt), text_of(notice)):
        assert kept.record_id in body
        assert kept.entry_sha256 in body
        assert kept.text_set_sha256 in body


async def test_no_notice_where_the_contact_is_the_signatory(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    member = await make_member("Centre for Kindness")
    statement = await make_open(await secretariat(), now=now)
    request = await request_to(statement, member)
    person = await Person.objects().where(Person.id == request.person).first()
    assert person is not None
    await Organisation.update({Organisation.contact_email: person.email.upper()}).where(
        Organisation.id == member.id
    )
    await postbox.deliver(now)

    await give_answer(await link_to(statement, member, now=now), now=now)

    assert len(await postbox.deliver(now)) == 1


async def test_many_members_answer_at_once_and_the_chain_holds(database: db.Engine, now: datetime) -> None:
    members = [await make_member(f"Member {n:02}") for n in range(12)]
    statement = await make_open(await secretariat(), now=now)
    tokens_ = [await link_to(statement, member, now=now) for member in members]

    await asyncio.gather(*(give_answer(token, now=now) for token in tokens_))

    rows = await queries.ledger_of(statement)
    entries = [evidence.Entry(row.seq, row.prev, row.content, row.entry_sha256) for row in rows]
    assert evidence.first_broken(entries) is None
    assert len(await queries.answers_of(statement)) == 12


async def test_answer_at_the_deadline_is_too_late_whatever_the_state_says(
    database: db.Engine, now: datetime
) -> None:
    statement, first, _ = await opened(now)
    token = await link_to(statement, first, now=now)

    with pytest.raises(Gone):
        await give_answer(token, now=statement.closes_at)
    await give_answer(token, now=statement.closes_at - timedelta(milliseconds=1))

    assert (await queries.statement_by_slug(statement.slug)).state == "signing"
    assert await Response.count() == 1


async def test_nonce_of_one_member_is_of_no_use_to_another(database: db.Engine, now: datetime) -> None:
    statement, first, second = await opened(now)
    token = await link_to(statement, first, now=now)
    other = await link_to(statement, second, now=now)
    letter = await letters.letter_of(token, now=now)
    assert letter is not None
    text_hash = letter.text_set.sha256
    reviewed = await actions.review(token, choice="signed", text_set_sha256=text_hash, now=now)
    form = actions.AnswerForm(
        nonce=reviewed.nonce, text_set_sha256=text_hash, attested=True, name="Bo Ito", capacity="organisation"
    )

    with pytest.raises(Invalid, match="Choose your answer once more"):
        await actions.answer(other, form, visitor=VISITOR, agent="", now=now)

    assert await Response.count() == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "x" * 201}, "name"),
        ({"name": "Ana\u202eziuR"}, "name"),
        ({"reason": "x" * 4001}, "reason"),
    ],
)
async def test_answer_with_odd_words_is_told_where(
    database: db.Engine, now: datetime, changed: dict[str, Any], field: str
) -> None:
    statement, first, _ = await opened(now)

    with pytest.raises(Invalid) as refused:
        await give_answer(await link_to(statement, first, now=now), "changes_requested", now=now, **changed)

    assert list(refused.value.by_field()) == [field]


async def test_link_of_nobody_answers_nothing(database: db.Engine, now: datetime) -> None:
    orphan = await links.issue("sign", subject="4711", now=now)

    with pytest.raises(NotFound):
        await actions.review(orphan, choice="signed", text_set_sha256="", now=now)
    assert await letters.letter_of(orphan, now=now) is None


async def test_board_shows_answers_reasons_and_mails(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    statement, first, _ = await opened(now)
    await postbox.deliver(now)
    reason = "Paragraph 2 should name nurses too."
    await give_answer(
        await link_to(statement, first, now=now),
        "changes_requested",
        now=now,
        name="Pat Assistant",
        reason=reason,
    )

    lines = await board_of(statement, now=now)

    assert [(line.answer, line.reason, line.differs) for line in lines] == [
        ("changes_requested", reason, "Pat Assistant"),
        ("", "", ""),
    ]
    assert [(line.mail_kind, line.mail_state) for line in lines] == [("signing_request", "accepted")] * 2


async def test_link_of_somebody_who_signs_no_more_opens_nothing(database: object, now: datetime) -> None:
    member = await make_member("Centre for Kindness")
    statement = await make_open(await secretariat(), now=now)
    token = await link_to(statement, member, now=now)
    letter = await letters.letter_of(token, now=now)
    assert letter is not None
    reviewed = await actions.review(token, choice="signed", text_set_sha256=letter.text_set.sha256, now=now)
    role = await Role.objects().where(Role.organisation == member.id, Role.kind == "signatory").first()
    assert role is not None

    await members.end_role(role.id, organisation=member.slug, actor=OPERATOR, now=now)

    form = actions.AnswerForm(
        nonce=reviewed.nonce,
        text_set_sha256=letter.text_set.sha256,
        attested=True,
        name="Ana Ruiz",
        capacity="organisation",
        reason="",
    )
    assert await letters.letter_of(token, now=now) is None
    with pytest.raises(NotFound):
        await actions.review(token, choice="signed", text_set_sha256=letter.text_set.sha256, now=now)
    with pytest.raises(NotFound):
        await actions.answer(token, form, visitor=VISITOR, agent="Test", now=now)
    assert await Response.count() == 0
