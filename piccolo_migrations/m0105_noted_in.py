"""In which change an event was written last, and the indexes by which feeds ask for it."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Integer
from piccolo.engine import engine_finder

ID = "0105"
VERSION = "1.38.0"
DESCRIPTION = "The change in which an event was written last."
STATEMENTS = (
    "UPDATE event SET noted_in = 1",
    "CREATE INDEX event_noted ON event (noted_in)",
    "CREATE INDEX event_last ON event (last_instant)",
    "CREATE INDEX event_cancelled ON event (cancelled_at)",
)


class Manager(MigrationManager):
    """Fills the column and makes the indexes after the column is there; raw statements of Piccolo's own run before."""

    async def run(self, backwards: bool = False) -> None:
        await super().run(backwards=backwards)
        engine = engine_finder()
        if engine is None:
            raise RuntimeError("Piccolo has no database.")
        for statement in () if backwards else STATEMENTS:
            await engine.run_ddl(statement)


async def forwards() -> MigrationManager:
    manager = Manager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_column(
        table_class_name="Event",
        tablename="event",
        column_name="noted_in",
        column_class_name="Integer",
        column_class=Integer,
        params={"default": 0},
    )
    return manager
