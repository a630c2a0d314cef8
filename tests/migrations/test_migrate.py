"""Migrations on both databases: from nothing to the newest, again, and by several processes at once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import Finder

from summit_service import db, migrating

MIGRATE = """
import asyncio, json, sys
from summit_service import db

async def main():
    db.bind(db.connect(sys.argv[1]))
    ids = await db.migrate()
    await db.close()
    print(json.dumps(ids))

asyncio.run(main())
"""


@pytest.fixture
async def empty(empty_database_url: str) -> AsyncIterator[db.Engine]:
    engine = db.connect(empty_database_url)
    db.bind(engine)
    yield engine
    await engine.aclose()


async def test_migrate_goes_from_nothing_to_the_newest(
    empty: db.Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    due = await db.pending_migrations()

    ran = await db.migrate()

    assert due[:2] == ["0001", "0002"]
    assert ran == due
    assert await db.pending_migrations() == []
    assert capsys.readouterr().out == ""
    for table in Finder().get_table_classes():
        assert await table.count() == 0


async def test_second_database_of_a_process_is_migrated_and_not_the_first(tmp_path: Path) -> None:
    for path in (tmp_path / "first.sqlite", tmp_path / "second.sqlite"):
        db.bind(db.connect(f"sqlite:///{path}"))

        assert await db.migrate()

        await db.close()
        path.unlink()


async def test_migrate_again_does_nothing(empty: db.Engine) -> None:
    ran = await db.migrate()

    again = await db.migrate()

    assert again == []
    assert await Migration.count() == len(ran)


async def test_migrate_by_three_processes_at_once_runs_each_once(empty_database_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", MIGRATE, empty_database_url, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    answers = [(await process.communicate())[0].decode().strip() for process in processes]
    codes = [process.returncode for process in processes]

    assert codes == [0, 0, 0]
    assert sorted(answers)[1:] == ["[]", "[]"] or answers.count("[]") == 2
    db.bind(db.connect(empty_database_url))
    assert await db.pending_migrations() == []
    names = await Migration.select(Migration.name).output(as_list=True)
    await db.close()
    assert len(names) == len(set(names))


async def test_migration_that_fails_keeps_nothing(
    empty: db.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m9001_one_bad_step.py").write_text(BAD_MIGRATION)
    monkeypatch.setattr(Finder().get_app_config(migrating.APP_NAME), "migrations_folder_path", str(tmp_path))

    with pytest.raises(Exception, match="no_such_table"):
        await db.migrate()

    assert await db.pending_migrations() == ["9001"]
    with pytest.raises(Exception, match="halfway"):
        await empty.run_ddl("SELECT * FROM halfway")


async def test_foreign_keys_hold_after_a_migration(empty: db.Engine) -> None:
    await db.migrate()

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await empty.run_ddl(
            "INSERT INTO login (person, token_hash, agent, created_at, expires_at)"
            " VALUES (77, 'x', '', '2026-03-02T09:00:00+00:00', '2026-03-02T09:00:00+00:00')"
        )


BAD_MIGRATION = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "9001"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="summit", description="")
    manager.add_raw(half)
    return manager


async def half():
    await engine_finder().run_ddl("CREATE TABLE halfway (id INTEGER)")
    await engine_finder().run_ddl("INSERT INTO no_such_table VALUES (1)")
"""
