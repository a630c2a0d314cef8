"""What a person knows of an address that takes no mail."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, Timestamptz, Varchar

ID = "0200"
VERSION = "1.38.0"
DESCRIPTION = "Addresses settled."
COLUMNS: dict[str, tuple[type[Column], dict[str, Any]]] = {
    "settled_as": (Varchar, {"length": 12, "default": ""}),
    "settled_at": (Timestamptz, {"null": True, "default": None}),
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for name, (kind, params) in COLUMNS.items():
        manager.add_column(
            table_class_name="BouncingAddress",
            tablename="bouncing_address",
            column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
        )
    return manager
