"""Settings that the secretariat changes."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, Integer, Text, Timestamptz, Varchar
from piccolo.engine import engine_finder

ID = "0155"
VERSION = "1.38.0"
DESCRIPTION = "Settings that the secretariat changes."
STATEMENTS = ("CREATE UNIQUE INDEX preference_version ON preference (name, version)",)
COLUMNS: dict[str, tuple[type[Column], dict[str, Any]]] = {
    "name": (Varchar, {"length": 40}),
    "version": (Integer, {}),
    "value": (Text, {"null": True, "default": None}),
    "set_at": (Timestamptz, {}),
}


class Manager(MigrationManager):
    """Makes the index after the table; raw statements of Piccolo's own manager run before it."""

    async def run(self, backwards: bool = False) -> None:
        await super().run(backwards=backwards)
        engine = engine_finder()
        if engine is None:
            raise RuntimeError("Piccolo has no database.")
        for statement in () if backwards else STATEMENTS:
            await engine.run_ddl(statement)


async def forwards() -> MigrationManager:
    manager = Manager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_table(class_name="Preference", tablename="preference")
    for name, (kind, params) in COLUMNS.items():
        manager.add_column(
            table_class_name="Preference",
            tablename="preference",
            column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
        )
    return manager
