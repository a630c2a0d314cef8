"""The check that table classes and migrations agree, and proof that it can fail."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from piccolo.columns import ForeignKey, Integer, Serial, Text, Varchar
from piccolo.conf.apps import Finder
from piccolo.table import Table

from summit_service import db, drift
from summit_service.accounts.tables import ApiToken, Person

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tables(tmp_path: Path) -> list[type[Table]]:
    db.bind(db.connect(f"sqlite:///{tmp_path / 'unused.sqlite'}"))
    return Finder().get_table_classes()


def test_tables_and_migrations_agree(tables: list[type[Table]], tmp_path: Path) -> None:
    assert asyncio.run(drift.differences(tables, folder=tmp_path)) == []


def test_new_table_without_a_migration_is_told(tables: list[type[Table]], tmp_path: Path) -> None:
    class Umbrella(Table, tablename="umbrella"):
        id: Serial

    said = asyncio.run(drift.differences([*tables, Umbrella], folder=tmp_path))

    assert said[0] == "The table umbrella is in the classes and not in the migrations."
    assert any(sentence.startswith("A migration is missing for this change:") for sentence in said)


def test_table_that_lost_its_class_is_told(tables: list[type[Table]], tmp_path: Path) -> None:
    fewer = [table for table in tables if table is not ApiToken]

    said = asyncio.run(drift.differences(fewer, folder=tmp_path))

    assert "The table api_token is in the migrations and not in the classes." in said


def test_changed_columns_are_told(tables: list[type[Table]], tmp_path: Path) -> None:
    class ApiToken(Table, tablename="api_token"):
        id: Serial
        person = ForeignKey(Person, null=True)
        name = Text(index=True)
        extra = Integer()
        token_hash = Varchar(length=64)

    changed = [table for table in tables if table.__name__ != "ApiToken"]

    said = asyncio.run(drift.differences([*changed, ApiToken], folder=tmp_path))

    told = [sentence.partition(":")[0] for sentence in said if sentence.startswith("The table api_token")]
    assert told == [
        "The table api_token, column created_at",
        "The table api_token, column ended_at",
        "The table api_token, column extra",
        "The table api_token, column name",
        "The table api_token, column person",
        "The table api_token, foreign key person",
        "The table api_token, index api_token_name",
    ]


def test_command_fails_when_a_class_was_changed_and_no_migration_made(tmp_path: Path) -> None:
    copy = tmp_path / "summit_service"
    shutil.copytree(ROOT / "summit_service", copy, ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copytree(ROOT / "piccolo_migrations", tmp_path / "piccolo_migrations")

    before = check(tmp_path)
    tables = copy / "accounts" / "tables.py"
    tables.write_text(tables.read_text().replace("name = Varchar(length=80)", "name = Varchar(length=81)"))
    after = check(tmp_path)

    assert (before.returncode, before.stdout) == (0, "The tables and the migrations agree.\n")
    assert after.returncode == 1
    assert "The table api_token, column name" in after.stdout


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "summit_service.drift"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
