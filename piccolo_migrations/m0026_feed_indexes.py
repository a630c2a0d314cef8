"""Indexes of what feeds are found by."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0026"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of personal feeds."

STATEMENTS: tuple[str, ...] = (
    "CREATE UNIQUE INDEX personal_feed_token_unique ON personal_feed (token_hash)",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager


async def _run() -> None:
    engine = engine_finder()
    if engine is None:
        raise RuntimeError("Piccolo has no database.")
    for statement in STATEMENTS:
        await engine.run_ddl(statement)
