"""After publication: joined, withdrew, errata and a successor, each in a manifest that follows the one before."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service import db, settings, verify
from summit_service.accounts import actions as accounts
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.mail.tables import OutboxMessage
from summit_service.members.queries import organisation_by_name
from summit_service.members.tables import Organisation
from summit_service.statements import actions, bundle, publisher, queries
from summit_service.statements.tables import Statement
from tests.factories import secretariat
from tests.factories_statements import VISITOR, give_answer, link_to, make_member, make_open
from tests.vectors import bad, later


def keys() -> list[verify.Trusted]:
    known = publisher.known_keys(settings.current())
    return [verify.Trusted(key.public_key, key.valid_until) for key in known]


def told(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["manifest.json"])
    return found


async def published(now: datetime, *, late_days: int = 0) -> tuple[Statement, str, str]:
    """A statement that one member has signed and one has not, and the links of both."""
    members = [await make_member("Signer"), await make_member("Silent")]
    actor = await secretariat()
    policy: Any = {"preset": "sign_on", "late_days": late_days}
    statement = await make_open(actor, now=now, policy=policy)
    first, second = [await link_to(statement, member, now=now) for member in members]
    await give_answer(first, now=now)
    await actions.close(statement.slug, actor=actor, now=now + timedelta(days=1), note="It is time.")
    return await actions.publish(statement.slug, actor=actor, now=now + timedelta(days=1)), first, second


async def slug_of(name: str) -> str:
    found = await organisation_by_name(name)
    assert found is not None
    return str(found.slug)


async def test_each_manifest_follows_the_one_before_and_stays_valid(
    database: db.Engine, now: datetime
) -> None:
    statement = await later.publish_later(now)

    rows = await bundle.manifests_of(statement)
    files = [await bundle.files_of(statement, n=row.n) for row in rows]

    assert [row.n for row in rows] == [1, 2, 3, 4, 5]
    assert [told(made)["previous"] for made in files] == [None, *(row.sha256 for row in rows[:-1])]
    assert [verify.verify_zip(bundle.zipped(made), keys()).verdict for made in files] == ["valid"] * 5
    assert await bundle.files_of(statement) == files[-1]


async def test_newest_manifest_tells_who_joined_and_who_withdrew(database: db.Engine, now: datetime) -> None:
    manifest = told(await later.later_files(now))

    after = manifest["after"]
    assert [line["organisation"] for line in manifest["signatures"]] == ["Later Signer", "Later Stayer"]
    assert (manifest["tally"]["signed"], manifest["tally"]["declined"]) == (2, 1)
    assert [line["organisation"] for line in after["joined"]] == ["Later Joiner"]
    assert [(line["organisation"], line["withdrew_at"]) for line in after["withdrew"]] == [
        ("Later Signer", "2026-03-06T09:00:00.000Z")
    ]
    assert after["withdrew"][0]["signature"] == manifest["signatures"][0]["record"]
    assert after["errata"][0]["text"] == "Read “plan”, not “plane”."
    assert after["superseded_by"]["title"] == "The next one"


async def test_no_lie_about_what_happened_since_is_taken(database: db.Engine, now: datetime) -> None:
    files = await later.later_files(now)
    vectors = later.lies(files, publisher.load(settings.current(), now=now).private)

    found = {vector.name: verify.verify(vector.given, keys()).verdict for vector in vectors}  # type: ignore[arg-type]

    assert len(found) >= 30
    assert {name: verdict for name, verdict in found.items() if verdict != "invalid"} == {}


async def test_tools_of_the_vectors_make_no_fault_of_their_own(database: db.Engine, now: datetime) -> None:
    files = await later.later_files(now)
    key = publisher.load(settings.current(), now=now).private

    again = bad.signed(files, later.rechained_later(bad.manifest_of(files)), key)

    assert again == files


async def test_joining_needs_a_policy_and_ends_with_it(database: db.Engine, now: datetime) -> None:
    statement, _, silent = await published(now, late_days=30)

    joined = await give_answer(silent, now=statement.closes_at + timedelta(days=29))
    await give_answer(silent, "withdrawn", now=statement.closes_at + timedelta(days=29, hours=1))
    with pytest.raises(Gone):
        await give_answer(silent, now=statement.closes_at + timedelta(days=30))

    assert joined.is_late
    assert len(await bundle.manifests_of(statement)) == 3


async def test_nobody_joins_where_the_policy_says_nothing(database: db.Engine, now: datetime) -> None:
    statement, _, silent = await published(now)

    with pytest.raises(Gone):
        await give_answer(silent, now=now + timedelta(days=2))

    assert len(await bundle.manifests_of(statement)) == 1


@pytest.mark.parametrize("choice", ["signed", "declined", "changes_requested"])
async def test_a_standing_signature_can_only_be_withdrawn(
    database: db.Engine, now: datetime, choice: str
) -> None:
    statement, signer, _ = await published(now, late_days=30)

    with pytest.raises(Gone):
        await give_answer(signer, choice, now=now + timedelta(days=2))

    assert len(await bundle.manifests_of(statement)) == 1


async def test_form_made_before_the_end_gives_no_answer_after_publication(
    database: db.Engine, now: datetime
) -> None:
    """A refusal that was prepared while answers were taken is not one that arrives when it is published."""
    statement, _, silent = await published(now, late_days=30)
    text_set = await queries.text_set_of(statement)
    assert text_set is not None
    await Statement.update({Statement.state: "signing"}, force=True)
    early = await actions.review(silent, choice="declined", text_set_sha256=text_set.sha256, now=now)
    await Statement.update({Statement.state: "published"}, force=True)
    form = actions.AnswerForm(nonce=early.nonce, text_set_sha256=text_set.sha256, attested=True, name="Ana")

    with pytest.raises(Gone):
        await actions.answer(silent, form, visitor=VISITOR, agent="Test", now=now + timedelta(hours=2))

    assert len(await bundle.manifests_of(statement)) == 1


async def test_withdrawal_by_letter_is_recorded_told_and_counted_once(
    database: db.Engine, now: datetime
) -> None:
    statement, _, _ = await published(now)
    actor, then = await secretariat(), now + timedelta(days=200)
    slug = await slug_of("Signer")
    before = await OutboxMessage.count()

    kept = await actions.record_withdrawal(
        statement.slug, actor=actor, now=then, organisation=slug, note="A letter of 3 May says so."
    )

    mails = await OutboxMessage.select(OutboxMessage.kind).order_by(OutboxMessage.id)
    manifest = told(await bundle.files_of(statement))
    assert (kept.method, kept.is_late) == ("recorded_by_secretariat", True)
    assert [row["kind"] for row in mails[before:]] == ["signing_receipt"]
    assert [line["organisation"] for line in manifest["after"]["withdrew"]] == ["Signer"]
    assert manifest["tally"]["signed"] == 1
    assert "A letter of 3 May" not in json.dumps(manifest)
    with pytest.raises(Invalid, match="whose signature stands"):
        await actions.record_withdrawal(
            statement.slug, actor=actor, now=then, organisation=slug, note="Once more."
        )


async def test_withdrawal_by_letter_is_told_to_no_address_that_is_erased(
    database: db.Engine, now: datetime
) -> None:
    statement, _, _ = await published(now)
    signatory = await Person.objects().get(Person.name == "Signatory of Signer")
    assert signatory is not None
    async with db.transaction():
        await accounts.erase(signatory, instead="Somebody", now=now)
    contact: dict[Any, Any] = {
        Organisation.contact_email: "head@signer.example",
        Organisation.contact_name: "Hanna Head",
    }
    await Organisation.update(contact).where(Organisation.name == "Signer")
    before = await OutboxMessage.count()

    await actions.record_withdrawal(
        statement.slug,
        actor=await secretariat(),
        now=now + timedelta(days=2),
        organisation=await slug_of("Signer"),
        note="Their letter.",
    )

    mails = (await OutboxMessage.objects().order_by(OutboxMessage.id))[before:]
    assert [(row.kind, row.recipient_email) for row in mails] == [("signing_notice", "head@signer.example")]


async def test_receipt_of_a_withdrawal_finds_a_publisher_who_keeps_it_back(
    database: db.Engine, now: datetime
) -> None:
    files = await later.later_files(now)
    manifest = bad.manifest_of(files)
    gone = manifest["after"]["withdrew"][0]
    receipt = (
        f"Subject: x\n\nNumber in the ledger: {gone['seq']}\nSHA-256 of the record: {gone['entry_sha256']}\n"
        f"Head of the chain: {gone['entry_sha256']}\n"
    ).encode()
    entry = manifest["chain"]["entries"][gone["seq"] - 1]
    later._withhold(manifest, entry["body"])
    manifest["after"]["withdrew"].clear()
    hidden = bad.signed(files, manifest, publisher.load(settings.current(), now=now).private)

    assert verify.verify(files, keys(), receipts=[receipt]).verdict == "valid"
    assert verify.verify(hidden, keys()).verdict == "valid"
    assert "keeps back" in verify.verify(hidden, keys(), receipts=[receipt]).sentence


async def test_successor_is_another_published_statement_named_once(
    database: db.Engine, now: datetime
) -> None:
    statement = await later.publish_later(now)
    actor = await secretariat()

    with pytest.raises(Conflict, match="already"):
        await actions.supersede(statement.slug, actor=actor, now=now, by="the-next-one")
    with pytest.raises(Invalid, match="Choose another"):
        await actions.supersede("the-next-one", actor=actor, now=now, by="the-next-one")
    with pytest.raises(Invalid, match="The erratum"):
        await actions.add_erratum("the-next-one", actor=actor, now=now, text=" ")


async def test_nothing_is_recorded_about_what_is_not_published(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()
    await make_member("Somebody")
    statement = await make_open(actor, now=now)

    with pytest.raises(Conflict, match="published statement alone"):
        await actions.add_erratum(statement.slug, actor=actor, now=now, text="Read this.")


async def test_next_manifest_is_signed_by_the_new_key_and_the_old_one_stays(
    database: db.Engine, now: datetime
) -> None:
    statement, signer, _ = await published(now)
    publisher.rotate(settings.current(), now=now + timedelta(days=2))

    await give_answer(signer, "withdrawn", now=now + timedelta(days=3))

    rows = await bundle.manifests_of(statement)
    verdicts = [verify.verify(await bundle.files_of(statement, n=row.n), keys()).verdict for row in rows]
    assert rows[0].key_id != rows[1].key_id
    assert verdicts == ["valid", "valid"]


async def test_two_statements_cannot_take_the_place_of_each_other(database: db.Engine, now: datetime) -> None:
    old = await later.publish_later(now)
    new = await queries.statement_by_slug("the-next-one")

    with pytest.raises(Invalid):
        await actions.supersede(
            new.slug, actor=await secretariat(), now=now + timedelta(days=60), by=old.slug
        )


async def test_translation_is_added_to_a_fixed_text_and_changes_nothing_that_is_signed(
    database: db.Engine, now: datetime
) -> None:
    actor = await secretariat()
    member = await make_member("Centre for Kindness")
    opened = await make_open(actor, now=now)
    await actions.add_version(opened.slug, actor=actor, now=now, text="Eins", language="de", role="courtesy")
    with pytest.raises(Conflict, match="one of those that are signed"):
        await actions.add_version(opened.slug, actor=actor, now=now, text="One", role="courtesy")
    await give_answer(await link_to(opened, member, now=now), now=now)
    await actions.close(opened.slug, actor=actor, now=now, note="It is time.")
    published = await actions.publish(opened.slug, actor=actor, now=now)
    before = bundle.zipped(await bundle.files_of(published))

    await actions.add_version(opened.slug, actor=actor, now=now, text="Un", language="fr", role="courtesy")

    assert published.text_set == opened.text_set
    assert bundle.zipped(await bundle.files_of(published)) == before
    await actions.add_erratum(opened.slug, actor=actor, now=now, text="A comma is missing.")
    assert verify.verify(await bundle.files_of(published), keys()).verdict == "valid"
