"""`summit mail`: what the desk's outbox does, for an operator at a terminal and for programs."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from summit_service import db, settings
from summit_service.cli import main
from tests.mail.letters import invitation, know_letters, letter, post
from tests.postbox import Postbox


@pytest.fixture
def outbox(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One mail that was accepted, and two that wait."""
    know_letters()
    path = tmp_path / "summit.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("SUMMIT_DATABASE_URL", f"sqlite:///{path}")
    settings.current.cache_clear()
    asyncio.run(_fill(f"sqlite:///{path}"))


async def _fill(url: str) -> None:
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    db.bind(db.connect(url))
    await db.open()
    await post(invitation(to_email="anna@members.example"), now=now)
    await Postbox().deliver(now)
    await post(letter(to_email="ben@members.example"), now=now)
    await post(letter(to_email="carla@members.example"), now=now)
    await db.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["mail", *arguments])


def data(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def test_mail_list_filters_for_people_and_programs(outbox: None) -> None:
    told = run("list", "--state", "queued").stdout
    found = data("list", "--person", "ANNA@")

    assert [line.split()[:4] for line in told.splitlines()] == [
        ["3", "queued", "letter", "carla@members.example"],
        ["2", "queued", "letter", "ben@members.example"],
    ]
    assert [(mail["id"], mail["state"], mail["server_reply"]) for mail in found] == [
        (1, "accepted", "250 taken by the postbox")
    ]


def test_ahead_tells_what_happens_by_itself(outbox: None) -> None:
    lines = CliRunner().invoke(main, ["ahead"]).stdout
    told = json.loads(CliRunner().invoke(main, ["ahead", "--json"]).stdout)

    assert "2 mails in the outbox go out." in lines
    assert "  Nothing new." in lines
    assert [(one["sentence"], one["url"]) for one in told["by_itself"]] == [
        ("2 mails in the outbox go out.", "/desk/mails")
    ]
    assert (told["for_somebody"], told["timezone"]) == ([], "Etc/UTC")


def test_mail_show_has_the_history_and_masks_links(outbox: None) -> None:
    shown = data("show", "1")

    assert [step["words"] for step in shown["history"]] == [
        "Put into the outbox",
        "The next server accepted it",
    ]
    assert "/sign/…" in shown["text"]
    assert run("show", "9").exit_code == 1
    assert run("show", "9").stderr == "There is no such mail.\n"


def test_mail_retry_and_stop_act_and_refuse_in_a_sentence(outbox: None) -> None:
    asked = CliRunner().invoke(main, ["mail", "retry", "1"], input="n\n")
    refused = run("retry", "1", "2", "--yes")

    made = data("retry", "1")
    stopped = run("stop", "2", "3")

    assert "1 mail will be sent again. Go on?" in asked.stdout
    assert (refused.exit_code, refused.stderr) == (
        1,
        "This mail is still on its way. Wait until it has arrived or failed.\n",
    )
    assert made == {"made": [4]}
    assert stopped.stdout == "Stopped.\n"
    assert [mail["state"] for mail in data("list")] == ["queued", "stopped", "stopped", "accepted"]
