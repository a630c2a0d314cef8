"""The few events that wait are looked up by their state, each time the desk is opened."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Varchar

ID = "0250"
VERSION = "1.38.0"
DESCRIPTION = "Events by state."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.alter_column(
        table_class_name="Event",
        tablename="event",
        column_name="state",
        params={"index": True},
        old_params={"index": False},
        column_class=Varchar,
        old_column_class=Varchar,
    )
    return manager
