"""Agendas of starred sessions."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0110"
VERSION = "1.38.0"
DESCRIPTION = "Agendas."
STATEMENTS = (
    "CREATE UNIQUE INDEX agenda_holder ON agenda (holder) WHERE holder <> ''",
    "CREATE UNIQUE INDEX agenda_key_token ON agenda_key (token_hash)",
    "CREATE UNIQUE INDEX agenda_key_calendar ON agenda_key (calendar_hash)",
    "CREATE UNIQUE INDEX agenda_star_once ON agenda_star (agenda, session_uid)",
)


class Edition(Table, tablename="edition"):
    id: Serial


class Agenda(Table, tablename="agenda"):
    id: Serial


OF_EDITION = {"references": Edition, "on_delete": OnDelete.restrict, "null": False, "index": True}
OF_AGENDA = {"references": Agenda, "on_delete": OnDelete.cascade, "null": False}
TIME: tuple[type[Column], dict[str, Any]] = (Timestamptz, {})
MAYBE_TIME: tuple[type[Column], dict[str, Any]] = (Timestamptz, {"null": True, "default": None})

TABLES: dict[tuple[str, str], dict[str, tuple[type[Column], dict[str, Any]]]] = {
    ("Agenda", "agenda"): {
        "edition": (ForeignKey, OF_EDITION),
        "holder": (Varchar, {"length": 40, "default": ""}),
        "created_at": TIME,
        "changed_at": TIME,
    },
    ("AgendaKey", "agenda_key"): {
        "agenda": (ForeignKey, {**OF_AGENDA, "index": True}),
        "token_hash": (Varchar, {"length": 64}),
        "calendar_hash": (Varchar, {"length": 64}),
        "created_at": TIME,
        "ended_at": MAYBE_TIME,
        "fetched_at": MAYBE_TIME,
        "fetched_by": (Varchar, {"length": 40, "default": ""}),
    },
    ("Star", "agenda_star"): {
        "agenda": (ForeignKey, OF_AGENDA),
        "session_uid": (Varchar, {"length": 120, "index": True}),
        "created_at": TIME,
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
