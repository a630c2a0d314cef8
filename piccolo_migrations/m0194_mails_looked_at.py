"""When somebody of the desk had seen that a mail did not arrive."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Timestamptz

ID = "0194"
VERSION = "1.38.0"
DESCRIPTION = "Mails looked at."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_column(
        table_class_name="OutboxMessage",
        tablename="outbox_message",
        column_name="looked_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={"null": True, "default": None},
    )
    return manager
