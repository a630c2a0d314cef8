"""Who uses a resource and how, and what members say about it."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, OnDelete, Serial, Text, Timestamptz
from piccolo.columns.indexes import IndexMethod
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0165"
VERSION = "1.38.0"
DESCRIPTION = "Uses of resources and comments on them."
STATEMENTS = (
    "CREATE UNIQUE INDEX resource_use_once ON resource_use (resource, organisation) WHERE withdrawn_at IS NULL",
    "CREATE INDEX resource_use_untold ON resource_use (created_at) WHERE told_at IS NULL",
    "CREATE INDEX resource_comment_untold ON resource_comment (created_at) WHERE told_at IS NULL",
)


class Organisation(Table, tablename="organisation"):
    id: Serial


class Person(Table, tablename="person"):
    id: Serial


class Resource(Table, tablename="resource"):
    id: Serial


NULL = {"null": True, "default": None}
RESTRICT = {"on_delete": OnDelete.restrict}
PERSON = (ForeignKey, {"references": Person, **RESTRICT, **NULL})
TEXT, TIME = (Text, {}), (Timestamptz, {})
EMPTY_TEXT, MAYBE_TIME = (Text, {"default": ""}), (Timestamptz, NULL)

INDEXED = {"null": False, "index": True, "index_method": IndexMethod.btree}

TABLES: dict[tuple[str, str], dict[str, tuple[type[Column], dict[str, Any]]]] = {
    ("ResourceUse", "resource_use"): {
        "resource": (ForeignKey, {"references": Resource, **RESTRICT, **INDEXED}),
        "organisation": (ForeignKey, {"references": Organisation, **RESTRICT, **INDEXED}),
        "person": PERSON,
        "words": TEXT,
        "created_at": TIME,
        "changed_at": TIME,
        "withdrawn_at": MAYBE_TIME,
        "told_at": MAYBE_TIME,
    },
    ("ResourceComment", "resource_comment"): {
        "resource": (ForeignKey, {"references": Resource, **RESTRICT, **INDEXED}),
        "person": (ForeignKey, {"references": Person, **RESTRICT, **INDEXED}),
        "body": TEXT,
        "created_at": TIME,
        "changed_at": TIME,
        "withdrawn_at": MAYBE_TIME,
        "hidden_at": MAYBE_TIME,
        "hidden_reason": EMPTY_TEXT,
        "told_at": MAYBE_TIME,
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
