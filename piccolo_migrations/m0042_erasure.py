"""When what is personal in a registration was erased."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, Timestamptz

ID = "0042"
VERSION = "1.38.0"
DESCRIPTION = "Erasure of registrations."


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for name in ("needs_erased_at", "erased_at"):
        _add(manager, "Registration", "registration", name, Timestamptz, null=True, default=None)
    return manager


def _add(
    manager: MigrationManager, class_name: str, tablename: str, name: str, kind: type[Column], **params: Any
) -> None:
    manager.add_column(
        table_class_name=class_name,
        tablename=tablename,
        column_name=name,
        column_class_name=kind.__name__,
        column_class=kind,
        params=params,
    )
