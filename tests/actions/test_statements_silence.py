"""A statement under a silence procedure: who is silent has assented by the rule, never signed."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta

import pytest
from pypdf import PdfReader

from summit_service import db, links, settings, verify
from summit_service.errors import Invalid
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation, Role
from summit_service.statements import actions, counting, disputes, publisher, queries
from summit_service.statements.tables import Statement
from tests.factories import give_role, make_person, secretariat
from tests.factories_statements import give_answer, link_to, make_frozen, make_member, make_open
from tests.vectors import silent


async def test_bundle_of_a_silence_procedure_is_valid_and_lies_about_it_are_not(
    database: db.Engine, now: datetime
) -> None:
    files = await silent.publish_silent(now)
    signer = publisher.load(settings.current(), now=now)
    trusted = [verify.Trusted(signer.current.public_key)]
    lies = silent.lies(files, signer.private)

    good = verify.verify(files, trusted)

    manifest = json.loads(files["manifest.json"])
    tally = manifest["tally"]
    assert good.verdict == "valid"
    assert (tally["signed"], tally["unanswered"], tally["deemed"], tally["undeliverable"]) == (1, 4, 3, 1)
    assert [line["organisation"] for line in manifest["signatures"]] == ["Silent Signer"]
    statement = await queries.statement_by_slug("a-silent-one")
    assert await counting.raised_no_objection(statement) == ["Quiet One", "Quiet Three", "Quiet Two"]
    copy = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(files["statement.en.pdf"])).pages)
    assert "Raised no objection" in copy
    told = [verify.verify(lie.given, trusted).verdict for lie in lies if isinstance(lie.given, dict)]
    assert told == ["invalid"] * len(lies)


async def test_silence_needs_its_days_and_blocking_a_member_that_is_asked(
    database: db.Engine, now: datetime
) -> None:
    member = await make_member("Centre for Kindness")
    actor = await secretariat()
    slug = (await make_frozen(actor, now=now)).slug
    soon, later = ((now + timedelta(days=days)).isoformat() for days in (20, 40))

    with pytest.raises(Invalid) as hurried:
        await actions.open_for_signing(slug, actor=actor, now=now, closes_at=soon, policy_given="silence")
    with pytest.raises(Invalid) as stranger:
        await actions.open_for_signing(
            slug,
            actor=actor,
            now=now,
            closes_at=later,
            policy_given={"preset": "sign_on", "blocking": ["nobody"]},
        )
    opened = await actions.open_for_signing(
        slug,
        actor=actor,
        now=now,
        closes_at=later,
        policy_given={"preset": "silence", "blocking": [member.slug]},
    )

    assert "Silence counts after 30 days" in hurried.value.by_field()["closes_at"]
    assert "nobody" in stranger.value.by_field()["policy/blocking"]
    assert opened.state == "signing"


async def asked_silently(now: datetime) -> tuple[Statement, Organisation, Organisation]:
    """A silence procedure of two members, whom its mails have reached."""
    one, other = await make_member("Spoken"), await make_member("Silent")
    statement = await make_open(await secretariat(), now=now, days=40, policy="silence")
    await took({"queued": "accepted"})
    return statement, one, other


async def took(states: dict[str, str]) -> None:
    """The mails are further on."""
    for before, after in states.items():
        await OutboxMessage.update({OutboxMessage.state: after}).where(OutboxMessage.state == before)


async def counted(statement: Statement, *, now: datetime) -> tuple[list[str], int, int]:
    """Who raised no objection at the end, and how many were not reached, and have not answered."""
    await actions.close_overdue(now + timedelta(days=41))
    found = await queries.statement_by_slug(statement.slug)
    tally = json.loads(found.tally or "")
    silent = await counting.raised_no_objection(found)
    assert tally["deemed"] == len(silent)
    return silent, tally["undeliverable"], tally["unanswered"]


@pytest.mark.parametrize(("state", "silent"), [("failed", ["Silent"]), ("accepted", ["Silent", "Spoken"])])
async def test_silence_is_that_of_who_is_asked_now_and_not_of_who_handed_it_on(
    database: db.Engine, now: datetime, state: str, silent: list[str]
) -> None:
    statement, one, _ = await asked_silently(now)
    alternate = await make_person("Alternate")
    await give_role(alternate, "alternate", organisation=one)
    await actions.delegate(await link_to(statement, one, now=now), person_id=alternate.id, now=now)
    await took({"queued": state})

    found = await counted(statement, now=now)

    assert found == (silent, 2 - len(silent), 2)


async def test_silence_of_the_wrong_person_and_of_who_has_left_is_no_assent(
    database: db.Engine, now: datetime
) -> None:
    statement, wrong, left = await asked_silently(now)
    link = await link_to(statement, wrong, now=now)
    await actions.tell_wrong_person(link, words="", confirmed=True, now=now)
    await Role.update({Role.ended_at: now}).where(Role.organisation == left.id)

    found = await counted(statement, now=now)

    assert found == ([], 2, 2)


async def test_who_left_after_the_deadline_was_silent_until_then(database: db.Engine, now: datetime) -> None:
    statement, one, _ = await asked_silently(now)
    after = statement.closes_at + timedelta(minutes=1)
    await Role.update({Role.ended_at: after}).where(Role.organisation == one.id)

    found = await counted(statement, now=now)

    assert found == (["Silent", "Spoken"], 0, 2)


async def test_who_took_an_answer_back_has_not_been_silent(database: db.Engine, now: datetime) -> None:
    statement, one, _ = await asked_silently(now)
    link = await link_to(statement, one, now=now)
    await give_answer(link, "declined", now=now)
    await give_answer(link, "withdrawn", now=now)

    found = await counted(statement, now=now)

    assert found == (["Silent"], 0, 2)


async def test_whose_answer_was_taken_off_after_a_dispute_has_not_been_silent(
    database: db.Engine, now: datetime
) -> None:
    statement, one, _ = await asked_silently(now)
    given = await give_answer(await link_to(statement, one, now=now), "declined", now=now)
    doubt = await links.issue(
        disputes.PURPOSE,
        subject=f"{given.record_id}:signatory",
        now=now,
        expires_at=now + timedelta(days=30),
    )
    dispute = await actions.raise_dispute(doubt, reason="", confirmed=True, now=now)
    await actions.settle_dispute(
        dispute.id, actor=await secretariat(), now=now, outcome="upheld", note="Not theirs."
    )

    found = await counted(statement, now=now)

    assert found == (["Silent"], 0, 2)
