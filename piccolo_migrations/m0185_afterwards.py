"""After the summit: who was thanked, and who was mailed of their certificate."""

from __future__ import annotations

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0185"
VERSION = "1.38.0"
DESCRIPTION = "After the summit: who was thanked, and who was mailed of their certificate."
STATEMENTS = ("CREATE UNIQUE INDEX certificate_mail_once ON certificate_mail (registration)",)


class Edition(Table, tablename="edition"):
    id: Serial


class Registration(Table, tablename="registration"):
    id: Serial


Columns = dict[str, tuple[type[Column], dict[str, Any]]]
KEPT = {"on_delete": OnDelete.restrict, "null": False}
MAIL: Columns = {
    "registration": (ForeignKey, {"references": Registration, **KEPT}),
    "edition": (ForeignKey, {"references": Edition, **KEPT, "index": True}),
    "sent_at": (Timestamptz, {}),
}
CONTACT: Columns = {
    "thanked_at": (Timestamptz, {"null": True, "default": None}),
    "thanked_by_name": (Varchar, {"length": 200, "default": ""}),
}


class Manager(MigrationManager):
    """Runs the index after the table; raw statements of Piccolo's own manager run before it."""

    async def run(self, backwards: bool = False) -> None:
        await super().run(backwards=backwards)
        engine = engine_finder()
        if engine is None:
            raise RuntimeError("Piccolo has no database.")
        for statement in () if backwards else STATEMENTS:
            await engine.run_ddl(statement)


async def forwards() -> MigrationManager:
    manager = Manager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_table(class_name="CertificateMail", tablename="certificate_mail")
    for table, tablename, columns in (
        ("CertificateMail", "certificate_mail", MAIL),
        ("SpeakerContact", "speaker_contact", CONTACT),
    ):
        for name, (kind, params) in columns.items():
            manager.add_column(
                table_class_name=table,
                tablename=tablename,
                column_name=name,
                column_class_name=kind.__name__,
                column_class=kind,
                params=params,
            )
    return manager
