"""Which domain told the line of the desk that somebody has begun on."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Varchar

ID = "0231"
VERSION = "1.38.0"
DESCRIPTION = "Sources of held lines."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_column(
        table_class_name="Hold",
        tablename="desk_hold",
        column_name="source",
        column_class_name="Varchar",
        column_class=Varchar,
        params={"length": 40, "default": ""},
    )
    return manager
