"""Resources that members share, and their history."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0095"
VERSION = "1.38.0"
DESCRIPTION = "Resources."
STATEMENTS = (
    "CREATE UNIQUE INDEX resource_slug ON resource (slug)",
    "CREATE UNIQUE INDEX resource_title ON resource (organisation, title_key) WHERE withdrawn_at IS NULL",
    "CREATE INDEX resource_listed ON resource (state, published_at)",
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

TABLES: dict[tuple[str, str], dict[str, tuple[type[Column], dict[str, Any]]]] = {
    ("Resource", "resource"): {
        "slug": (Varchar, {"length": 80}),
        "organisation": (ForeignKey, {"references": Organisation, **RESTRICT, "null": False}),
        "title": (Varchar, {"length": 200}),
        "title_key": (Varchar, {"length": 400}),
        "kind": (Varchar, {"length": 12}),
        "summary": TEXT,
        "url": (Varchar, {"length": 500, "default": ""}),
        "topics": EMPTY_TEXT,
        "language": (Varchar, {"length": 12, "default": "en"}),
        "licence": (Varchar, {"length": 12}),
        "visibility": (Varchar, {"length": 10, "default": "public"}),
        "state": (Varchar, {"length": 12, "default": "published"}),
        "reason": EMPTY_TEXT,
        "search": EMPTY_TEXT,
        "created_by": PERSON,
        "created_at": TIME,
        "changed_at": TIME,
        "published_at": MAYBE_TIME,
        "withdrawn_at": MAYBE_TIME,
    },
    ("ResourceChange", "resource_change"): {
        "resource": (
            ForeignKey,
            {
                "references": Resource,
                **RESTRICT,
                "null": False,
                "index": True,
                "index_method": IndexMethod.btree,
            },
        ),
        "person": PERSON,
        "kind": (Varchar, {"length": 20}),
        "before": EMPTY_TEXT,
        "note": EMPTY_TEXT,
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
