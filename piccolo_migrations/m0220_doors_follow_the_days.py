"""A door is open until its summit is over, by the days that the summit has now; it had the end of when it was made."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "0220"
VERSION = "1.38.0"
DESCRIPTION = "Doors follow the days of their summit."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.drop_column(table_class_name="Door", tablename="door", column_name="expires_at")
    return manager
