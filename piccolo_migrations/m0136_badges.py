"""Badges that were printed, and when."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.table import Table

ID = "0136"
VERSION = "1.38.0"
DESCRIPTION = "Badges."


class Edition(Table, tablename="edition"):
    id: Serial


class Registration(Table, tablename="registration"):
    id: Serial


class BadgePrint(Table, tablename="badge_print"):
    id: Serial


def _to(table: type[Table]) -> tuple[type[Column], dict[str, Any]]:
    return ForeignKey, {"references": table, "on_delete": OnDelete.restrict, "null": False, "index": True}


TABLES: dict[tuple[str, str], dict[str, tuple[type[Column], dict[str, Any]]]] = {
    ("BadgePrint", "badge_print"): {
        "edition": _to(Edition),
        "printed_at": (Timestamptz, {}),
        "printed_by_name": (Varchar, {"length": 200, "default": ""}),
    },
    ("Badge", "badge"): {
        "of_print": _to(BadgePrint),
        "registration": _to(Registration),
        "face": (Varchar, {"length": 64}),
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
