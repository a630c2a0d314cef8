"""Keys that end, private parts that are erased, and `summit verify` from the outside: its exit codes."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from summit_service import db, settings, verify
from summit_service.accounts.actor import PUBLIC
from summit_service.cli import main
from summit_service.errors import Invalid, NotFound, NotSignedIn
from summit_service.journal.tables import JournalNote
from summit_service.mail.tables import OutboxMessage
from summit_service.statements import actions, bundle, disputes, evidence, publisher, queries
from summit_service.statements.tables import Response, ResponsePrivate
from tests.factories import secretariat
from tests.factories_statements import give_answer, link_to, make_member, make_open
from tests.vectors import bad
from tests.vectors.good import good_files, publish_one


def verdict_of(files: dict[str, bytes]) -> str:
    return verify.verify(files, verify.keys_of(publisher.list_path(settings.current()).read_bytes())).verdict


async def published_after_rotation(now: datetime) -> dict[str, bytes]:
    """The bundle of a statement that somebody has signed, published now."""
    member, actor = await make_member(f"Member of {now:%d %B}"), await secretariat()
    statement = await make_open(actor, now=now, title=f"One of {now:%d %B}")
    await give_answer(await link_to(statement, member, now=now), now=now)
    await actions.close(statement.slug, actor=actor, now=now, note="It is time.")
    return await bundle.files_of(await actions.publish(statement.slug, actor=actor, now=now))


async def test_revoked_key_is_believed_before_its_day_and_not_after(
    database: db.Engine, now: datetime
) -> None:
    before = await good_files(now)
    after = await published_after_rotation(now + timedelta(days=10))
    old = publisher.known_keys(settings.current())[0]

    ended = publisher.revoke(
        settings.current(), old.key_id, since=now + timedelta(days=5), now=now + timedelta(days=20)
    )

    current = publisher.load(settings.current(), now=now).current
    assert ended.valid_until == "2026-03-07T09:00:00.000Z"
    assert current.key_id != old.key_id
    assert (verdict_of(before), verdict_of(after)) == ("valid", "untrusted")
    assert verdict_of(await published_after_rotation(now + timedelta(days=21))) == "valid"


async def test_end_of_a_key_is_never_moved_to_a_later_day(database: db.Engine, now: datetime) -> None:
    await good_files(now)
    old = publisher.known_keys(settings.current())[0].key_id
    publisher.revoke(settings.current(), old, since=now + timedelta(days=5), now=now + timedelta(days=20))

    again = publisher.revoke(
        settings.current(), old, since=now + timedelta(days=9), now=now + timedelta(days=30)
    )

    assert again.valid_until == "2026-03-07T09:00:00.000Z"
    with pytest.raises(NotFound):
        publisher.revoke(settings.current(), "0" * 64, since=now, now=now)


async def test_erased_private_part_leaves_chain_and_bundle_as_they_are(
    database: db.Engine, now: datetime
) -> None:
    statement, answers = await publish_one(now)
    before = bundle.zipped(await bundle.files_of(statement))
    told = await disputes.told_of(answers[1])
    private = await ResponsePrivate.objects().where(ResponsePrivate.record_id == answers[1].record_id).first()
    assert private is not None
    opened = evidence.commitment(private.salt, _read(private.private))

    await actions.erase_private(
        answers[1].record_id,
        actor=await secretariat(),
        now=now + timedelta(days=9),
        note="They asked for it.",
    )

    kept = await Response.objects().where(Response.record_id == answers[1].record_id).first()
    chain = [
        evidence.Entry(row.seq, row.prev, row.content, row.entry_sha256)
        for row in await queries.ledger_of(statement)
    ]
    after = bundle.zipped(await bundle.files_of(statement))
    assert kept is not None
    assert (opened, kept.commitment) == (answers[1].commitment, answers[1].commitment)
    assert not await ResponsePrivate.exists().where(ResponsePrivate.record_id == answers[1].record_id)
    assert evidence.first_broken(chain) is None
    assert after == before
    assert (len(told), await disputes.told_of(answers[1])) == (1, [])
    mine = OutboxMessage.about.is_in([f"response:{kept.record_id}", f"signing_request:{kept.request}"])
    rows = await OutboxMessage.objects().where(mine)
    assert {(row.recipient_email, row.recipient_name, row.context) for row in rows} == {("", "", "{}")}
    with pytest.raises(NotFound):
        await actions.erase_private(
            answers[1].record_id, actor=await secretariat(), now=now, note="Once more."
        )


async def test_auditor_opens_a_commitment_with_what_is_shown_until_it_is_erased(
    database: db.Engine, now: datetime
) -> None:
    _, answers = await publish_one(now)
    record, desk = answers[1].record_id, await secretariat()

    shown = await actions.show_private(record, actor=desk, now=now, note="Auditor of the network, 2 March.")

    assert hashlib.sha256(shown.encode()).hexdigest() == answers[1].commitment
    assert set(json.loads(shown)) == {"private", "salt"}
    noted = await JournalNote.exists().where(JournalNote.verb == "statement.private_shown")
    assert noted
    with pytest.raises(Invalid):
        await actions.show_private(record, actor=desk, now=now, note=" ")
    with pytest.raises(NotSignedIn):
        await actions.show_private(record, actor=PUBLIC, now=now, note="Me.")
    await actions.erase_private(record, actor=desk, now=now + timedelta(days=9), note="They asked for it.")
    for gone in (record, "0" * 32):
        with pytest.raises(NotFound):
            await actions.show_private(gone, actor=desk, now=now, note="Once more.")


async def test_bundle_after_an_erasure_is_valid_when_something_happens_next(
    database: db.Engine, now: datetime
) -> None:
    statement, answers = await publish_one(now)
    actor, then = await secretariat(), now + timedelta(days=9)
    await actions.erase_private(answers[1].record_id, actor=actor, now=then, note="They asked for it.")

    await actions.add_erratum(statement.slug, actor=actor, now=then, text="Read “plan”.")

    files = await bundle.files_of(statement)
    assert verdict_of(files) == "valid"
    assert b"They asked for it." not in files["manifest.json"]


def _read(private: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(private)
    return found


async def test_command_ends_with_the_code_of_its_verdict(
    database: db.Engine, now: datetime, tmp_path: Path
) -> None:
    statement, answers = await publish_one(now)
    files = await bundle.files_of(statement)
    key, other = tmp_path / "publisher.pem", tmp_path / "other.pem"
    key.write_bytes(files["publisher.pem"])
    other.write_bytes(bad.pem_of(Ed25519PrivateKey.generate()))
    whole, spoiled, less = tmp_path / "whole.zip", tmp_path / "spoiled.zip", tmp_path / "less.zip"
    whole.write_bytes(bundle.zipped(files))
    spoiled.write_bytes(bundle.zipped({**files, "statement.en.txt": b"Other words.\n"}))
    less.write_bytes(bundle.zipped({name: data for name, data in files.items() if name != "keys.json"}))
    receipt, forged = tmp_path / "receipt.eml", tmp_path / "forged.eml"
    receipt.write_bytes(_receipt(answers[1].seq, answers[1].entry_sha256))
    forged.write_bytes(_receipt(answers[1].seq, "0" * 64))
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "deeper").mkdir()

    trusted = ["--key", str(key)]
    codes = {
        "whole": _verify(whole, *trusted),
        "folder": _verify(folder, *trusted),
        "receipt": _verify(whole, *trusted, "--receipt", str(receipt)),
        "forged": _verify(whole, *trusted, "--receipt", str(forged)),
        "spoiled": _verify(spoiled, *trusted),
        "less": _verify(less, *trusted),
        "nothing": _verify(tmp_path / "nothing.zip", *trusted),
        "other key": _verify(whole, "--key", str(other)),
        "folder in a folder": _verify(tmp_path / "linked", *trusted),
        "no timestamp": _verify(whole, *trusted, "--tsa", str(other)),
    }

    assert codes == {
        "whole": 0,
        "folder": 0,
        "receipt": 0,
        "forged": 1,
        "spoiled": 1,
        "less": 2,
        "nothing": 2,
        "other key": 3,
        "folder in a folder": 1,
        "no timestamp": 2,
    }


def _verify(path: Path, *options: str) -> int:
    return CliRunner().invoke(main, ["verify", str(path), *options]).exit_code


def _receipt(seq: int, record: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "You have signed"
    mail.set_content(
        f"Number in the ledger: {seq}\nSHA-256 of the record: {record}\nHead of the chain: {record}\n"
    )
    return bytes(mail)
