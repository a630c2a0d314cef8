"""Sign-up for sessions of the programme: their limits, who has a seat and who waits."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Boolean, Column, ForeignKey, Integer, OnDelete, Serial, Timestamptz, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0121"
VERSION = "1.38.0"
DESCRIPTION = "Sign-up for sessions."
STATEMENTS = (
    "CREATE UNIQUE INDEX session_sign_up_once ON session_sign_up (edition, session_uid)",
    "CREATE UNIQUE INDEX session_seat_live ON session_seat (sign_up, registration) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX session_seat_queue ON session_seat (sign_up, queue_number)",
)


class Edition(Table, tablename="edition"):
    id: Serial


class Registration(Table, tablename="registration"):
    id: Serial


class SignUp(Table, tablename="session_sign_up"):
    id: Serial


NUMBER: tuple[type[Column], dict[str, Any]] = (Integer, {"default": 0})
TIME: tuple[type[Column], dict[str, Any]] = (Timestamptz, {})
KEPT = {"on_delete": OnDelete.restrict, "null": False}

TABLES: dict[tuple[str, str], dict[str, tuple[type[Column], dict[str, Any]]]] = {
    ("SignUp", "session_sign_up"): {
        "edition": (ForeignKey, {"references": Edition, **KEPT}),
        "session_uid": (Varchar, {"length": 120}),
        "places": NUMBER,
        "taken": NUMBER,
        "attendance": (Varchar, {"length": 10, "default": ""}),
        "is_open": (Boolean, {"default": True}),
        "created_at": TIME,
        "changed_at": TIME,
    },
    ("Seat", "session_seat"): {
        "sign_up": (ForeignKey, {"references": SignUp, **KEPT}),
        "registration": (ForeignKey, {"references": Registration, **KEPT, "index": True}),
        "state": (Varchar, {"length": 10}),
        "queue_number": (Integer, {"null": True, "default": None}),
        "created_at": TIME,
        "ended_at": (Timestamptz, {"null": True, "default": None}),
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
