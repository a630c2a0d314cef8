"""Finds what waits in the journal, lets each note be sealed once, and refuses to change or delete either."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0091"
VERSION = "1.38.0"
DESCRIPTION = "Append-only journal."

STATEMENTS = (
    "CREATE UNIQUE INDEX journal_seal_seq_unique ON journal_seal (seq)",
    "CREATE UNIQUE INDEX journal_seal_note_unique ON journal_seal (note)",
    "CREATE UNIQUE INDEX journal_words_note_unique ON journal_words (note)",
    "CREATE INDEX journal_words_waiting ON journal_words (note) WHERE NOT is_sealed",
    "CREATE INDEX journal_note_person ON journal_note (person, id)",
    "CREATE INDEX journal_note_subject ON journal_note (subject, id)",
    "CREATE INDEX journal_note_object ON journal_note (kind, object, id)",
    "CREATE INDEX journal_note_at ON journal_note (at)",
)
TABLES = ("journal_note", "journal_seal")


def triggers(*, is_sqlite: bool) -> list[str]:
    """As m0003 has them for what a signature rests on; `refuse_change` is from there."""
    if is_sqlite:
        return [statement for table in TABLES for statement in _sqlite_triggers(table)]
    return [statement for table in TABLES for statement in _postgres_triggers(table)]


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
    for statement in (*STATEMENTS, *triggers(is_sqlite=engine.engine_type == "sqlite")):
        await engine.run_ddl(statement)
