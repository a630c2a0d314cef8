"""Whether the migrations build what the table classes say; `python -m summit_service.drift` tells."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.conf.apps import Finder
from piccolo.table import Table, sort_table_classes

from summit_service import db, migrating

Schema = dict[str, dict[str, tuple[Any, ...]]]


async def differences(tables: Sequence[type[Table]], *, folder: Path) -> list[str]:
    """A sentence for each difference; `folder` takes two throw-away databases, one of which stays bound."""
    migrated = await _migrated(folder / "migrated.sqlite")
    declared = await _declared(tables, folder / "declared.sqlite")
    return [*_compare(migrated, declared), *await _undescribed_changes(tables)]


async def _migrated(path: Path) -> Schema:
    db.bind(db.connect(f"sqlite:///{path}"))
    await db.migrate()
    await db.close()
    return schema_of(path)


async def _declared(tables: Sequence[type[Table]], path: Path) -> Schema:
    engine = db.connect(f"sqlite:///{path}")
    db.bind(engine)
    for table in sort_table_classes(list(tables)):
        table._meta.db = engine
        await table.create_table()
    for statement in _index_statements():
        with contextlib.suppress(sqlite3.OperationalError):  # over what no class has; the comparison tells
            await engine.run_ddl(statement)
    await db.close()
    return schema_of(path)


def _index_statements() -> Iterable[str]:
    """Those that migrations run as they stand, in their order; classes cannot say them."""
    folder = Finder().get_app_config(migrating.APP_NAME).resolved_migrations_folder_path
    modules = BaseMigrationManager().get_migration_modules(folder)
    for name in sorted(modules):
        yield from getattr(modules[name], "STATEMENTS", ())


def schema_of(path: Path) -> Schema:
    """Tables, and for each its columns, foreign keys and indexes, all under readable names."""
    raw = sqlite3.connect(path)
    found = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    names = [name for (name,) in found.fetchall() if name != "migration"]
    schema = {name: _columns(raw, name) | _foreign_keys(raw, name) | _indexes(raw, name) for name in names}
    raw.close()
    return schema


def _columns(raw: sqlite3.Connection, table: str) -> dict[str, tuple[Any, ...]]:
    rows = raw.execute(f'PRAGMA table_info("{table}")')
    return {
        f"column {name}": (kind, "NOT NULL" if is_required else "NULL", f"default {default}", f"key {key}")
        for _, name, kind, is_required, default, key in rows
    }


def _foreign_keys(raw: sqlite3.Connection, table: str) -> dict[str, tuple[Any, ...]]:
    rows = raw.execute(f'PRAGMA foreign_key_list("{table}")')
    return {
        f"foreign key {column}": (other, to, f"on update {on_update}", f"on delete {on_delete}")
        for _, _, other, column, to, on_update, on_delete, _ in rows
    }


def _indexes(raw: sqlite3.Connection, table: str) -> dict[str, tuple[Any, ...]]:
    rows = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", (table,))
    return {f"index {name}": (" ".join((sql or "automatic").split()),) for name, sql in rows}


def _compare(migrated: Schema, declared: Schema) -> list[str]:
    said: list[str] = []
    for table in sorted(migrated.keys() | declared.keys()):
        if table not in declared or table not in migrated:
            here, there = ("migrations", "classes") if table in migrated else ("classes", "migrations")
            said.append(f"The table {table} is in the {here} and not in the {there}.")
        else:
            said += _compare_parts(table, migrated[table], declared[table])
    return said


def _compare_parts(
    table: str, migrated: dict[str, tuple[Any, ...]], declared: dict[str, tuple[Any, ...]]
) -> list[str]:
    return [
        f"The table {table}, {part}: the migrations make {_said(migrated.get(part))},"
        f" the classes {_said(declared.get(part))}."
        for part in sorted(migrated.keys() | declared.keys())
        if migrated.get(part) != declared.get(part)
    ]


def _said(part: tuple[Any, ...] | None) -> str:
    return "nothing" if part is None else " ".join(map(str, part))


async def _undescribed_changes(tables: Sequence[type[Table]]) -> list[str]:
    """What Piccolo itself would put into a new migration: it also sees what SQLite has no word for."""
    config = replace(Finder().get_app_config(migrating.APP_NAME), table_classes=list(tables))
    with contextlib.redirect_stdout(io.StringIO()):
        found = await AutoMigrationManager(auto_input="y").get_alter_statements(app_config=config)
    statements = [" ".join(statement.split()) for part in found for statement in part.statements]
    return [f"A migration is missing for this change: {statement}" for statement in statements]


def main() -> int:
    """Print what differs; 0 when nothing does."""
    with tempfile.TemporaryDirectory() as folder:
        db.bind(db.connect(f"sqlite:///{folder}/unused.sqlite"))
        tables = Finder().get_app_config(migrating.APP_NAME).table_classes
        said = asyncio.run(differences(tables, folder=Path(folder)))
    print("\n".join(said) or "The tables and the migrations agree.")  # noqa: T201
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
