"""For how many days members are to have a draft before its text can be frozen."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Integer

ID = "0125"
VERSION = "1.38.0"
DESCRIPTION = "The least days between a circulation and the freeze."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_column(
        table_class_name="Statement",
        tablename="statement",
        column_name="consultation_days",
        column_class_name="Integer",
        column_class=Integer,
        params={"default": 0, "null": False},
    )
    return manager
