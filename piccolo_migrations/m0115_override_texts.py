"""A title and a description of its own for one date of a series."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, Text, Varchar

ID = "0115"
VERSION = "1.38.0"
DESCRIPTION = "Texts of overrides."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    columns: tuple[tuple[str, type[Column], dict[str, Any]], ...] = (
        ("summary", Varchar, {"length": 200, "default": "", "null": False}),
        ("description", Text, {"default": "", "null": False}),
    )
    for name, kind, params in columns:
        manager.add_column(
            table_class_name="EventOverride",
            tablename="event_override",
            column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
        )
    return manager
