"""What calendars from elsewhere said of events, and files between preview and taking."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import ForeignKey, Serial, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table

ID = "0070"
VERSION = "1.38.0"
DESCRIPTION = "Calendar files."


class Person(Table, tablename="person", schema=None):
    id = Serial(
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name="id",
        secret=False,
    )


class Organisation(Table, tablename="organisation", schema=None):
    id = Serial(
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name="id",
        secret=False,
    )


class Event(Table, tablename="event", schema=None):
    id = Serial(
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name="id",
        secret=False,
    )


def _params(**more):
    return {
        "null": False,
        "primary_key": False,
        "unique": False,
        "index": False,
        "index_method": IndexMethod.btree,
        "choices": None,
        "db_column_name": None,
        "secret": False,
        **more,
    }


def _reference(table, **more):
    return _params(
        references=table,
        on_delete=OnDelete.restrict,
        on_update=OnUpdate.cascade,
        target_column=None,
        **more,
    )


COLUMNS = (
    ("EventSource", "event_source", "event", ForeignKey, _reference(Event, unique=True)),
    ("EventSource", "event_source", "taken", Text, _params(default="")),
    ("EventSource", "event_source", "taken_at", Timestamptz, _params(default=TimestamptzNow())),
    ("EventUpload", "event_upload", "person", ForeignKey, _reference(Person, index=True)),
    ("EventUpload", "event_upload", "organisation", ForeignKey, _reference(Organisation)),
    ("EventUpload", "event_upload", "name", Varchar, _params(length=120, default="")),
    ("EventUpload", "event_upload", "body", Text, _params(default="")),
    ("EventUpload", "event_upload", "created_at", Timestamptz, _params(default=TimestamptzNow())),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for class_name in ("EventSource", "EventUpload"):
        tablename = "event_source" if class_name == "EventSource" else "event_upload"
        manager.add_table(class_name=class_name, tablename=tablename, schema=None, columns=None)
    for class_name, tablename, column, kind, params in COLUMNS:
        manager.add_column(
            table_class_name=class_name,
            tablename=tablename,
            column_name=column,
            db_column_name=column,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
            schema=None,
        )
    return manager
