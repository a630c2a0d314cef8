"""Who else holds an event, its history, and which organisations are new."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Boolean, Column, ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

ID = "0021"
VERSION = "1.38.0"
DESCRIPTION = "Hosts and history of events."


class Event(Table, tablename="event"):
    id: Serial


class Person(Table, tablename="person"):
    id: Serial


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    _add(manager, "Organisation", "organisation", "is_new", Boolean, default=False)
    _add(manager, "Event", "event", "hosts", Text, default="")
    manager.add_table(class_name="EventChange", tablename="event_change")
    for name, kind, params in (
        (
            "event",
            ForeignKey,
            {"references": Event, "on_delete": OnDelete.restrict, "null": False, "index": True},
        ),
        ("person", ForeignKey, {"references": Person, "on_delete": OnDelete.restrict, "null": True}),
        ("kind", Varchar, {"length": 20}),
        ("before", Text, {}),
        ("after", Text, {}),
        ("note", Text, {}),
        ("created_at", Timestamptz, {}),
    ):
        _add(manager, "EventChange", "event_change", name, kind, **params)
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
