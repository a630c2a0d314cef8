"""One row for each entry of a followed calendar, and one decision."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0072"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of followed calendars."

STATEMENTS: tuple[str, ...] = (
    "CREATE UNIQUE INDEX followed_event_unique ON followed_event (calendar, key)",
    "CREATE UNIQUE INDEX followed_decision_unique ON followed_decision (calendar, key)",
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
