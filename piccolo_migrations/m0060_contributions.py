"""Calls for contributions, contributions, reviewers, reviews."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Boolean, Column, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0060"
VERSION = "1.38.0"
DESCRIPTION = "Contributions."
STATEMENTS = (
    "CREATE UNIQUE INDEX contribution_call_edition ON contribution_call (edition)",
    "CREATE UNIQUE INDEX contribution_number ON contribution (edition, number)",
    "CREATE INDEX contribution_email ON contribution (edition, email_key)",
    "CREATE UNIQUE INDEX contribution_reviewer_live ON contribution_reviewer (edition, person) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX contribution_review_once ON contribution_review (contribution, person)",
)


class Edition(Table, tablename="edition"):
    id: Serial


class Person(Table, tablename="person"):
    id: Serial


class Contribution(Table, tablename="contribution"):
    id: Serial


NULL = {"null": True, "default": None}
EDITION = (ForeignKey, {"references": Edition, "on_delete": OnDelete.restrict, "null": False})
PERSON = (ForeignKey, {"references": Person, "on_delete": OnDelete.restrict, "null": False})
OF = (ForeignKey, {"references": Contribution, "on_delete": OnDelete.cascade, "null": False})
MAYBE_PERSON = (ForeignKey, {"references": Person, "on_delete": OnDelete.restrict, **NULL})
TEXT, TIME = (Text, {}), (Timestamptz, {})
MAYBE_TIME = (Timestamptz, NULL)

TABLES: dict[tuple[str, str], dict[str, tuple[type[Column], dict[str, Any]]]] = {
    ("Call", "contribution_call"): {
        "edition": EDITION,
        "intro": TEXT,
        "kinds": TEXT,
        "themes": TEXT,
        "limit_per_person": (Integer, {"default": 3}),
        "most_words": (Integer, {"default": 300}),
        "closes_at": (Varchar, {"length": 16}),
        "closes_instant": TIME,
        "is_blind": (Boolean, {"default": True}),
        "created_at": TIME,
        "updated_at": TIME,
    },
    ("Contribution", "contribution"): {
        "edition": EDITION,
        "number": (Integer, {}),
        "title": (Varchar, {"length": 200}),
        "kind": (Varchar, {"length": 80}),
        "theme": (Varchar, {"length": 80, "default": ""}),
        "abstract": TEXT,
        "name": (Varchar, {"length": 200}),
        "email": (Varchar, {"length": 254}),
        "email_key": (Varchar, {"length": 254}),
        "affiliation": (Varchar, {"length": 200, "default": ""}),
        "co_authors": (Text, {"default": ""}),
        "created_at": TIME,
        "updated_at": TIME,
        "withdrawn_at": MAYBE_TIME,
        "decision": (Varchar, {"length": 10, "default": ""}),
        "decision_note": (Text, {"default": ""}),
        "decided_at": MAYBE_TIME,
        "decided_by": MAYBE_PERSON,
        "told_at": MAYBE_TIME,
        "session": (Varchar, {"length": 60, "default": ""}),
        "erased_at": MAYBE_TIME,
    },
    ("Reviewer", "contribution_reviewer"): {
        "edition": EDITION,
        "person": PERSON,
        "created_at": TIME,
        "ended_at": MAYBE_TIME,
    },
    ("Review", "contribution_review"): {
        "contribution": OF,
        "person": PERSON,
        "score": (Integer, NULL),
        "comment": (Text, {"default": ""}),
        "has_conflict": (Boolean, {"default": False}),
        "created_at": TIME,
        "updated_at": TIME,
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
