"""Comments and dispositions are only ever added."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0081"
VERSION = "1.38.0"
DESCRIPTION = "Append-only comments."

TABLES = ("statement_comment", "comment_disposition")


def statements(*, is_sqlite: bool) -> list[str]:
    """What is run; the function of the triggers on PostgreSQL is that of m0003."""
    made = _sqlite_triggers if is_sqlite else _postgres_triggers
    return [statement for table in TABLES for statement in made(table)]


def _sqlite_triggers(table: str) -> list[str]:
    refusal = f"SELECT RAISE(ABORT, 'rows of {table} are never changed or deleted')"
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
