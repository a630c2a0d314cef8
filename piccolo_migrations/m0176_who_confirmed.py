"""Who said that somebody may sign for an organisation, as what, by which way and when."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.table import Table

ID = "0176"
VERSION = "1.38.0"
DESCRIPTION = "Who confirmed a signatory."


class Person(Table, tablename="person"):
    id: Serial


NULL = {"null": True, "default": None}
COLUMNS = {
    "confirmed_at": (Timestamptz, NULL),
    "confirmed_by": (ForeignKey, {"references": Person, "on_delete": OnDelete.restrict, **NULL}),
    "confirmed_name": (Varchar, {"length": 200, "default": ""}),
    "confirmed_as": (Varchar, {"length": 12, "default": ""}),
    "confirmed_via": (Varchar, {"length": 12, "default": ""}),
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for name, (kind, params) in COLUMNS.items():
        manager.add_column(
            table_class_name="Role",
            tablename="role",
            column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
        )
    return manager
