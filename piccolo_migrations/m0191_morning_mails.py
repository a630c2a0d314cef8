"""Who of the secretariat gets the morning mail when."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, Integer, Text, Timestamptz

ID = "0191"
VERSION = "1.38.0"
DESCRIPTION = "Morning mails."

COLUMNS: dict[str, tuple[type[Column], dict[str, Any]]] = {
    "person": (Integer, {"unique": True, "null": False}),
    "hour": (Integer, {"default": 8, "null": False}),
    "told_until": (Timestamptz, {}),
    "told_keys": (Text, {"default": ""}),
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_table(class_name="MorningMail", tablename="desk_morning")
    for name, (kind, params) in COLUMNS.items():
        manager.add_column(
            table_class_name="MorningMail",
            tablename="desk_morning",
            column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
        )
    return manager
