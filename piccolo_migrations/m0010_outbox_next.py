"""Finds the next mail without sorting everything that waits."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0010"
VERSION = "1.38.0"
DESCRIPTION = "The outbox in the order in which it is sent."

STATEMENTS = ("CREATE INDEX outbox_next ON outbox_message (priority, due_at, id) WHERE settled_at IS NULL",)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_raw(_run_statements)
    return manager


async def _run_statements() -> None:
    engine = engine_finder()
    if engine is None:
        raise RuntimeError("Piccolo has no database.")
    for statement in STATEMENTS:
        await engine.run_ddl(statement)
