"""Files that are kept with a manifest, and how the asking for its timestamp goes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import ForeignKey, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table

ID = "0085"
VERSION = "1.38.0"
DESCRIPTION = "Manifest files, stamping"
PLAIN = {
    "null": False,
    "primary_key": False,
    "unique": False,
    "index": False,
    "index_method": IndexMethod.btree,
    "choices": None,
    "db_column_name": None,
    "secret": False,
}


class Manifest(Table, tablename="manifest", schema=None):
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


OF_MANIFEST = {
    "references": Manifest,
    "on_delete": OnDelete.restrict,
    "on_update": OnUpdate.cascade,
    "target_column": None,
}
COLUMNS = {
    ("ManifestFile", "manifest_file"): (
        ("manifest", ForeignKey, OF_MANIFEST),
        ("name", Varchar, {"length": 60, "default": ""}),
        ("data", Text, {"default": ""}),
        ("created_at", Timestamptz, {"default": TimestamptzNow()}),
    ),
    ("Stamping", "stamping"): (
        ("manifest", ForeignKey, OF_MANIFEST),
        ("attempts", Integer, {"default": 0}),
        ("next_at", Timestamptz, {"default": TimestamptzNow()}),
        ("fault", Text, {"default": ""}),
    ),
}


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    for (name, table), columns in COLUMNS.items():
        manager.add_table(class_name=name, tablename=table, schema=None, columns=None)
        for column, kind, params in columns:
            manager.add_column(
                table_class_name=name,
                tablename=table,
                column_name=column,
                db_column_name=column,
                column_class_name=kind.__name__,
                column_class=kind,
                params={**PLAIN, **params},
                schema=None,
            )
    return manager
