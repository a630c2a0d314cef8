"""Lets one hand-over of a person wait at a time."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0051"
VERSION = "1.38.0"
DESCRIPTION = "One hand-over of a person at a time."

STATEMENTS = (
    "CREATE UNIQUE INDEX handover_open_unique ON handover (organisation, leaver) WHERE decided_at IS NULL",
)


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
