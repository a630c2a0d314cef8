"""One file of a name with a manifest, never changed; one row about its timestamp."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0086"
VERSION = "1.38.0"
DESCRIPTION = "Manifest files are append-only."

STATEMENTS: tuple[str, ...] = (
    "CREATE UNIQUE INDEX manifest_file_unique ON manifest_file (manifest, name)",
    "CREATE UNIQUE INDEX stamping_unique ON stamping (manifest)",
)
REFUSAL = "SELECT RAISE(ABORT, 'rows of manifest_file are never changed or deleted')"
SQLITE = (
    f"CREATE TRIGGER manifest_file_no_update BEFORE UPDATE ON manifest_file BEGIN {REFUSAL}; END",
    f"CREATE TRIGGER manifest_file_no_delete BEFORE DELETE ON manifest_file BEGIN {REFUSAL}; END",
    # INSERT OR REPLACE deletes a row without firing its delete trigger
    "CREATE TRIGGER manifest_file_no_replace BEFORE INSERT ON manifest_file "
    f"WHEN EXISTS (SELECT 1 FROM manifest_file WHERE id = NEW.id) BEGIN {REFUSAL}; END",
)
POSTGRES = (
    "CREATE TRIGGER manifest_file_no_change BEFORE UPDATE OR DELETE ON manifest_file "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER manifest_file_no_truncate BEFORE TRUNCATE ON manifest_file "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager


async def _run() -> None:
    engine = engine_finder()
    if engine is None:
        raise RuntimeError("Piccolo has no database.")
    for statement in (*STATEMENTS, *(SQLITE if engine.engine_type == "sqlite" else POSTGRES)):
        await engine.run_ddl(statement)
