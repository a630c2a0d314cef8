"""The database as everybody uses it: which one it is, transactions, locks, unique indexes, migrations."""

from __future__ import annotations

import importlib
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import unquote

import asyncpg
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import Finder
from piccolo.engine.sqlite import TransactionType
from piccolo.table import Table

from summit_service import errors, migrating
from summit_service.postgres_engine import SummitPostgresEngine
from summit_service.sqlite_engine import SummitSQLiteEngine

Engine = SummitSQLiteEngine | SummitPostgresEngine
Q = TypeVar("Q")
T = TypeVar("T", bound=Table)

ROWS_AT_ONCE = 200

log = logging.getLogger(__name__)

_bound: list[Engine] = []
_current: ContextVar[Transaction | None] = ContextVar("summit_transaction", default=None)


class UniqueViolation(Exception):
    """A row with this key is there already; `index` names the unique index, the same on both databases."""

    def __init__(self, index: str) -> None:
        super().__init__(f"The unique index {index} has this key already.")
        self.index = index


class Transaction:
    """An open transaction; what has to wait for its COMMIT is given to `after_commit`."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._callbacks: list[Callable[[], object]] = []

    @property
    def has_ended(self) -> bool:
        return bool(self._inner.has_ended)

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Call this once COMMIT has succeeded, and never after a rollback."""
        self._callbacks.append(callback)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that can fail alone: its error is raised, the transaction around it stays usable."""
        kept = len(self._callbacks)
        savepoint = await self._inner.savepoint()
        try:
            yield
        except BaseException:
            del self._callbacks[kept:]
            await self._inner.rollback_to(savepoint.name)
            raise
        await savepoint.release()

    def run_callbacks(self) -> None:
        """One that fails is logged: the commit has happened, and the others still have to run."""
        for callback in self._callbacks:
            try:
                callback()
            except Exception:
                log.exception("a callback after a commit failed")


def connect(url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgres://USER@HOST/DATABASE`; nothing is opened yet."""
    if url.startswith("sqlite:///"):
        return SummitSQLiteEngine(path=unquote(url.removeprefix("sqlite:///")))
    if url.startswith(("postgres://", "postgresql://")):
        return SummitPostgresEngine(dsn=url)
    raise ValueError("The database must be sqlite:///FILE or postgres://USER@HOST/DATABASE.")


def bind(engine: Engine) -> None:
    """Make this the database of every table."""
    os.environ["PICCOLO_CONF"] = "summit_service.piccolo_conf"
    conf: Any = importlib.import_module("summit_service.piccolo_conf")
    conf.DB = engine
    tables: list[type[Table]] = [*Finder().get_table_classes(), Migration]
    for table in tables:
        table._meta.db = engine
    _bound[:] = [engine]


def engine() -> Engine:
    """The bound one."""
    if not _bound:
        raise RuntimeError("No database is bound; call db.bind(db.connect(url)) first.")
    return _bound[0]


def is_sqlite() -> bool:
    return engine().engine_type == "sqlite"


@asynccontextmanager
async def transaction() -> AsyncIterator[Transaction]:
    """COMMIT at the end, or ROLLBACK when anything is raised; SQLite takes the write lock at once."""
    if in_transaction():
        raise RuntimeError("a transaction inside a transaction")
    inner: Any = _begin()
    opened = Transaction(inner)
    try:
        async with inner:
            token = _current.set(opened)
            try:
                yield opened
            finally:
                _current.reset(token)
    finally:
        if inner.is_committed:
            opened.run_callbacks()


def _begin() -> Any:
    bound = engine()
    if isinstance(bound, SummitSQLiteEngine):
        return bound.transaction(TransactionType.immediate, allow_nested=False)
    return bound.transaction(allow_nested=False)


def current_transaction() -> Transaction:
    """The open one; RuntimeError when there is none."""
    found = _current.get()
    if found is None or found.has_ended:
        raise RuntimeError("This has to be done inside db.transaction().")
    return found


def in_transaction() -> bool:
    found = _current.get()
    return found is not None and not found.has_ended


def for_update(query: Q) -> Q:
    """The same select with its rows locked until the commit; on SQLite the writer is alone already."""
    return _locking(query, skip_locked=False)


def for_update_skip_locked(query: Q) -> Q:
    """As `for_update`, but rows that somebody else has locked are left out."""
    return _locking(query, skip_locked=True)


