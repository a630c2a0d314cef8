"""Piccolo's engine for SQLite with connections that stay open: one that writes, a few that read."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from piccolo.engine.base import BaseBatch
from piccolo.engine.sqlite import SQLiteEngine, TransactionType
from piccolo.query.base import Query
from piccolo.querystring import QueryString

from summit_service.sqlite_connection import Row, SQLiteConnection
from summit_service.sqlite_transaction import ENDED, SummitTransaction

READERS = 4

_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|--[^\n]*|/\*.*?\*/""", re.DOTALL)


class _Connections:
    """Those of one event loop; loops, like processes, exclude each other through the file's own locks."""

    def __init__(self, kwargs: dict[str, Any]) -> None:
        self.kwargs = kwargs
        self.loop = asyncio.get_running_loop()
        self.writer = SQLiteConnection(kwargs, is_reader=False)
        self.write_lock = asyncio.Lock()
        self._idle: list[SQLiteConnection] = []
        self._seats = asyncio.Semaphore(READERS)

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[SQLiteConnection]:
        async with self._seats:
            connection = self._idle.pop() if self._idle else SQLiteConnection(self.kwargs, is_reader=True)
            try:
                yield connection
            finally:
                self._idle.append(connection)

    async def close(self) -> None:
        """Close them once nobody uses them any more."""
        for _ in range(READERS):
            await self._seats.acquire()
        async with self.write_lock:
            for connection in (*self._idle, self.writer):
                await connection.close()
            self._idle.clear()


class _Batch(BaseBatch):
    """Rows in portions, on a connection of their own unless a transaction is open."""

    def __init__(self, engine: SummitSQLiteEngine, query: Query[Any, Any], size: int) -> None:
        self.query, self.size = query, size
        self.transaction = engine.live_transaction()
        self.connection = (
            self.transaction.connection
            if self.transaction
            else SQLiteConnection(engine.connection_kwargs, is_reader=True)
        )

    async def __aenter__(self) -> _Batch:
        text, args = self.query.querystrings[0].compile_string(engine_type="sqlite")
        try:
            self.cursor: sqlite3.Cursor = await self.connection.call(
                lambda: self.connection.open().execute(text, args)
            )
        except BaseException:
            await self.__aexit__()
            raise
        return self

    def __aiter__(self) -> _Batch:
        return self

    async def __anext__(self) -> list[Row]:
        rows = await self.connection.call(self.cursor.fetchmany, self.size)
        if not rows:
            raise StopAsyncIteration
        return list(await self.query._process_results(rows))

    async def __aexit__(self, *fault: object) -> bool:
        if self.transaction is None:
            await self.connection.close()
        elif hasattr(self, "cursor"):
            await self.connection.call(self.cursor.close)
        return False


class SummitSQLiteEngine(SQLiteEngine):
    """One writer and a few readers for each event loop, opened when they are first needed."""

    def __init__(self, path: str) -> None:
        super().__init__(path=path)
        self._by_loop: dict[int, _Connections] = {}

    def connections(self) -> _Connections:
        """Those of the running loop; what ended loops left behind is forgotten."""
        loop = asyncio.get_running_loop()
        found = self._by_loop.get(id(loop))
        if found is None or found.loop is not loop:
            self._by_loop = {key: value for key, value in self._by_loop.items() if not value.loop.is_closed()}
            found = self._by_loop[id(loop)] = _Connections(self.connection_kwargs)
        return found

    def live_transaction(self) -> SummitTransaction | None:
        """The transaction of this task; RuntimeError when it has ended without the task noticing."""
        transaction: Any = self.current_transaction.get()
        if transaction is not None and transaction.has_ended:
            raise RuntimeError(ENDED)
        return cast(SummitTransaction | None, transaction)

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        found = self._by_loop.pop(id(asyncio.get_running_loop()), None)
        if found is not None:
            await found.close()

    async def run_querystring(self, querystring: QueryString, in_pool: bool = False) -> list[Row]:
        text, args = querystring.compile_string(engine_type="sqlite")
        return await self._run(text, args)

    async def run_text(self, text: str, args: Sequence[Any]) -> list[Row]:
        """A statement in the words of this database, with its values."""
        return await self._run(text, args)

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[Row]:
        return await self._run(ddl, ())

    async def batch(self, query: Query[Any, Any], batch_size: int = 100, node: str | None = None) -> Any:
        return _Batch(self, query, batch_size)

    def transaction(
        self, transaction_type: TransactionType = TransactionType.immediate, allow_nested: bool = True
    ) -> SummitTransaction:
        return SummitTransaction(self, transaction_type, allow_nested)

    def migration_transaction(self) -> SummitTransaction:
        """One without foreign keys, on a writer that is opened afresh afterwards."""
        transaction = self.transaction(allow_nested=False)
        transaction.is_migration = True
        return transaction

    async def _run(self, text: str, args: Sequence[Any]) -> list[Row]:
        transaction = self.live_transaction()
        if transaction is not None:
            return await transaction.execute(text, args)
        connections = self.connections()
        if is_read(text):
            async with connections.reader() as reader:
                return await reader.execute(text, args)
        async with connections.write_lock:
            return await connections.writer.execute(text, args)


def is_read(text: str) -> bool:
    """Whether a reading connection may run this: SELECT, and WITH unless a word in it could write."""
    start = text.lstrip()[:6].upper()
    if start == "SELECT":
        return True
    return start.startswith("WITH") and not _WRITES.search(_QUOTED.sub("", text))
