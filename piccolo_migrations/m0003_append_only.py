"""Triggers that refuse to change or delete signatures, what they rest on, and releases; on both databases."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0003"
VERSION = "1.38.0"
DESCRIPTION = "Append-only tables."

TABLES = (
    "text_version",
    "text_set",
    "eligible_member",
    "response",
    "ledger_entry",
    "manifest",
    "programme_release",
)

POSTGRES_FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""


def statements(*, is_sqlite: bool) -> list[str]:
    """What is run: one trigger for each way to change a row."""
    if is_sqlite:
        return [statement for table in TABLES for statement in _sqlite_triggers(table)]
    return [POSTGRES_FUNCTION, *(statement for table in TABLES for statement in _postgres_triggers(table))]


def _sqlite_triggers(table: str) -> list[str]:
    refusal = f"SELECT RAISE(ABORT, 'rows of {table} are never changed or deleted')"
    # INSERT OR REPLACE deletes a row without firing its delete trigger
    replaced = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN {refusal}; END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refusal}; END",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} {replaced} BEGIN {refusal}; END",
    ]


def _postgres_triggers(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager


async def _run() -> None:
    engine = engine_finder()
    if engine is None:
        raise RuntimeError("Piccolo has no database.")
    for statement in statements(is_sqlite=engine.engine_type == "sqlite"):
        await engine.run_ddl(statement)
