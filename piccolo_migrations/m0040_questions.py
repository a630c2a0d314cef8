"""Versions, conditions and limits of questions; the terms of an edition's registrations."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, Date, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0040"
VERSION = "1.38.0"
DESCRIPTION = "Questions with versions, terms."
STATEMENTS = (
    "CREATE UNIQUE INDEX question_version_unique ON registration_question_version (question, version)",
    "CREATE UNIQUE INDEX terms_unique ON registration_terms (edition)",
)


class Edition(Table, tablename="edition"):
    id: Serial


class Question(Table, tablename="registration_question"):
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
    question = ("Question", "registration_question")
    _add(manager, *question, "version", Integer, default=1)
    _add(manager, *question, "limits", Text, default="{}")
    _add(manager, *question, "condition_key", Varchar, length=60, default="")
    _add(manager, *question, "condition_value", Varchar, length=200, default="")
    _add(manager, *question, "retired_at", Timestamptz, null=True, default=None)
    manager.add_table(class_name="QuestionVersion", tablename="registration_question_version")
    for name, kind, params in (
        ("question", ForeignKey, {"references": Question, "on_delete": OnDelete.restrict, "null": False}),
        ("version", Integer, {}),
        ("label", Varchar, {"length": 200}),
        ("hint", Varchar, {"length": 300, "default": ""}),
        ("kind", Varchar, {"length": 10}),
        ("choices", Text, {"default": "[]"}),
        ("created_at", Timestamptz, {}),
    ):
        _add(manager, "QuestionVersion", "registration_question_version", name, kind, **params)
    manager.add_table(class_name="Terms", tablename="registration_terms")
    for name, kind, params in (
        ("edition", ForeignKey, {"references": Edition, "on_delete": OnDelete.restrict, "null": False}),
        ("changes_until", Date, {"null": True, "default": None}),
        ("organisation_limit", Integer, {"null": True, "default": None}),
    ):
        _add(manager, "Terms", "registration_terms", name, kind, **params)
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
