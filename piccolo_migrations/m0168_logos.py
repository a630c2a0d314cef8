"""Logos of organisations."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0168"
VERSION = "1.38.0"
DESCRIPTION = "Logos of organisations."
STATEMENTS = (
    "CREATE UNIQUE INDEX organisation_logo_once ON organisation_logo (organisation)",
    "CREATE INDEX organisation_logo_digest ON organisation_logo (digest)",
)


class Organisation(Table, tablename="organisation"):
    id: Serial


COLUMNS: dict[str, tuple[type[Column], dict[str, Any]]] = {
    "organisation": (
        ForeignKey,
        {"references": Organisation, "on_delete": OnDelete.restrict, "null": False},
    ),
    "digest": (Varchar, {"length": 64}),
    "media_type": (Varchar, {"length": 20}),
    "width": (Integer, {}),
    "height": (Integer, {}),
    "alt": (Varchar, {"length": 200}),
    "body": (Text, {}),
    "created_at": (Timestamptz, {}),
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
    manager.add_table(class_name="OrganisationLogo", tablename="organisation_logo")
    for name, (kind, params) in COLUMNS.items():
        manager.add_column(
            table_class_name="OrganisationLogo",
            tablename="organisation_logo",
            column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
        )
    return manager
