"""Who sees what delegates need."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.table import Table

ID = "0137"
VERSION = "1.38.0"
DESCRIPTION = "Arrangers."


class Edition(Table, tablename="edition"):
    id: Serial


class Person(Table, tablename="person"):
    id: Serial


def _to(table: type[Table]) -> tuple[type[Column], dict[str, Any]]:
    return ForeignKey, {"references": table, "on_delete": OnDelete.restrict, "null": False, "index": True}


TABLES: dict[tuple[str, str], dict[str, tuple[type[Column], dict[str, Any]]]] = {
    ("Arranger", "registration_arranger"): {
        "edition": _to(Edition),
        "person": _to(Person),
        "created_at": (Timestamptz, {}),
        "created_by_name": (Varchar, {"length": 200, "default": ""}),
        "ended_at": (Timestamptz, {"null": True, "default": None}),
    },
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for (class_name, tablename), columns in TABLES.items():
        manager.add_table(class_name=class_name, tablename=tablename)
        for name, (kind, params) in columns.items():
            manager.add_column(
                table_class_name=class_name,
                tablename=tablename,
                column_name=name,
                column_class_name=kind.__name__,
                column_class=kind,
                params=params,
            )
    return manager
