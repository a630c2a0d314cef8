"""The files of a published statement at their addresses, the page about checking, and the command that checks."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from summit_service import settings
from summit_service.cli import main
from summit_service.statements import bundle, publisher
from tests.clients import sign_in
from tests.factories import secretariat
from tests.factories_statements import make_member, make_open
from tests.vectors.good import publish_one


async def test_each_file_has_an_address(client: httpx.AsyncClient, now: datetime) -> None:
    statement, _ = await publish_one(now)
    files = await bundle.files_of(statement)

    got = {name: await client.get(f"/statements/{statement.slug}/{name}") for name in [*files, "bundle.zip"]}
    page = await client.get(f"/statements/{statement.slug}/verify")
    keys = await client.get("/statements/keys.json")

    assert {name: answer.content for name, answer in got.items()} == files | {
        "bundle.zip": bundle.zipped(files)
    }
    assert got["bundle.zip"].headers["Content-Type"] == "application/zip"
    assert keys.content == files["keys.json"]
    assert "openssl pkeyutl -verify" in page.text
    assert (
        f'href="/statements/{statement.slug}/verify"'
        in (await client.get(f"/statements/{statement.slug}")).text
    )


@pytest.mark.parametrize("name", ["bundle.zip", "manifest.json", "manifest.json.sig", "verify", "other.txt"])
async def test_nothing_is_there_before_publication(
    client: httpx.AsyncClient, now: datetime, name: str
) -> None:
    await make_member("Centre for Kindness")
    actor = await secretariat()
    statement = await make_open(actor, now=now)
    await sign_in(client, actor, now=now)

    answer = await client.get(f"/statements/{statement.slug}/{name}")

    assert answer.status_code == 404


async def test_command_ends_with_what_it_found(
    client: httpx.AsyncClient, now: datetime, tmp_path: Path
) -> None:
    statement, answers = await publish_one(now)
    files = await bundle.files_of(statement)
    packed, folder, receipt = tmp_path / "bundle.zip", tmp_path / "unpacked", tmp_path / "mail.eml"
    packed.write_bytes(bundle.zipped(files))
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    one = answers[-1].entry_sha256
    receipt.write_text(
        f"Subject: Receipt\n\nNumber in the ledger: {answers[-1].seq}\nSHA-256 of the record: {one}\n"
        f"Head of the chain: {one}\n"
    )

    own, mailed = _run(packed), _run(folder, "--receipt", receipt, "--json")
    publisher.list_path(settings.current()).unlink()
    stranger, named = _run(packed), _run(packed, "--key", folder / "publisher.pem")
    receipt.write_text(receipt.read_text().replace(one, "0" * 64))
    rewritten = _run(packed, "--receipt", receipt)
    (folder / "keys.json").unlink()
    packed.write_bytes(packed.read_bytes()[:-1])

    assert [own[0], mailed[0], stranger[0], named[0], rewritten[0]] == [0, 0, 3, 0, 1]
    assert [_run(folder)[0], _run(packed)[0], _run(tmp_path / "none.zip")[0]] == [2, 1, 2]
    assert json.loads(mailed[1])["verdict"] == "valid"
    key_id = json.loads(files["manifest.json"])["key_id"]
    assert key_id in stranger[1]
    assert "UNTRUSTED" in stranger[1]


def test_key_command_shows_and_rotates() -> None:
    runner = CliRunner()

    before = runner.invoke(main, ["key", "show"])
    first = runner.invoke(main, ["key", "rotate"])
    after = runner.invoke(main, ["key", "show"])

    lines = after.output.splitlines()
    assert "There is no key yet" in before.output
    assert first.exit_code == 0
    assert len(lines) == 2
    assert "until" in lines[0]
    assert lines[1].split()[0] in first.output
    assert lines[1].endswith("signs now")


def _run(*words: object) -> tuple[int, str]:
    found = CliRunner().invoke(main, ["verify", *map(str, words)])
    return found.exit_code, found.output
