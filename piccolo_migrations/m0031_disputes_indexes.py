"""One open dispute an answer, one open delegation a request."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0031"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of disputes and delegations."

STATEMENTS: tuple[str, ...] = (
    "CREATE UNIQUE INDEX signature_dispute_open_unique ON signature_dispute (response) WHERE settled_at IS NULL",
    "CREATE UNIQUE INDEX signing_delegation_open_unique ON signing_delegation (request) WHERE settled_at IS NULL",
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
