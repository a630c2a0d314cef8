"""Who is asked about a text is looked up by it, on the board of each statement and on the desk."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import ForeignKey

ID = "0240"
VERSION = "1.38.0"
DESCRIPTION = "Requests of a text."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.alter_column(
        table_class_name="SigningRequest",
        tablename="signing_request",
        column_name="text_set",
        params={"index": True},
        old_params={"index": False},
        column_class=ForeignKey,
        old_column_class=ForeignKey,
    )
    return manager
