"""Followed calendars, their events, and what was left alone."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import Boolean, ForeignKey, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table

ID = "0071"
VERSION = "1.38.0"
DESCRIPTION = "Followed calendars."


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


class FollowedCalendar(Table, tablename="followed_calendar", schema=None):
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
        on_delete=more.pop("on_delete", OnDelete.restrict),
        on_update=OnUpdate.cascade,
        target_column=None,
        **more,
    )


TABLES = {
    "FollowedCalendar": "followed_calendar",
    "FollowedEvent": "followed_event",
    "FollowedDecision": "followed_decision",
}
COLUMNS = (
    ("FollowedCalendar", "organisation", ForeignKey, _reference(Organisation, index=True)),
    ("FollowedCalendar", "person", ForeignKey, _reference(Person, null=True, default=None)),
    ("FollowedCalendar", "host", Varchar, _params(length=255, default="")),
    ("FollowedCalendar", "sealed", Text, _params(default="")),
    ("FollowedCalendar", "address_hash", Varchar, _params(length=64, default="")),
    ("FollowedCalendar", "takes_new", Boolean, _params(default=False)),
    ("FollowedCalendar", "added_at", Timestamptz, _params(default=TimestamptzNow())),
    ("FollowedCalendar", "ended_at", Timestamptz, _params(default=None, null=True)),
    ("FollowedCalendar", "etag", Varchar, _params(length=500, default="")),
    ("FollowedCalendar", "last_modified", Varchar, _params(length=100, default="")),
    ("FollowedCalendar", "body", Text, _params(default="")),
    ("FollowedCalendar", "fetched_at", Timestamptz, _params(default=None, null=True)),
    ("FollowedCalendar", "succeeded_at", Timestamptz, _params(default=None, null=True)),
    ("FollowedCalendar", "next_at", Timestamptz, _params(default=TimestamptzNow())),
    ("FollowedCalendar", "lease_until", Timestamptz, _params(default=None, null=True)),
    ("FollowedCalendar", "failures", Integer, _params(default=0)),
    ("FollowedCalendar", "result", Text, _params(default="")),
    ("FollowedCalendar", "waiting", Integer, _params(default=0)),
    ("FollowedEvent", "calendar", ForeignKey, _reference(FollowedCalendar)),
    ("FollowedEvent", "event", ForeignKey, _reference(Event, on_delete=OnDelete.cascade)),
    ("FollowedEvent", "key", Varchar, _params(length=130, default="")),
    ("FollowedDecision", "calendar", ForeignKey, _reference(FollowedCalendar)),
    ("FollowedDecision", "key", Varchar, _params(length=130, default="")),
    ("FollowedDecision", "mark", Varchar, _params(length=16, default="")),
    ("FollowedDecision", "person", ForeignKey, _reference(Person, null=True, default=None)),
    ("FollowedDecision", "decided_at", Timestamptz, _params(default=TimestamptzNow())),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for class_name, tablename in TABLES.items():
        manager.add_table(class_name=class_name, tablename=tablename, schema=None, columns=None)
    for class_name, column, kind, params in COLUMNS:
        manager.add_column(
            table_class_name=class_name,
            tablename=TABLES[class_name],
            column_name=column,
            db_column_name=column,
            column_class_name=kind.__name__,
            column_class=kind,
            params=params,
            schema=None,
        )
    return manager
