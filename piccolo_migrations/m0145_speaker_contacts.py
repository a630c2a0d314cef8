"""Addresses of speakers."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0145"
VERSION = "1.38.0"
DESCRIPTION = "Addresses of speakers."
STATEMENTS = ("CREATE UNIQUE INDEX speaker_contact_name ON speaker_contact (edition, name)",)


class Edition(Table, tablename="edition"):
    id: Serial


COLUMNS: dict[str, tuple[type[Column], dict[str, Any]]] = {
    "edition": (
        ForeignKey,
        {"references": Edition, "on_delete": OnDelete.restrict, "null": False, "index": True},
    ),
    "name": (Varchar, {"length": 120}),
    "email": (Varchar, {"length": 254}),
    "email_key": (Varchar, {"length": 254}),
    "told_release": (Integer, {"default": 0}),
    "told_at": (Timestamptz, {"null": True, "default": None}),
    "note": (Text, {"default": ""}),
    "created_at": (Timestamptz, {}),
}


class Manager(MigrationManager):
    """Runs the index after the table; raw statements of Piccolo's own manager run before it."""

    async def run(self, backwards: bool = False) -> None:
        await super().run(backwards=backwards)
        engine = engine_finder()
        if engine is None:
            raise RuntimeError("Piccolo has no database.")
        for statement in () if backwards else STATEMENTS:
            await engine.run_ddl(statement)


async def forwards() -> MigrationManager:
    manager = Manager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_table(class_name="SpeakerContact", tablename="speaker_contact")
    for name, (kind, params) in COLUMNS.items():
        manager.add_column(
            table_class_name="SpeakerContact",
            tablename="speaker_contact",
            column_name=name,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
        )
    return manager
