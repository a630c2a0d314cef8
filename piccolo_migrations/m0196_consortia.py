"""Organisations that apply for a call together, their outline, and the history of it."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, Column, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0196"
VERSION = "1.38.0"
DESCRIPTION = "Consortia."
STATEMENTS = (
    "CREATE UNIQUE INDEX consortium_once ON consortium (call, lead)",
    "CREATE UNIQUE INDEX consortium_member_once ON consortium_member (consortium, organisation) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX consortium_outline_n ON consortium_outline (consortium, n)",
)


class Organisation(Table, tablename="organisation"):
    id: Serial


class Person(Table, tablename="person"):
    id: Serial


class FundingCall(Table, tablename="funding_call"):
    id: Serial


class Consortium(Table, tablename="consortium"):
    id: Serial


NULL = {"null": True, "default": None}
RESTRICT = {"on_delete": OnDelete.restrict}
PERSON = (ForeignKey, {"references": Person, **RESTRICT, **NULL})
TEXT, TIME = (Text, {}), (Timestamptz, {})
EMPTY_TEXT, MAYBE_TIME = (Text, {"default": ""}), (Timestamptz, NULL)

INDEXED = {"null": False, "index": True, "index_method": IndexMethod.btree}
WITHIN = (ForeignKey, {"references": Consortium, **RESTRICT, **INDEXED})
ORGANISATION = (ForeignKey, {"references": Organisation, **RESTRICT, **INDEXED})

TABLES: dict[tuple[str, str], dict[str, tuple[type[Column], dict[str, Any]]]] = {
    ("Consortium", "consortium"): {
        "call": (ForeignKey, {"references": FundingCall, **RESTRICT, **INDEXED}),
        "lead": ORGANISATION,
        "title": (Varchar, {"length": 180}),
        "state": (Varchar, {"length": 12, "default": "forming"}),
        "amount": (BigInt, NULL),
        "currency": (Varchar, {"length": 3, "default": ""}),
        "public_line": EMPTY_TEXT,
        "created_at": TIME,
        "changed_at": TIME,
        "outcome_at": MAYBE_TIME,
        "reminded_at": MAYBE_TIME,
        "erased_at": MAYBE_TIME,
    },
    ("ConsortiumMember", "consortium_member"): {
        "consortium": WITHIN,
        "organisation": ORGANISATION,
        "state": (Varchar, {"length": 12}),
        "words": EMPTY_TEXT,
        "reason": EMPTY_TEXT,
        "invited_by": PERSON,
        "invited_at": TIME,
        "answered_by": PERSON,
        "answered_at": MAYBE_TIME,
        "ended_at": MAYBE_TIME,
    },
    ("ConsortiumOutline", "consortium_outline"): {
        "consortium": WITHIN,
        "n": (Integer, {}),
        "markdown": TEXT,
        "canonical": TEXT,
        "note": EMPTY_TEXT,
        "person": PERSON,
        "created_at": TIME,
    },
    ("ConsortiumChange", "consortium_change"): {
        "consortium": WITHIN,
        "kind": (Varchar, {"length": 12}),
        "organisation": (ForeignKey, {"references": Organisation, **RESTRICT, **NULL}),
        "person": PERSON,
        "text": EMPTY_TEXT,
        "at": TIME,
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