def _locking(query: Q, *, skip_locked: bool) -> Q:
    current_transaction()
    select: Any = query
    if not is_sqlite():
        select.lock_rows(skip_locked=skip_locked, of=(select.table,))
    return query


@contextmanager
def unique_violations() -> Iterator[None]:
    """Turns the error of either database into UniqueViolation."""
    try:
        yield
    except asyncpg.UniqueViolationError as fault:
        raise UniqueViolation(fault.constraint_name or "") from fault
    except sqlite3.IntegrityError as fault:
        index: str | None = getattr(fault, "index", None)
        if index is None:
            raise
        raise UniqueViolation(index) from fault


def as_objects(table: type[T], rows: Sequence[dict[str, Any]]) -> list[T]:
    """Rows of `select()`, every column of them, as objects like those of `objects()`, in a tenth of the time.

    For lists of hundreds: Piccolo's constructor looks for a default of each column of each row.
    """
    made = []
    for row in rows:
        one = table.__new__(table)
        one.__dict__.update(row, _exists_in_db=True, _was_created=None)
        made.append(one)
    return made


async def insert_all(table: type[Table], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Many rows in one statement, without an object for each of them; columns that are not named get their default."""
    await _insert(table, columns, rows)


async def insert_rows(rows: Sequence[Table]) -> None:
    """New rows of one table in few statements, none with more parameters than a database takes; each gets its id.

    Their values are plain ones (an id, not the row that it points to), as everywhere here.
    """
    for some in _portions(rows):
        columns = [name for name in _columns(some[0]) if name != "id"]
        written = await _insert(type(some[0]), columns, _values(some, columns), "RETURNING id")
        for row, answer in zip(some, written, strict=True):
            row.__dict__["id"] = answer["id"]
            row._exists_in_db = True


async def update_rows(rows: Sequence[Table]) -> None:
    """Rows of one table that are locked in this transaction, whole, in few statements: as `save()` for each."""
    for some in _portions(rows):
        columns = _columns(some[0])
        changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "id")
        known = f"ON CONFLICT (id) DO UPDATE SET {changed}"
        await _insert(type(some[0]), columns, _values(some, columns), known)


def _portions(rows: Sequence[Table]) -> Iterator[Sequence[Table]]:
    return (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))


def _columns(row: Table) -> list[str]:
    return [column._meta.name for column in row._meta.columns]


def _values(rows: Sequence[Table], columns: Sequence[str]) -> list[list[Any]]:
    """From the rows' own dictionaries: Piccolo's way through each value takes longer than the statement."""
    return [[values[name] for name in columns] for values in map(vars, rows)]


async def _insert(
    table: type[Table], columns: Sequence[str], rows: Sequence[Sequence[Any]], ending: str = ""
) -> list[Any]:
    width = len(columns)
    marks = ("?" * width * len(rows)) if is_sqlite() else [f"${n}" for n in range(1, width * len(rows) + 1)]
    groups = ", ".join(f"({', '.join(marks[n : n + width])})" for n in range(0, len(marks), width))
    text = f"INSERT INTO {table._meta.tablename} ({', '.join(columns)}) VALUES {groups} {ending}"  # noqa: S608 - names of ours
    return await engine().run_text(text, [value for row in rows for value in row])


async def database_now() -> datetime:
    """The database's clock, which all processes share; aware, UTC."""
    if is_sqlite():
        rows = await engine().run_ddl("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now') AS at")
        return datetime.fromisoformat(rows[0]["at"])
    rows = await engine().run_ddl("SELECT clock_timestamp() AS at")
    at: datetime = rows[0]["at"]
    return at.astimezone(UTC)


async def ping() -> None:
    """Ask the database for something; raises errors.Unavailable when it does not answer."""
    await engine().run_ddl("SELECT count(*) FROM sqlite_master" if is_sqlite() else "SELECT 1")


async def open() -> None:  # noqa: A001 - the opposite of close, and always called as db.open()
    """Try the connection; a database that is away is told in the log, and used as soon as it is there."""
    try:
        await ping()
    except errors.Unavailable as fault:
        log.warning("the database does not answer yet: %s", fault.__cause__)


async def close() -> None:
    """Close the connections of this event loop."""
    await engine().aclose()


async def migrate() -> list[str]:
    """Bring the schema up to date and tell which migrations ran; safe from several processes at once."""
    return await migrating.migrate(engine())


async def pending_migrations() -> list[str]:
    """The ids of the migrations that have not run here yet."""
    return await migrating.pending()
