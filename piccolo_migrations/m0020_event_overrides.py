"""Single dates of a series that were moved or cancelled."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Boolean, Column, Date, ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0020"
VERSION = "1.38.0"
DESCRIPTION = "Overrides of events."
STATEMENTS = ("CREATE UNIQUE INDEX event_override_day ON event_override (event, day)",)


class Event(Table, tablename="event"):
    id: Serial


class Person(Table, tablename="person"):
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
    _add(manager, "Event", "event", "earliest_instant", Timestamptz, null=True, default=None)
    manager.add_table(class_name="EventOverride", tablename="event_override")
    for name, kind, params in (
        ("event", ForeignKey, {"references": Event, "on_delete": OnDelete.restrict, "null": False}),
        ("day", Date, {}),
        ("starts_at", Varchar, {"length": 16}),
        ("ends_at", Varchar, {"length": 16}),
        ("location", Varchar, {"length": 300}),
        ("reason", Text, {}),
        ("is_cancelled", Boolean, {}),
        ("person", ForeignKey, {"references": Person, "on_delete": OnDelete.restrict, "null": True}),
        ("changed_at", Timestamptz, {}),
    ):
        _add(manager, "EventOverride", "event_override", name, kind, **params)
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
