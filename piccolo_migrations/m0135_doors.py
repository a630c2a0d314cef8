"""Doors of a summit, and who was let in by them."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Boolean, Column, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0135"
VERSION = "1.38.0"
DESCRIPTION = "Doors."
STATEMENTS = (
    "CREATE UNIQUE INDEX arrival_client_id ON arrival (client_id)",
    "CREATE UNIQUE INDEX arrival_counted ON arrival (registration) WHERE is_counted",
    "CREATE UNIQUE INDEX door_name ON door (edition, name) WHERE ended_at IS NULL",
)


class Edition(Table, tablename="edition"):
    id: Serial


class Registration(Table, tablename="registration"):
    id: Serial


class Door(Table, tablename="door"):
    id: Serial


def _to(table: type[Table], *, index: bool = True) -> tuple[type[Column], dict[str, Any]]:
    return ForeignKey, {"references": table, "on_delete": OnDelete.restrict, "null": False, "index": index}


TIME: tuple[type[Column], dict[str, Any]] = (Timestamptz, {})
MAYBE_TIME: tuple[type[Column], dict[str, Any]] = (Timestamptz, {"null": True, "default": None})

TABLES: dict[tuple[str, str], dict[str, tuple[type[Column], dict[str, Any]]]] = {
    ("Door", "door"): {
        "edition": _to(Edition),
        "name": (Varchar, {"length": 60}),
        "created_at": TIME,
        "created_by_name": (Varchar, {"length": 200, "default": ""}),
        "expires_at": TIME,
        "ended_at": MAYBE_TIME,
    },
    ("Arrival", "arrival"): {
        "registration": _to(Registration),
        "edition": _to(Edition),
        "door": _to(Door, index=False),
        "attendance": (Varchar, {"length": 10}),
        "client_id": (Varchar, {"length": 64}),
        "at": TIME,
        "received_at": TIME,
        "is_counted": (Boolean, {"default": False}),
        "undone_at": MAYBE_TIME,
    },
}


class Manager(MigrationManager):
    """Runs the indexes after the tables; raw statements of Piccolo's own manager run before them."""

    async def run(self, backwards: bool = False) -> None:
        await super().run(backwards=backwards)
        engine = engine_finder()
        if engine is None:
            raise RuntimeError("Piccolo has no database.")
        for statement in () if backwards else STATEMENTS:
            await engine.run_ddl(statement)


async def forwards() -> MigrationManager:
    manager = Manager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for (class_name, tablename), columns in TABLES.items():
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
