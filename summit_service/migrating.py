"""Running migrations: all in one transaction, by one process at a time, silently."""

from __future__ import annotations

import contextlib
import io

from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import Finder, MigrationModule
from piccolo.table import Table

from summit_service.postgres_engine import SummitPostgresEngine
from summit_service.sqlite_engine import SummitSQLiteEngine

APP_NAME = "summit"
ADVISORY_LOCK = 7_306_218_904


class MigrationError(Exception):
    """A migration did not run to its end; nothing of it was kept."""


async def migrate(engine: SummitSQLiteEngine | SummitPostgresEngine) -> list[str]:
    """Run what is due and give the ids; BEGIN IMMEDIATE or an advisory lock keeps other processes out."""
    if not await pending():
        return []
    async with engine.migration_transaction():
        if not isinstance(engine, SummitSQLiteEngine):
            await engine.run_ddl(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
        due = await pending()
        if due:
            _bind_tables_of_migrations(engine)
            await _run()
        if isinstance(engine, SummitSQLiteEngine):
            await _check_foreign_keys(engine)
    return due


async def pending() -> list[str]:
    """The ids in the folder that the database does not know; all of them when it is empty."""
    known = (
        await Migration.get_migrations_which_ran(app_name=APP_NAME) if await Migration.table_exists() else []
    )
    return sorted(set(_ids()) - set(known))


def _ids() -> list[str]:
    return BaseMigrationManager().get_migration_ids(_modules())


def _modules() -> dict[str, MigrationModule]:
    folder = Finder().get_app_config(APP_NAME).resolved_migrations_folder_path
    return BaseMigrationManager().get_migration_modules(folder)


def _bind_tables_of_migrations(engine: SummitSQLiteEngine | SummitPostgresEngine) -> None:
    """A table that a migration writes for itself would stay with the first database that it ever met."""
    for module in _modules().values():
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Table):
                value._meta.db = engine


async def _run() -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        result = await run_forwards(app_name=APP_NAME)
    if not result.success:
        raise MigrationError(result.message or said.getvalue())


async def _check_foreign_keys(engine: SummitSQLiteEngine) -> None:
    broken = await engine.run_ddl("PRAGMA foreign_key_check")
    if broken:
        raise MigrationError(f"Rows of {broken[0]['table']} would point to rows that are not there.")
