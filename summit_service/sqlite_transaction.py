"""Transactions on SQLite: one at a time, on the one connection that writes."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import Token
from typing import TYPE_CHECKING, Any

from piccolo.engine.exceptions import TransactionError
from piccolo.engine.sqlite import Savepoint, SQLiteTransaction, TransactionType

from summit_service.sqlite_connection import Row, SQLiteConnection

if TYPE_CHECKING:
    from summit_service.sqlite_engine import SummitSQLiteEngine

SECONDS_TO_WAIT_FOR_A_MIGRATION = 600
ENDED = "This task outlived the transaction that it was started in; start tasks after the commit."
FAILED = "A statement of this transaction failed; nothing more can be done in it."


class SummitTransaction(SQLiteTransaction):
    """A transaction on the one writing connection; the lock is held until the last statement has ended."""

    engine: SummitSQLiteEngine
    connection: SQLiteConnection

    def __init__(
        self, engine: SummitSQLiteEngine, transaction_type: TransactionType, allow_nested: bool
    ) -> None:
        self.is_migration = False
        self.has_ended = False
        self.has_failed = False
        parent: Any = engine.current_transaction.get()
        if parent is not None and parent.has_ended:
            token = engine.current_transaction.set(None)
            super().__init__(engine, transaction_type, allow_nested)
            engine.current_transaction.reset(token)
        else:
            super().__init__(engine, transaction_type, allow_nested)

    @property
    def is_committed(self) -> bool:
        return self._committed

    async def __aenter__(self) -> SQLiteTransaction:
        if self._parent is not None:
            return self._parent
        connections = self.engine.connections()
        await connections.write_lock.acquire()
        self._lock, self.connection = connections.write_lock, connections.writer
        try:
            if self.is_migration:
                await self._prepare_for_migration()
            await self.connection.execute(f"BEGIN {self.transaction_type.value}")
        except BaseException:
            await self._leave()
            raise
        self._token: Token[Any] = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, kind: Any, fault: BaseException | None, traceback: Any) -> bool:
        if self._parent is not None:
            return False
        try:
            if fault is None and not self._committed and not self._rolled_back:
                await self.commit()
        finally:
            self.has_ended = True
            self.engine.current_transaction.reset(self._token)
            await self._leave()
        return False

    async def execute(self, query: str, args: Sequence[Any] = ()) -> list[Row]:
        """Run one statement inside; after a failed one the rest is refused, as PostgreSQL does."""
        if self.has_ended:
            raise RuntimeError(ENDED)
        if self.has_failed:
            raise TransactionError(FAILED)
        try:
            return await self.connection.execute(query, args)
        except BaseException:
            self.has_failed = True
            raise

    async def commit(self) -> None:
        if self.has_failed:
            raise TransactionError(FAILED)
        await self.connection.call(self._commit, may_interrupt=False)

    def _commit(self) -> None:
        if not self.connection.open().in_transaction:
            raise TransactionError(FAILED)
        self.connection.open().execute("COMMIT")
        self._committed = True

    async def rollback(self) -> None:
        await self.connection.call(self.connection.abandon, may_interrupt=False)
        self._rolled_back = True

    async def rollback_to(self, savepoint_name: str) -> None:
        savepoint: Any = Savepoint(name=savepoint_name, transaction=self)
        await savepoint.rollback_to()
        self.has_failed = False

    async def _prepare_for_migration(self) -> None:
        """Rebuilding a table drops it, which must not delete the rows that point to it."""
        await self.connection.execute("PRAGMA foreign_keys=0")
        await self.connection.execute(f"PRAGMA busy_timeout={SECONDS_TO_WAIT_FOR_A_MIGRATION * 1000}")

    async def _leave(self) -> None:
        try:
            leave = self.connection.close_raw if self.is_migration else self.connection.abandon
            await self.connection.call(leave, may_interrupt=False)
        finally:
            self._lock.release()
