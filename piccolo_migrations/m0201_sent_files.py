"""Files between the look and the taking, of members and of programmes, in one table; those of members were of hours."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table

ID = "0201"
VERSION = "1.38.0"
DESCRIPTION = "Sent files."


class Person(Table, tablename="person"):
    id: Serial


OWNER = {
    "references": Person,
    "on_delete": OnDelete.restrict,
    "null": False,
    "index": True,
    "index_method": IndexMethod.btree,
}
COLUMNS: dict[str, tuple[type[Column], dict[str, Any]]] = {
    "person": (ForeignKey, OWNER),
    "about": (Varchar, {"length": 40, "default": ""}),
    "name": (Varchar, {"length": 120, "default": ""}),
    "body": (Text, {"default": ""}),
    "created_at": (Timestamptz, {}),
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.drop_table(class_name="MembersFile", tablename="members_file")
    manager.add_table(class_name="SentFile", tablename="sent_file")
    for name, (kind, params) in COLUMNS.items():
        manager.add_column(
            table_class_name="SentFile",
            tablename="sent_file",
            column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
        )
    return manager
