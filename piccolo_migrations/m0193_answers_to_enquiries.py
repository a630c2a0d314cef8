"""When an enquirer answered a mail, until somebody of the desk has done something about it."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Timestamptz

ID = "0193"
VERSION = "1.38.0"
DESCRIPTION = "Answers to enquiries."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_column(
        table_class_name="Enquiry",
        tablename="enquiry",
        column_name="answered_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={"null": True, "default": None},
    )
    return manager
