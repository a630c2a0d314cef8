"""Calls for funding, and the organisations that want to apply."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, Column, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0166"
VERSION = "1.38.0"
DESCRIPTION = "Calls for funding."
STATEMENTS = (
    "CREATE UNIQUE INDEX funding_call_slug ON funding_call (slug)",
    "CREATE INDEX funding_call_listed ON funding_call (state, deadline_instant)",
    "CREATE UNIQUE INDEX funding_interest_once ON funding_interest (call, organisation) WHERE withdrawn_at IS NULL",
)


class Organisation(Table, tablename="organisation"):
    id: Serial


class Person(Table, tablename="person"):
    id: Serial


class Event(Table, tablename="event"):
    id: Serial


class FundingCall(Table, tablename="funding_call"):
    id: Serial


NULL = {"null": True, "default": None}
RESTRICT = {"on_delete": OnDelete.restrict}
PERSON = (ForeignKey, {"references": Person, **RESTRICT, **NULL})
TEXT, TIME = (Text, {}), (Timestamptz, {})
EMPTY_TEXT, MAYBE_TIME = (Text, {"default": ""}), (Timestamptz, NULL)

INDEXED = {"null": False, "index": True, "index_method": IndexMethod.btree}

TABLES: dict[tuple[str, str], dict[str, tuple[type[Column], dict[str, Any]]]] = {
    ("FundingCall", "funding_call"): {
        "slug": (Varchar, {"length": 80}),
        "organisation": (ForeignKey, {"references": Organisation, **RESTRICT, "null": False}),
        "title": (Varchar, {"length": 180}),
        "funder": (Varchar, {"length": 200}),
        "url": (Varchar, {"length": 500, "default": ""}),
        "amount": (BigInt, NULL),
        "currency": (Varchar, {"length": 3, "default": ""}),
        "deadline_at": (Varchar, {"length": 16}),
        "timezone": (Varchar, {"length": 64}),
        "deadline_instant": TIME,
        "countries": EMPTY_TEXT,
        "summary": TEXT,
        "search": EMPTY_TEXT,
        "state": (Varchar, {"length": 12, "default": "published"}),
        "reason": EMPTY_TEXT,
        "event": (ForeignKey, {"references": Event, **RESTRICT, **NULL}),
        "decisions": (Integer, {"default": 0}),
        "created_by": PERSON,
        "created_at": TIME,
        "changed_at": TIME,
    },
    ("FundingInterest", "funding_interest"): {
        "call": (ForeignKey, {"references": FundingCall, **RESTRICT, **INDEXED}),
        "organisation": (ForeignKey, {"references": Organisation, **RESTRICT, **INDEXED}),
        "person": PERSON,
        "role": (Varchar, {"length": 10}),
        "brings": TEXT,
        "contact": TEXT,
        "created_at": TIME,
        "changed_at": TIME,
        "withdrawn_at": MAYBE_TIME,
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
