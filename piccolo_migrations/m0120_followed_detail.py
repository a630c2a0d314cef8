"""Why a followed calendar was not fetched, for the secretariat alone."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Text

ID = "0120"
VERSION = "1.38.0"
DESCRIPTION = "The detail of a fetch that failed."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_column(
        table_class_name="FollowedCalendar",
        tablename="followed_calendar",
        column_name="detail",
        column_class_name="Text",
        column_class=Text,
        params={"default": "", "null": False},
    )
    return manager
