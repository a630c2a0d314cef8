"""One SQLite connection with a thread of its own, and what its errors mean."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from summit_service import errors

T = TypeVar("T")
Row = dict[str, Any]

BUSY_SECONDS = 10

# A confirmed registration has to survive a power cut: in WAL mode only FULL syncs the log at each commit.
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=1",
    "PRAGMA cache_size=-16000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA journal_size_limit=67108864",
)

_OUT_OF_ORDER = (
    "BUSY",
    "LOCKED",
    "CANTOPEN",
    "FULL",
    "IOERR",
    "READONLY",
    "NOTADB",
    "CORRUPT",
    "PROTOCOL",
    "NOMEM",
)
_REOPEN = ("CANTOPEN", "IOERR", "READONLY", "NOTADB", "CORRUPT")
_UNIQUE_COLUMNS = re.compile(r"UNIQUE constraint failed: (?P<columns>[^']+)$")
_UNIQUE_INDEX = re.compile(r"UNIQUE constraint failed: index '(?P<index>.+)'$")


class SQLiteConnection:
    """A raw connection that is touched by its own thread only; one task at a time may hold it."""

    def __init__(self, kwargs: dict[str, Any], *, is_reader: bool) -> None:
        self.kwargs = kwargs
        self.is_reader = is_reader
        self.raw: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")

    async def call(self, function: Callable[..., T], *args: Any, may_interrupt: bool = True) -> T:
        """Run `function` in the thread; a cancelled task waits for its end before it raises."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, functools.partial(function, *args))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await _ended(future, self.interrupt if may_interrupt else _leave_alone)
            raise
        except sqlite3.Error as fault:
            raise translated(fault) from fault
        except (OverflowError, UnicodeEncodeError) as fault:
            raise errors.Invalid.one("", errors.CANNOT_BE_KEPT) from fault

    async def execute(self, query: str, args: Sequence[Any] = ()) -> list[Row]:
        """Run one statement and fetch all of its rows."""
        return await self.call(self._execute, query, args)

    async def close(self) -> None:
        """Close the connection and let its thread end."""
        try:
            await self.call(self.close_raw)
        finally:
            self._thread.shutdown(wait=False)

    def open(self) -> sqlite3.Connection:
        """The raw connection, made when it is missing; call it in the thread only."""
        if self.raw is None:
            with contextlib.suppress(OSError):  # SQLite says better what is wrong
                Path(self.kwargs["database"]).parent.mkdir(parents=True, exist_ok=True)
            raw = sqlite3.connect(
                **{**self.kwargs, "timeout": BUSY_SECONDS}, check_same_thread=False, cached_statements=512
            )
            try:
                _prepare(raw, is_reader=self.is_reader)
            except BaseException:
                raw.close()
                raise
            self.raw = raw
        return self.raw

    def interrupt(self) -> None:
        """Ask SQLite to give up what it does; a statement that has ended does not notice."""
        if self.raw is not None:
            self.raw.interrupt()

    def abandon(self) -> None:
        """Roll back what is open, and start afresh when even that fails; in the thread only."""
        try:
            if self.raw is not None and self.raw.in_transaction:
                self.raw.execute("ROLLBACK")
        except sqlite3.Error:
            self.close_raw()

    def _execute(self, query: str, args: Sequence[Any]) -> list[Row]:
        raw = self.open()
        try:
            cursor = raw.execute(query, args)
            return cursor.fetchall() if cursor.description else []
        except sqlite3.IntegrityError as fault:
            fault.index = unique_index(raw, str(fault))  # type: ignore[attr-defined]
            raise
        except sqlite3.DatabaseError as fault:
            if _name(fault).startswith(_REOPEN):
                self.close_raw()
            raise

    def close_raw(self) -> None:
        """Close it, which rolls back; the next use opens it again; in the thread only."""
        raw, self.raw = self.raw, None
        if raw is not None:
            raw.close()


def _leave_alone() -> None:
    """For a COMMIT or a ROLLBACK, which must run to its end."""


async def _ended(future: asyncio.Future[Any], interrupt: Callable[[], None]) -> None:
    while not future.done():
        interrupt()
        try:
            await asyncio.wait({future}, timeout=0.05)
        except asyncio.CancelledError:
            continue
    if not future.cancelled():
        future.exception()


def _prepare(raw: sqlite3.Connection, *, is_reader: bool) -> None:
    for pragma in PRAGMAS:
        _patiently(raw, pragma)
    if is_reader:
        raw.execute("PRAGMA query_only=1")
    raw.row_factory = _as_dict


def _patiently(raw: sqlite3.Connection, pragma: str) -> None:
    """SQLite does not wait for the lock when two processes turn on WAL at the same moment, so we do."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            raw.execute(pragma).fetchall()
            return
        except sqlite3.OperationalError as fault:
            if not _name(fault).startswith("BUSY") or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def translated(fault: sqlite3.Error) -> Exception:
    """The same error, or errors.Unavailable when the database rather than the statement is at fault."""
    name = _name(fault)
    if name.startswith(("BUSY", "LOCKED")):
        return errors.Unavailable("The database is busy. Please try again in a moment.")
    if name.startswith(_OUT_OF_ORDER):
        return errors.Unavailable("The database does not answer.")
    return fault


def _name(fault: sqlite3.Error) -> str:
    return (getattr(fault, "sqlite_errorname", None) or "").removeprefix("SQLITE_")


def unique_index(raw: sqlite3.Connection, message: str) -> str | None:
    """The index behind a unique fault, named as PostgreSQL would name it; None for other faults."""
    named = _UNIQUE_INDEX.search(message)
    if named:
        return named["index"]
    match = _UNIQUE_COLUMNS.search(message)
    if not match:
        return None
    table, _, _ = match["columns"].partition(".")
    columns = [part.strip().partition(".")[2] for part in match["columns"].split(",")]
    return _index_over(raw, table, columns) or match["columns"]


def _index_over(raw: sqlite3.Connection, table: str, columns: list[str]) -> str | None:
    indexes = raw.execute(f'PRAGMA index_list("{table}")').fetchall()
    for index in indexes:
        parts = raw.execute(f'PRAGMA index_info("{index["name"]}")').fetchall()
        if index["unique"] and [part["name"] for part in parts] == columns:
            return _name_of(index, table, columns)
    return f"{table}_pkey" if columns == _primary_key(raw, table) else None


def _name_of(index: Row, table: str, columns: list[str]) -> str:
    names = {"pk": f"{table}_pkey", "u": f"{table}_{'_'.join(columns)}_key"}
    return names.get(index["origin"]) or str(index["name"])


def _primary_key(raw: sqlite3.Connection, table: str) -> list[str]:
    return [column["name"] for column in raw.execute(f'PRAGMA table_info("{table}")') if column["pk"]]
