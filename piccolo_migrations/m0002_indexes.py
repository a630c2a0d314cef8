"""Indexes that both databases take as they stand: unique, partial, and over several columns."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0002"
VERSION = "1.38.0"
DESCRIPTION = "Indexes."

# Piccolo's own composite Unique does not work on SQLite, hence plain statements; keep them grouped by domain.
STATEMENTS: tuple[str, ...] = (
    # summits
    "CREATE UNIQUE INDEX edition_year ON edition (year)",
    "CREATE UNIQUE INDEX programme_session_slug ON programme_session (edition, slug)",
    "CREATE UNIQUE INDEX programme_session_uid ON programme_session (uid)",
    "CREATE UNIQUE INDEX programme_release_number ON programme_release (edition, number)",
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
