"""Invitation letters for a visa."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, Date, ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

ID = "0138"
VERSION = "1.38.0"
DESCRIPTION = "Invitation letters."


class Edition(Table, tablename="edition"):
    id: Serial


class Registration(Table, tablename="registration"):
    id: Serial


def _to(table: type[Table]) -> tuple[type[Column], dict[str, Any]]:
    return ForeignKey, {"references": table, "on_delete": OnDelete.restrict, "null": False, "index": True}


TABLES: dict[tuple[str, str], dict[str, tuple[type[Column], dict[str, Any]]]] = {
    ("Letter", "visa_letter"): {
        "registration": _to(Registration),
        "edition": _to(Edition),
        "state": (Varchar, {"length": 10}),
        "passport_name": (Varchar, {"length": 200, "default": ""}),
        "passport_number": (Varchar, {"length": 20, "default": ""}),
        "nationality": (Varchar, {"length": 2, "default": ""}),
        "birth_date": (Date, {"null": True, "default": None}),
        "arrives_on": (Date, {"null": True, "default": None}),
        "leaves_on": (Date, {"null": True, "default": None}),
        "asked_at": (Timestamptz, {}),
        "decided_at": (Timestamptz, {"null": True, "default": None}),
        "decided_by_name": (Varchar, {"length": 200, "default": ""}),
        "reason": (Text, {"default": ""}),
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
