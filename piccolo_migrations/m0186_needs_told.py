"""When a delegate last told a need, and until when each arranger was told."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Timestamptz

ID = "0186"
VERSION = "1.38.0"
DESCRIPTION = "When a delegate last told a need, and until when each arranger was told."
COLUMNS = (
    ("Registration", "registration", "needs_changed_at"),
    ("Arranger", "registration_arranger", "told_at"),
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for table, tablename, name in COLUMNS:
        manager.add_column(
            table_class_name=table,
            tablename=tablename,
            column_name=name,
            column_class_name="Timestamptz",
            column_class=Timestamptz,
            params={"null": True, "default": None},
        )
    return manager
