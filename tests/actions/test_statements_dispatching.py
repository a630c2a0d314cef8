"""Every dispatch is an entry of the ledger: each mail of a statement is found in its chain, and nobody's name."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from summit_service import db
from summit_service.errors import Conflict
from summit_service.mail.tables import OutboxMessage
from summit_service.statements import actions, evidence, queries
from summit_service.statements.actions import resending
from summit_service.statements.actions.dispatching import fingerprint
from summit_service.zones import wall_text
from tests.factories import give_role, make_person, secretariat
from tests.factories_statements import give_answer, link_to, make_draft, make_member, make_open

PACKAGE = Path(__file__).parents[2] / "summit_service" / "statements"


async def test_every_mail_of_a_statement_is_in_its_chain_once_and_without_a_name(
    database: db.Engine, now: datetime
) -> None:
    desk, day = await secretariat(), timedelta(days=1)
    first = await make_member("Centre", signatory="Ana Ruiz", contact_email="office@centre.example")
    second = await make_member("Museum", signatory="Bo Li")
    deputy = await make_person("Deputy Dana")
    await give_role(deputy, "alternate", organisation=second)
    slug = (await make_draft(desk, now=now)).slug
    closes = wall_text(now + 40 * day)
    await actions.start_consultation(slug, actor=desk, now=now, closes_at=closes)
    await actions.freeze(slug, actor=desk, now=now)
    statement = await actions.open_for_signing(
        slug, actor=desk, now=now, closes_at=closes, early_end_days="1"
    )
    signed = await give_answer(await link_to(statement, first, now=now), now=now)
    await actions.remind(slug, actor=desk, now=now + 2 * day)
    link = await link_to(statement, second, now=now)
    await actions.delegate(link, person_id=deputy.id, now=now + 2 * day)
    await actions.close(slug, actor=desk, now=now + 3 * day, note="The ministry decides today.")
    await actions.publish(slug, actor=desk, now=now + 3 * day)
    await actions.record_withdrawal(
        slug, actor=desk, now=now + 4 * day, organisation=first.slug, note="Their letter."
    )

    rows = await queries.ledger_of(statement)
    bodies: list[dict[str, Any]] = [json.loads(row.content)["body"] for row in rows]
    told = [mail for body in bodies for mail in body.get("mails", [])]
    queued = await OutboxMessage.objects().order_by(OutboxMessage.id)
    assert Counter(mail["message"] for mail in told) == Counter(fingerprint(q.message_id) for q in queued)
    assert Counter(mail["mail"] for mail in told) == {
        "comments_asked": 3,
        "signing_request": 3,
        "signing_receipt": 2,
        "signing_notice": 2,
        "signing_reminder": 1,
        "signing_delegated": 1,
        "signing_ended": 2,
        "statement_published": 2,
    }
    assert {mail["organisation"] for mail in told} == {first.id, second.id}
    assert {body["kind"] for body in bodies if "mails" in body} == {"dispatched", "reminded"}
    said = json.dumps([body for body in bodies if "mails" in body])
    people = {text for q in queued for text in (q.recipient_name, q.recipient_email) if text}
    assert [text for text in people if text in said] == []
    assert (
        evidence.first_broken(
            [evidence.Entry(row.seq, row.prev, row.content, row.entry_sha256) for row in rows]
        )
        is None
    )
    assert signed.seq < rows[-1].seq


async def test_mail_that_is_sent_once_more_is_in_the_chain_too(database: db.Engine, now: datetime) -> None:
    desk = await secretariat()
    member = await make_member("Centre")
    statement = await make_open(desk, now=now)
    queued = OutboxMessage.kind == "signing_request"
    await OutboxMessage.update({OutboxMessage.state: "failed", OutboxMessage.settled_at: now}).where(queued)
    first = await OutboxMessage.objects().where(queued).first()
    assert first is not None

    (new,) = await resending.resend_all([first.id], actor=desk, now=now + timedelta(hours=1))

    last = json.loads((await queries.ledger_of(statement))[-1].content)["body"]
    copy = await OutboxMessage.objects().where(OutboxMessage.id == new).first()
    assert copy is not None
    assert (last["kind"], last["mails"]) == (
        "dispatched",
        [{"mail": "signing_request", "organisation": member.id, "message": fingerprint(copy.message_id)}],
    )
    with pytest.raises(Conflict):
        await resending.resend_all([first.id], actor=desk, now=now + timedelta(hours=2))
    assert json.loads((await queries.ledger_of(statement))[-1].content)["body"] == last


def test_no_other_module_of_the_statements_queues_a_mail() -> None:
    """A mail that is queued elsewhere would be missing in the ledger."""
    files = [path for path in PACKAGE.rglob("*.py") if "outbox.add" in path.read_text(encoding="utf-8")]

    assert [path.name for path in files] == ["dispatching.py"]
