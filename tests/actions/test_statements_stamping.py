"""Timestamps (RFC 3161): asked for in the background, retried, checked by `summit verify` and by openssl alone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from summit_service import db, settings, verify
from summit_service.statements import actions, authority, bundle, files, publisher
from summit_service.statements.tables import Stamping
from tests.factories import secretariat
from tests.tsa import Tsa, running
from tests.vectors.good import publish_one

STAMP, AUTHORITY = files.STAMP, files.AUTHORITY


@pytest.fixture
def tsa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tsa]:
    with running(tmp_path / "tsa") as made:
        monkeypatch.setenv("SUMMIT_TSA_URL", made.url)
        monkeypatch.setenv("SUMMIT_TSA_CERTIFICATES", str(made.root))
        settings.current.cache_clear()
        yield made
    settings.current.cache_clear()


def keys() -> list[verify.Trusted]:
    return [verify.Trusted(key.public_key) for key in publisher.known_keys(settings.current())]


async def stamped(now: datetime) -> dict[str, bytes]:
    statement, _ = await publish_one(now)
    assert await actions.stamp_waiting(now) == 1
    return await bundle.files_of(statement)


async def test_bundle_gets_a_timestamp_that_the_verifier_checks(
    database: db.Engine, now: datetime, tsa: Tsa
) -> None:
    found = await stamped(now)

    verdict = verify.verify_zip(bundle.zipped(found), keys(), authorities=[tsa.root.read_bytes()])

    assert verdict.verdict == "valid"
    assert verdict.facts["timestamp"].endswith("Z by CN=Test Timestamps root")
    assert await actions.stamp_waiting(now) == 0
    assert len(tsa.asked) == 1


async def test_publication_does_not_wait_for_the_authority(
    database: db.Engine, now: datetime, tsa: Tsa
) -> None:
    tsa.is_down = True
    statement, _ = await publish_one(now)
    before = await bundle.files_of(statement)

    tries = [await actions.stamp_waiting(now + timedelta(minutes=minute)) for minute in (0, 0.5, 1, 2, 3)]
    waiting = await Stamping.objects().first()
    tsa.is_down = False
    come = await actions.stamp_waiting(now + timedelta(minutes=10))

    after = await bundle.files_of(statement)
    assert verify.verify(before, keys()).facts["timestamp"] == "none"
    assert (tries, come, len(tsa.asked)) == ([0] * 5, 1, 4)
    assert waiting is not None
    assert (waiting.attempts, "503" in waiting.fault) == (3, True)
    assert await Stamping.count() == 0
    assert {name: data for name, data in after.items() if name not in {STAMP, AUTHORITY}} == before
    assert bundle.zipped(after) == bundle.zipped(await bundle.files_of(statement))


async def test_every_manifest_gets_its_own(database: db.Engine, now: datetime, tsa: Tsa) -> None:
    statement, _ = await publish_one(now)
    await actions.stamp_waiting(now)
    await actions.add_erratum(
        statement.slug, actor=await secretariat(), now=now + timedelta(days=3), text="No."
    )

    assert await actions.stamp_waiting(now) == 1

    verdicts = [
        verify.verify(
            await bundle.files_of(statement, n=n), keys(), authorities=[tsa.root.read_bytes()]
        ).verdict
        for n in (1, 2)
    ]
    assert verdicts == ["valid", "valid"]


async def test_wrong_timestamps_are_refused(
    database: db.Engine, now: datetime, tsa: Tsa, tmp_path: Path
) -> None:
    found = await stamped(now)
    token = found[STAMP]
    flipped = bytearray(token)
    flipped[-20] ^= 1
    with running(tmp_path / "other", "Other Timestamps") as other:
        roots = other.root.read_bytes()
        theirs = authority.stamp(authority.Authority(other.url, roots), b"something else")
    wrong = {
        "without its certificate": {name: data for name, data in found.items() if name != AUTHORITY},
        "certificate alone": {name: data for name, data in found.items() if name != STAMP},
        "broken": {**found, STAMP: bytes(flipped)},
        "cut": {**found, STAMP: token[:-1]},
        "empty": {**found, STAMP: b""},
        "for something else": {**found, STAMP: theirs, AUTHORITY: roots},
        "another authority's certificate": {**found, AUTHORITY: roots},
        "no certificate": {**found, AUTHORITY: b"-----BEGIN CERTIFICATE-----\n"},
    }

    verdicts = {name: verify.verify(made, keys()).verdict for name, made in wrong.items()}

    assert set(verdicts.values()) == {"invalid"}, verdicts
    assert verify.verify(found, keys(), authorities=[roots]).verdict == "invalid"
    without = {name: data for name, data in found.items() if name not in {STAMP, AUTHORITY}}
    assert verify.verify(without, keys()).verdict == "valid"
    assert verify.verify(without, keys(), authorities=[roots]).verdict == "incomplete"


async def test_answer_of_an_impostor_is_not_kept(
    database: db.Engine, now: datetime, tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish_one(now)
    with running(tmp_path / "impostor", "Impostor") as other:
        monkeypatch.setenv("SUMMIT_TSA_URL", other.url)
        settings.current.cache_clear()

        come = await actions.stamp_waiting(now)

    waiting = await Stamping.objects().first()
    assert come == 0
    assert waiting is not None
    assert "does not hold" in waiting.fault


async def test_command_of_verify_txt_checks_the_timestamp_as_it_stands(
    database: db.Engine, now: datetime, tsa: Tsa, tmp_path: Path
) -> None:
    folder = tmp_path / "alone"
    folder.mkdir()
    for name, data in (await stamped(now)).items():
        (folder / name).write_bytes(data)
    lines = (folder / "VERIFY.txt").read_text().splitlines()
    check, read = [line.strip() for line in lines if line.strip().startswith("openssl ts")]

    checked, told = _run(check, folder), _run(read, folder)
    (folder / "manifest.json.sig").write_bytes(bytes(64))
    spoiled = _run(check, folder)

    assert (checked.returncode, "Verification: OK" in checked.stdout + checked.stderr) == (0, True)
    assert "Time stamp: " in told.stdout
    assert spoiled.returncode != 0


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, env=clean, capture_output=True, text=True, check=False
    )


async def test_without_an_authority_nothing_is_asked(database: db.Engine, now: datetime) -> None:
    await publish_one(now)

    assert await actions.stamp_waiting(now) == 0
    assert await Stamping.count() == 0


def test_authority_without_its_certificate_is_refused_at_the_start() -> None:
    with pytest.raises(settings.SettingsError) as refusal:
        settings.from_environment({"SUMMIT_TSA_URL": "https://tsa.example"})

    assert "SUMMIT_TSA_CERTIFICATES" in refusal.value.faults[0]
