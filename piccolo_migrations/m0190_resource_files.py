"""Files of resources, and how their links were."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0190"
VERSION = "1.38.0"
DESCRIPTION = "Files of resources, and how their links were."
STATEMENTS = (
    "CREATE UNIQUE INDEX resource_file_once ON resource_file (resource)",
    "CREATE UNIQUE INDEX resource_link_check_once ON resource_link_check (resource)",
    "CREATE INDEX resource_link_check_next ON resource_link_check (next_at)",
)


class Resource(Table, tablename="resource"):
    id: Serial


RESOURCE = (ForeignKey, {"references": Resource, "on_delete": OnDelete.restrict, "null": False})
TABLES: dict[str, tuple[str, dict[str, tuple[type[Column], dict[str, Any]]]]] = {
    "ResourceFile": (
        "resource_file",
        {
            "resource": RESOURCE,
            "name": (Varchar, {"length": 100}),
            "media_type": (Varchar, {"length": 100}),
            "size": (Integer, {}),
            "digest": (Varchar, {"length": 64}),
            "body": (Text, {}),
            "created_at": (Timestamptz, {}),
        },
    ),
    "LinkCheck": (
        "resource_link_check",
        {
            "resource": RESOURCE,
            "url": (Varchar, {"length": 500}),
            "checked_at": (Timestamptz, {"null": True, "default": None}),
            "next_at": (Timestamptz, {}),
            "failures": (Integer, {"default": 0}),
            "fault": (Text, {"default": ""}),
            "told_at": (Timestamptz, {"null": True, "default": None}),
        },
    ),
}


class Manager(MigrationManager):
    """Runs the indexes after the table; raw statements of Piccolo's own manager run before it."""

    async def run(self, backwards: bool = False) -> None:
        await super().run(backwards=backwards)
        engine = engine_finder()
        if engine is None:
            raise RuntimeError("Piccolo has no database.")
        for statement in () if backwards else STATEMENTS:
            await engine.run_ddl(statement)


async def forwards() -> MigrationManager:
    manager = Manager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for class_name, (tablename, columns) in TABLES.items():
        manager.add_table(class_name=class_name, tablename=tablename)
        for name, (kind, params) in columns.items():
            manager.add_column(
                table_class_name=class_name,
                tablename=tablename,
                column_name=name,
                column_class_name=kind.__name__,
                column_class=kind,
                params=params,
            )
    return manager
