"""What an operator meets on the command line when something is missing: a sentence, never a traceback."""

from __future__ import annotations

import json
import socket
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from summit_service import settings
from summit_service.backup import make_backup
from summit_service.cli import main


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database that no migration has run on."""
    path = tmp_path / "empty.sqlite"
    monkeypatch.setenv("SUMMIT_DATABASE_URL", f"sqlite:///{path}")
    settings.current.cache_clear()
    return path


def test_token_create_before_the_first_migration_says_what_to_run(empty: Path) -> None:
    done = CliRunner().invoke(main, ["token", "create", "--email", "a@b.example"])

    assert done.exit_code == 1
    assert "Run `summit migrate` first." in done.stderr
    assert done.stdout == ""


def test_doctor_before_the_first_migration_tells_of_everything(empty: Path) -> None:
    done = CliRunner().invoke(main, ["doctor"])

    assert done.exit_code == 1
    assert "ILL   schema" in done.stdout
    assert "ILL   outbox" in done.stdout
    assert "address" in done.stdout


def test_backup_can_be_read_by_its_owner_alone(empty: Path, tmp_path: Path) -> None:
    CliRunner().invoke(main, ["migrate"])

    made = make_backup(f"sqlite:///{empty}", tmp_path / "copies", now=datetime(2026, 3, 2, tzinfo=UTC))

    assert made.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken_is_told_before_anything_begins(
    empty: Path, tmp_path: Path, command: str
) -> None:
    demo_only = ["--directory", str(tmp_path / "demo")] if command == "demo" else []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        done = CliRunner().invoke(main, [command, "--port", port, *demo_only])

    assert done.exit_code == 1
    assert f"port {port}: Address already in use. Choose another with --port." in done.stderr
    assert not empty.exists()


def test_calendar_file_needs_to_be_told_whose_it_is(empty: Path, tmp_path: Path) -> None:
    file = tmp_path / "ours.ics"
    file.write_text("BEGIN:VEVENT\nDTSTART:20270304T090000Z\nSUMMARY:Listening\nEND:VEVENT\n")
    CliRunner().invoke(main, ["migrate"])

    untold = CliRunner().invoke(main, ["import", "events", str(file)])
    unknown = CliRunner().invoke(main, ["import", "events", str(file), "--organisation", "nobody"])

    assert "Say whose events these are with --organisation." in untold.stderr
    assert unknown.exit_code == 1
    assert "There is no organisation “nobody”." in unknown.stderr


def test_settings_are_changed_listed_and_given_back(empty: Path) -> None:
    run = CliRunner().invoke
    assert run(main, ["migrate"]).exit_code == 0

    assert "is changed" in run(main, ["settings", "set", "digest_hour", "7"]).stdout
    wrong = run(main, ["settings", "set", "digest_hour", "30"])
    listed = run(main, ["settings", "list"]).stdout
    run(main, ["settings", "default", "digest_hour"])

    assert wrong.exit_code == 1
    assert "0 to 23" in wrong.stderr
    assert "digest_hour = 7   (default: 8)" in listed
    assert "digest_hour = 8\n" in run(main, ["settings", "list"]).stdout


def test_refresh_follows_new_zone_data_and_a_new_address(
    empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    houses, file = tmp_path / "houses.csv", tmp_path / "ours.ics"
    houses.write_text(
        "name,kind,parent,city,country,website,timezone,standing,contact_name,contact_email\n"
        "Centre,centre,,Leicester,GB,,Europe/London,member,,\n"
    )
    file.write_text(
        "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/London:20270704T090000\nSUMMARY:Listening\nEND:VEVENT\n"
    )
    run = CliRunner().invoke
    for arguments in (["migrate"], ["import", "organisations", str(houses)]):
        assert run(main, arguments).exit_code == 0
    assert run(main, ["import", "events", str(file), "--organisation", "centre"]).exit_code == 0
    with sqlite3.connect(empty) as connection:
        instants = connection.execute("SELECT starts_instant FROM event").fetchone()
        # As if the row had been written when the zone's rules said something else.
        connection.execute("UPDATE event SET starts_instant = ends_instant")
    monkeypatch.setenv("SUMMIT_BASE_URL", "https://new.example.org")
    settings.current.cache_clear()

    first, second = [json.loads(run(main, ["refresh", "--json"]).stdout) for _ in range(2)]

    assert (first, second) == ({"moved": ["listening"], "rendered": 1}, {"moved": [], "rendered": 0})
    with sqlite3.connect(empty) as connection:
        assert connection.execute("SELECT starts_instant FROM event").fetchone() == instants
        entry = connection.execute("SELECT vevent FROM event").fetchone()[0]
    assert "URL:https://new.example.org/events/listening" in entry.replace("\r\n ", "")
    assert "UID:1\r\n" in entry


def test_what_is_to_be_erased_again_is_told_by_kind_and_number(empty: Path) -> None:
    run = CliRunner().invoke
    assert run(main, ["migrate"]).exit_code == 0

    unknown = run(main, ["erase", "registration", "12"])
    gone = run(main, ["erase", "speaker", "12", "34"])
    wrong = run(main, ["erase", "person", "12"])

    assert (unknown.exit_code, "12: There is no such registration." in unknown.stderr) == (1, True)
    assert (gone.exit_code, gone.stdout) == (1, "")
    assert all(f"{number}: No speaker has this number" in gone.stderr for number in (12, 34))
    assert wrong.exit_code == 2
