"""Who an answer to an enquiry came from, where that is another address than the enquirer's."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Varchar

ID = "0198"
VERSION = "1.38.0"
DESCRIPTION = "Senders of answers to enquiries."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_column(
        table_class_name="EnquiryNote",
        tablename="enquiry_note",
        column_name="sender",
        column_class_name="Varchar",
        column_class=Varchar,
        params={"length": 300, "default": ""},
    )
    return manager
