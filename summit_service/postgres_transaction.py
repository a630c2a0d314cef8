"""Transactions on PostgreSQL, and what the errors of its driver mean."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import Token
from typing import TYPE_CHECKING, Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from piccolo.engine.exceptions import TransactionError
from piccolo.engine.postgres import PostgresTransaction, Savepoint

from summit_service import errors

if TYPE_CHECKING:
    from summit_service.postgres_engine import SummitPostgresEngine

CONNECTIONS = 10
ENDED = "This task outlived the transaction that it was started in; start tasks after the commit."
FAILED = "A statement of this transaction failed; nothing more can be done in it."
NO_NULL = "There is a null character in what was sent. Take it out."

_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresIOError,
    asyncpg.InternalClientError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.ReadOnlySQLTransactionError,
)
_STALE = (
    ConnectionError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what a connection says that was shut down while nobody listened
)
_BUSY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError)
_OURS = (asyncpg.DataError, asyncpg.ClientConfigurationError, asyncpg.UnsupportedClientFeatureError)


@contextmanager
def translation() -> Iterator[None]:
    """Turns a lost or overloaded database into errors.Unavailable and leaves our own mistakes alone.

    A null character, which PostgreSQL cannot even look for, becomes errors.Invalid; so does a number that is too
    large for its column, as the ids in addresses may be.
    """
    try:
        yield
    except _BUSY as fault:
        raise errors.Unavailable("The database is busy. Please try again in a moment.") from fault
    except asyncpg.CharacterNotInRepertoireError as fault:
        raise errors.Invalid.one("", NO_NULL) from fault
    except asyncpg.DataError as fault:
        raise errors.Invalid.one("", errors.CANNOT_BE_KEPT) from fault
    except _LOST as fault:
        raise errors.Unavailable("The database does not answer.") from fault
    except asyncpg.InterfaceError as fault:
        if isinstance(fault, _OURS) or "in progress" in str(fault):
            raise
        raise errors.Unavailable("The database does not answer.") from fault


def is_stale(fault: errors.Unavailable) -> bool:
    """Whether the connection had been lost before, so that another one may do."""
    return isinstance(fault.__cause__, _STALE)


def throw_away(connection: PoolConnectionProxy[Any]) -> None:
    """Close a lost connection, so that the pool does not hand it out again."""
    with suppress(asyncpg.InterfaceError):  # when the pool has taken it back already
        connection.terminate()


class SummitTransaction(PostgresTransaction):
    """READ COMMITTED on one pooled connection, which goes back to the pool whatever happens."""

    engine: SummitPostgresEngine
    connection: PoolConnectionProxy[Any]

    def __init__(self, engine: SummitPostgresEngine, allow_nested: bool) -> None:
        self.seconds: float | None = None
        self.has_ended = False
        self.has_failed = False
        parent: Any = engine.current_transaction.get()
        if parent is not None and parent.has_ended:
            token = engine.current_transaction.set(None)
            super().__init__(engine, allow_nested)
            engine.current_transaction.reset(token)
        else:
            super().__init__(engine, allow_nested)

    @property
    def is_committed(self) -> bool:
        return self._committed

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        for _ in range(CONNECTIONS):
            if await self._begin():
                break
        else:
            raise errors.Unavailable("The database does not answer.")
        self._token: Token[Any] = self.engine.current_transaction.set(self)
        return self

    async def _begin(self) -> bool:
        """False when the pool gave a connection that had been lost unnoticed: the next one may be new."""
        self._borrowed = self.engine.borrowed()
        self.connection = await self._borrowed.__aenter__()
        try:
            with translation():
                await self.connection.execute("BEGIN")
        except errors.Unavailable as fault:
            throw_away(self.connection)
            await self._leave()
            if is_stale(fault):
                return False
            raise
        except BaseException:
            await self._leave()
            raise
        return True

    async def __aexit__(self, kind: Any, fault: BaseException | None, traceback: Any) -> bool:
        if self._parent is not None:
            return False
        try:
            if fault is None and not self._committed and not self._rolled_back:
                await self.commit()
            elif not self._committed and not self._rolled_back:
                await self.rollback()
        finally:
            self.has_ended = True
            self.engine.current_transaction.reset(self._token)
            await self._leave()
        return False

    async def fetch(self, query: str, args: Sequence[Any] = ()) -> list[Any]:
        """Run one statement inside; after a failed one the rest is refused."""
        if self.has_ended:
            raise RuntimeError(ENDED)
        if self.has_failed:
            raise TransactionError(FAILED)
        try:
            with translation():
                return list(await self.connection.fetch(query, *args, timeout=self.seconds))
        except BaseException:
            self.has_failed = True
            raise

    async def commit(self) -> None:
        """COMMIT, to its end even if the task is cancelled meanwhile, so that what was done is known."""
        if self.has_failed:
            raise TransactionError(FAILED)
        await _to_its_end(self._commit())

    async def _commit(self) -> None:
        with translation():
            answer = await self.connection.execute("COMMIT")
        if answer != "COMMIT":
            raise TransactionError(FAILED)
        self._committed = True

    async def rollback(self) -> None:
        await _to_its_end(self._rollback())

    async def _rollback(self) -> None:
        try:
            await self.connection.execute("ROLLBACK")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
            throw_away(self.connection)
        self._rolled_back = True

    async def rollback_to(self, savepoint_name: str) -> None:
        savepoint: Any = Savepoint(name=savepoint_name, transaction=self)
        await savepoint.rollback_to()
        self.has_failed = False

    async def _leave(self) -> None:
        await self._borrowed.__aexit__(None, None, None)


async def _to_its_end(work: Any) -> None:
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:
                continue
        if not task.cancelled():
            task.exception()
        raise
