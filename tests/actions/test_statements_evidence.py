"""The bundle of a published statement: what is in it, that it stays the same, and who accepts it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import stat
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from summit_service import db, settings, verify
from summit_service.errors import Conflict, Unavailable
from summit_service.statements import actions, bundle, publisher, queries
from summit_service.statements.tables import EligibleMember, Manifest
from tests.factories import secretariat
from tests.factories_statements import give_answer, link_to, make_member, make_open
from tests.postbox import Postbox, text_of
from tests.vectors import bad
from tests.vectors.good import good_files, publish_one


def trusted(now: datetime) -> list[verify.Trusted]:
    return [
        verify.Trusted(key.public_key, key.valid_until) for key in publisher.known_keys(settings.current())
    ]


async def test_bundle_is_valid_and_the_same_bytes_at_each_build(database: db.Engine, now: datetime) -> None:
    statement, _ = await publish_one(now)

    first = bundle.zipped(await bundle.files_of(statement))
    second = bundle.zipped(await bundle.files_of(await queries.statement_by_slug(statement.slug)))

    assert first == second
    assert verify.verify_zip(first, trusted(now)).verdict == "valid"
    assert verify.verify_zip(first, []).verdict == "untrusted"


async def test_bundle_says_who_signed_and_nobody_elses_answer(database: db.Engine, now: datetime) -> None:
    files = await good_files(now)

    manifest = json.loads(files["manifest.json"])

    said = files["manifest.json"].decode()
    assert [(line["organisation"], line["capacity"]) for line in manifest["signatures"]] == [
        ("Emp@thies", "personal"),
        ("Centre for Kindness", "organisation"),
    ]
    shown = [entry["body"]["kind"] for entry in manifest["chain"]["entries"] if "body" in entry]
    assert shown == ["frozen", "signing", "response", "response", "line_corrected", "adopted", "published"]
    assert [line["signatory"] for line in manifest["signatures"]] == [
        "Signatory of Emp@thies",
        "Dr Sóley Ösp",
    ]
    assert '"declined","attestation' not in said
    assert "Nobody else will answer." not in said
    assert manifest["tally"]["declined"] == 1


async def test_publication_is_refused_when_the_bundle_does_not_hold(
    database: db.Engine, now: datetime
) -> None:
    member = await make_member("Centre for Kindness")
    actor = await secretariat()
    statement = await make_open(actor, now=now)
    await give_answer(await link_to(statement, member, now=now), now=now)
    await actions.close(statement.slug, actor=actor, now=now, note="It is time.")
    await db.engine().run_ddl("UPDATE statement SET tally = replace(tally, '\"signed\": 1', '\"signed\": 2')")

    with pytest.raises(Conflict) as refusal:
        await actions.publish(statement.slug, actor=actor, now=now)

    assert refusal.value.code == "bundle_not_valid"
    assert (await queries.statement_by_slug(statement.slug)).state == "closed"
    assert await Manifest.count() == 0


async def test_bundle_stays_the_same_and_valid_after_the_key_was_rotated(
    database: db.Engine, now: datetime
) -> None:
    statement, _ = await publish_one(now)
    before = bundle.zipped(await bundle.files_of(statement))

    made = publisher.rotate(settings.current(), now=now + timedelta(days=3))

    after = bundle.zipped(await bundle.files_of(statement))
    keys = publisher.known_keys(settings.current())
    manifest = await bundle.latest(statement)
    assert after == before
    assert verify.verify_zip(after, trusted(now)).verdict == "valid"
    assert [key.valid_until is None for key in keys] == [False, True]
    assert manifest is not None
    assert (keys[0].key_id, keys[1].key_id) == (manifest.key_id, made.key_id)


async def test_what_an_old_key_signs_later_is_not_trusted(database: db.Engine, now: datetime) -> None:
    files = await good_files(now)
    key = verify.Trusted(files["publisher.pem"].decode(), valid_until="2026-03-02T09:00:00.000Z")

    assert verify.verify(files, [key]).verdict == "untrusted"


async def test_signing_key_is_a_private_file_and_not_in_the_database(
    database: db.Engine, now: datetime
) -> None:
    await publish_one(now)

    path = publisher.key_path(settings.current())
    secret = path.read_text().split("\n")[1]
    tables = [str(await table.select()) for table in (Manifest, EligibleMember)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [told for told in tables if secret in told]
    assert sorted(entry.name for entry in path.parent.glob("*sign*")) == [
        "signing_key.pem",
        "signing_keys.json",
    ]


def test_two_processes_make_one_key(tmp_path: Path, now: datetime) -> None:
    current = settings.current()

    async def both() -> list[publisher.Publisher]:
        made = [asyncio.to_thread(publisher.load, current, now=now) for _ in range(8)]
        return list(await asyncio.gather(*made))

    found = asyncio.run(both())

    assert len({one.current.key_id for one in found}) == 1


def test_key_of_another_place_is_used_and_a_wrong_one_refused(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "safe" / "key.pem"
    monkeypatch.setenv("SUMMIT_SIGNING_KEY_FILE", str(path))
    settings.current.cache_clear()

    made = publisher.load(settings.current(), now=now)
    path.write_text("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n")

    assert len(made.current.key_id) == 64
    with pytest.raises(Unavailable, match="The signing key cannot be used"):
        publisher.load(settings.current(), now=now)


async def test_receipts_are_witnesses(database: db.Engine, now: datetime) -> None:
    statement, answers = await publish_one(now)
    files = await bundle.files_of(statement)
    receipts = [
        f"Subject: x\n\nNumber in the ledger: {answer.seq}\nSHA-256 of the record: {answer.entry_sha256}\n"
        f"Head of the chain: {answer.entry_sha256}\n".encode()
        for answer in answers
    ]
    forged = receipts[0].replace(answers[0].entry_sha256.encode(), b"0" * 64)

    assert verify.verify(files, trusted(now), receipts=receipts).verdict == "valid"
    rewritten = verify.verify(files, trusted(now), receipts=[*receipts, forged])
    assert (rewritten.verdict, "rewritten" in rewritten.sentence) == ("invalid", True)
    assert verify.verify(files, trusted(now), receipts=[b"Subject: x\n\nHello\n"]).verdict == "invalid"


async def test_receipts_as_they_are_mailed_are_taken(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    statement, answers = await publish_one(now)

    mails = await postbox.deliver(now + timedelta(days=2))

    receipts = [bytes(mail) for mail in mails if "Head of the chain" in text_of(mail)]
    files = await bundle.files_of(statement)
    assert verify.verify(files, trusted(now), receipts=receipts).verdict == "valid"
    assert len(receipts) >= len(answers)
    own = hashlib.sha256(files["manifest.json"]).hexdigest()
    published = [bytes(mail) for mail in mails if own in text_of(mail)]
    assert len(published) == 4
    head = json.loads(files["manifest.json"])["chain"]["head"]
    other = f"Subject: x\n\nSHA-256 of the manifest: {'0' * 64}\nHead of the chain: {head}\n".encode()
    desk, later = await secretariat(), now + timedelta(days=3)
    await actions.add_erratum(statement.slug, actor=desk, now=later, text="Read on.")
    for made in (files, await bundle.files_of(statement)):
        assert verify.verify(made, trusted(now), receipts=published).verdict == "valid"
        found = verify.verify(made, trusted(now), receipts=[other])
        assert (found.verdict, "Another manifest" in found.sentence) == ("invalid", True)


async def test_what_the_main_contact_is_mailed_is_a_receipt_too(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    member = await make_member("Centre", contact_name="Hanna Head", contact_email="head@centre.example")
    desk = await secretariat()
    statement = await make_open(desk, now=now, text="আমরা হাসপাতালকে শোনার সময় দিতে বলি")
    await give_answer(await link_to(statement, member, now=now), now=now)
    await actions.close(statement.slug, actor=desk, now=now, note="It is time.")
    await actions.publish(statement.slug, actor=desk, now=now)

    mails = [mail for mail in await postbox.deliver(now) if "head@centre.example" in str(mail["To"])]

    files = await bundle.files_of(statement)
    assert len(mails) == 1
    assert verify.verify(files, trusted(now), receipts=[bytes(mails[0])]).verdict == "valid"
    forged = bytes(mails[0]).replace(b"Number in the ledger: ", b"Number in the ledger: 1")
    assert verify.verify(files, trusted(now), receipts=[forged]).verdict == "invalid"


async def test_commands_of_verify_txt_work_as_they_stand(
    database: db.Engine, now: datetime, tmp_path: Path
) -> None:
    files = await good_files(now)
    folder = tmp_path / "alone"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    lines = [line[4:] for line in files["VERIFY.txt"].decode().splitlines() if line.startswith("    ")]
    commands = [line for line in lines if line.startswith(("openssl", "grep")) and "THE-HASH" not in line]
    commands = [line for line in commands if "openssl ts" not in line]

    said = [_run(command, folder).stdout for command in commands]

    key_id = json.loads(files["manifest.json"])["key_id"]
    assert said[0].strip() == "Signature Verified Successfully"
    assert said[1].split()[0] == key_id
    assert key_id in lines
    assert [answer.strip() for answer in said[2:]] == ["1"] * 5
    (folder / "manifest.json").write_bytes(files["manifest.json"].replace(b"Centre", b"Center"))
    assert _run(commands[0], folder).returncode != 0


async def test_flipped_bytes_are_never_valid(database: db.Engine, now: datetime) -> None:
    files = await good_files(now)
    keys, whole = trusted(now), bundle.zipped(files)
    dice = random.Random(20261122)
    places = [*range(0, len(whole), 97), *(dice.randrange(len(whole)) for _ in range(300))]

    survived = []
    for at in places:
        spoiled = bytearray(whole)
        spoiled[at] ^= 1 << dice.randrange(8)
        if verify.verify_zip(bytes(spoiled), keys).verdict == "valid":
            survived.append(at)
    for name, data in files.items():
        spoiled = bytearray(data)
        spoiled[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        if verify.verify({**files, name: bytes(spoiled)}, keys).verdict == "valid":
            survived.append(name)

    assert survived == []


async def test_no_bad_bundle_is_taken(database: db.Engine, now: datetime) -> None:
    files = await good_files(now)
    keys = trusted(now)
    vectors = bad.vectors(files, publisher.load(settings.current(), now=now).private)

    found = {vector.name: _verdict(vector, keys) for vector in vectors}

    assert len(found) == len(vectors) >= 200
    assert {n: v for n, v in found.items() if v != _expected(n, vectors)} == {}


async def test_a_bundle_that_was_signed_again_is_valid(database: db.Engine, now: datetime) -> None:
    """The vectors' own tools make no fault of theirs: without a lie the result is taken."""
    files = await good_files(now)
    key = publisher.load(settings.current(), now=now).private

    again = bad.rebuilt(files, bad.manifest_of(files), key)

    assert verify.verify(again, trusted(now)).verdict == "valid"
    assert hashlib.sha256(again["manifest.json"]).digest() == hashlib.sha256(files["manifest.json"]).digest()


def _verdict(vector: bad.Vector, keys: list[verify.Trusted]) -> str:
    if isinstance(vector.given, bytes):
        return verify.verify_zip(vector.given, keys).verdict
    return verify.verify(vector.given, keys).verdict


def _expected(name: str, vectors: list[bad.Vector]) -> str:
    return next(vector.verdict for vector in vectors if vector.name == name)


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command by a plain shell, with nothing in its environment but where programs are."""
    clean = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, env=clean, capture_output=True, text=True, check=False
    )
