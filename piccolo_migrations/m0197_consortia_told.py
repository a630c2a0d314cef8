"""What those in a consortium know of its call: its deadline, and that it was withdrawn."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Timestamptz

ID = "0197"
VERSION = "1.38.0"
DESCRIPTION = "The deadline that a consortium was told."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for name in ("told_deadline", "told_withdrawn_at"):
        manager.add_column(
            table_class_name="Consortium",
            tablename="consortium",
            column_name=name,
            column_class_name="Timestamptz",
            column_class=Timestamptz,
            params={"null": True, "default": None},
        )
    return manager
