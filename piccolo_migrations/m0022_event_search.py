"""What words are looked for in, and the indexes by which lists find events."""

from __future__ import annotations

import unicodedata

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Text, Varchar
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "0022"
VERSION = "1.38.0"
DESCRIPTION = "Search of events."
STATEMENTS = (
    "CREATE INDEX event_single_ends ON event (last_instant, starts_instant) WHERE recurrence = ''",
    "CREATE INDEX event_series_starts ON event (starts_instant) WHERE recurrence <> ''",
)


class Event(Table, tablename="event"):
    summary = Varchar(length=200)
    description = Text()
    location = Varchar(length=300)
    categories = Text()
    search = Text()


class Manager(MigrationManager):
    """Fills the column and makes the indexes after the tables; raw statements of Piccolo's own run before."""

    async def run(self, backwards: bool = False) -> None:
        await super().run(backwards=backwards)
        engine = engine_finder()
        if engine is None:
            raise RuntimeError("Piccolo has no database.")
        if not backwards:
            await _fill()
        for statement in () if backwards else STATEMENTS:
            await engine.run_ddl(statement)


async def _fill() -> None:
    names = ("summary", "description", "location", "categories")
    for row in await Event.select(Event._meta.primary_key, *(getattr(Event, name) for name in names)):
        parts = unicodedata.normalize("NFKD", " ".join(row[name] for name in names).casefold())
        text = "".join(letter for letter in parts if not unicodedata.combining(letter))
        await Event.update({Event.search: text}).where(Event._meta.primary_key == row["id"])


async def forwards() -> MigrationManager:
    manager = Manager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_column(
        table_class_name="Event",
        tablename="event",
        column_name="search",
        column_class_name="Text",
        column_class=Text,
        params={"default": ""},
    )
    return manager
