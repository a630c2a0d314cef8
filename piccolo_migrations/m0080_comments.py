"""Comments on a statement's text, and what became of each."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import Boolean, ForeignKey, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table

ID = "0080"
VERSION = "1.38.0"
DESCRIPTION = "Comments and dispositions."


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


class Statement(Table, tablename="statement", schema=None):
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


class TextVersion(Table, tablename="text_version", schema=None):
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


class Comment(Table, tablename="statement_comment", schema=None):
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
    ("Comment", "statement_comment", "statement", ForeignKey, _reference(Statement, index=True)),
    ("Comment", "statement_comment", "version", ForeignKey, _reference(TextVersion)),
    ("Comment", "statement_comment", "paragraph", Integer, _params(null=True, default=None)),
    ("Comment", "statement_comment", "quoted", Text, _params(default="")),
    ("Comment", "statement_comment", "body", Text, _params(default="")),
    ("Comment", "statement_comment", "wording", Text, _params(default="")),
    ("Comment", "statement_comment", "organisation", ForeignKey, _reference(Organisation)),
    ("Comment", "statement_comment", "organisation_name", Varchar, _params(length=200, default="")),
    ("Comment", "statement_comment", "person", ForeignKey, _reference(Person)),
    ("Comment", "statement_comment", "person_name", Varchar, _params(length=200, default="")),
    ("Comment", "statement_comment", "via", Varchar, _params(length=12, default="page")),
    ("Comment", "statement_comment", "is_late", Boolean, _params(default=False)),
    ("Comment", "statement_comment", "created_at", Timestamptz, _params(default=TimestamptzNow())),
    ("Disposition", "comment_disposition", "comment", ForeignKey, _reference(Comment, index=True)),
    ("Disposition", "comment_disposition", "kind", Varchar, _params(length=20, default="")),
    ("Disposition", "comment_disposition", "reason", Text, _params(default="")),
    (
        "Disposition",
        "comment_disposition",
        "decided_by",
        ForeignKey,
        _reference(Person, null=True, default=None),
    ),
    ("Disposition", "comment_disposition", "created_at", Timestamptz, _params(default=TimestamptzNow())),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for class_name, tablename in (("Comment", "statement_comment"), ("Disposition", "comment_disposition")):
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
