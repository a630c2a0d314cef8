"""Officers of the network and their terms."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, Date, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.table import Table

ID = "0167"
VERSION = "1.38.0"
DESCRIPTION = "Officers of the network and their terms."


class Organisation(Table, tablename="organisation"):
    id: Serial


class Person(Table, tablename="person"):
    id: Serial


NULL = {"null": True, "default": None}
RESTRICT = {"on_delete": OnDelete.restrict}

COLUMNS: dict[str, tuple[type[Column], dict[str, Any]]] = {
    "office": (Varchar, {"length": 120}),
    "name": (Varchar, {"length": 200}),
    "person": (ForeignKey, {"references": Person, **RESTRICT, **NULL}),
    "organisation": (ForeignKey, {"references": Organisation, **RESTRICT, **NULL}),
    "starts_on": (Date, {}),
    "ends_on": (Date, NULL),
    "created_at": (Timestamptz, {}),
    "changed_at": (Timestamptz, {}),
    "erased_at": (Timestamptz, NULL),
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_table(class_name="Officer", tablename="officer")
    for name, (kind, params) in COLUMNS.items():
        manager.add_column(
            table_class_name="Officer",
            tablename="officer",
            column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
        )
    return manager
