"""Invitations that hold a place."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0041"
VERSION = "1.38.0"
DESCRIPTION = "Invitations."
STATEMENTS = (
    "CREATE UNIQUE INDEX invitation_open_unique ON registration_invitation (edition, email_key) "
    "WHERE ended_at IS NULL",
)


class Edition(Table, tablename="edition"):
    id: Serial


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
    manager.add_table(class_name="Invitation", tablename="registration_invitation")
    for name, kind, params in (
        ("edition", ForeignKey, {"references": Edition, "on_delete": OnDelete.restrict, "null": False}),
        ("name", Varchar, {"length": 200}),
        ("email", Varchar, {"length": 254}),
        ("email_key", Varchar, {"length": 254}),
        ("attendance", Varchar, {"length": 10}),
        ("created_at", Timestamptz, {}),
        ("created_by_name", Varchar, {"length": 200, "default": ""}),
        ("expires_at", Timestamptz, {}),
        ("ended_at", Timestamptz, {"null": True, "default": None}),
        ("ended_reason", Varchar, {"length": 20, "default": ""}),
    ):
        _add(manager, "Invitation", "registration_invitation", name, kind, **params)
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
