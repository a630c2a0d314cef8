"""The hour at which somebody wants their digest."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Integer

ID = "0100"
VERSION = "1.38.0"
DESCRIPTION = "The hour of a digest."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_column(
        table_class_name="DigestChoice",
        tablename="digest_choice",
        column_name="hour",
        column_class_name="Integer",
        column_class=Integer,
        params={"default": 8, "null": False},
    )
    return manager
