"""Who has begun on which line of the desk."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.table import Table

ID = "0192"
VERSION = "1.38.0"
DESCRIPTION = "Holds."


class Person(Table, tablename="person"):
    id: Serial


COLUMNS: dict[str, tuple[type[Column], dict[str, Any]]] = {
    "key": (Varchar, {"length": 20, "unique": True, "null": False}),
    "person": (ForeignKey, {"references": Person, "on_delete": OnDelete.restrict, "null": False}),
    "taken_at": (Timestamptz, {}),
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_table(class_name="Hold", tablename="desk_hold")
    for name, (kind, params) in COLUMNS.items():
        manager.add_column(
            table_class_name="Hold",
            tablename="desk_hold",
            column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
        )
    return manager
