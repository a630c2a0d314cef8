"""Piccolo's engine for PostgreSQL with a pool that needs no server at the start and finds it again after a loss."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import Token
from typing import Any

import asyncpg
from asyncpg.pool import Pool, PoolConnectionProxy
from piccolo.engine.base import BaseBatch
from piccolo.engine.exceptions import TransactionError
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction, Savepoint
from piccolo.query.base import Query
from piccolo.querystring import QueryString

from summit_service import errors

CONNECTIONS = 10
SECONDS_TO_CONNECT = 5.0
SECONDS_FOR_A_STATEMENT = 30.0
SECONDS_FOR_A_MIGRATION = 3600.0
ENDED = "This task outlived the transaction that it was started in; start tasks after the commit."
FAILED = "A statement of this transaction failed; nothing more can be done in it."

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
_BUSY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError)
_OURS = (asyncpg.DataError, asyncpg.ClientConfigurationError, asyncpg.UnsupportedClientFeatureError)


@contextmanager
def _translation() -> Any:
    """Turns a lost, refused or overloaded database into errors.Unavailable and leaves our own mistakes alone."""
    try:
        yield
    except _BUSY as fault:
        raise errors.Unavailable("The database is busy. Please try again in a moment.") from fault
    except _LOST as fault:
        raise errors.Unavailable("The database does not answer.") from fault
    except asyncpg.InterfaceError as fault:
        if isinstance(fault, _OURS) or "in progress" in str(fault):
            raise
        raise errors.Unavailable("The database does not answer.") from fault


class SummitTransaction(PostgresTransaction):
    """READ COMMITTED on one pooled connection, which goes back to the pool whatever happens."""

    engine: SummitPostgresEngine
    connection: PoolConnectionProxy[Any]

    def __init__(self, engine: SummitPostgresEngine, allow_nested: bool) -> None:
        self.seconds: float | None = None
        self.has_ended = False
        self.has_failed = False
        parent = engine.current_transaction.get()
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
        self._borrowed = self.engine.borrowed()
        self.connection = await self._borrowed.__aenter__()
        try:
            with _translation():
                await self.connection.execute("BEGIN")
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
            elif not self._committed and not self._rolled_back and not self.connection.is_closed():
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
            with _translation():
                return await self.connection.fetch(query, *args, timeout=self.seconds)
        except BaseException:
            self.has_failed = True
            raise

    async def commit(self) -> None:
        """COMMIT, to its end even if the task is cancelled meanwhile, so that what was done is known."""
        if self.has_failed:
            raise TransactionError(FAILED)
        await _to_its_end(self._commit())

    async def _commit(self) -> None:
        with _translation():
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
            self.connection.terminate()
        self._rolled_back = True

    async def rollback_to(self, savepoint_name: str) -> None:
        await Savepoint(name=savepoint_name, transaction=self).rollback_to()
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


class _Batch(BaseBatch):
    """Rows in portions through a server-side cursor."""

    def __init__(self, engine: SummitPostgresEngine, query: Query[Any, Any], size: int) -> None:
        self.engine, self.query, self.size = engine, query, size

    async def __aenter__(self) -> _Batch:
        text, args = self.query.querystrings[0].compile_string(engine_type="postgres")
        self._portions = self._open(text, args)
        return self

    async def _open(self, text: str, args: Sequence[Any]) -> AsyncIterator[list[Any]]:
        async with self.engine.transaction() as transaction:
            with _translation():
                cursor = await transaction.connection.cursor(text, *args)
                while rows := await cursor.fetch(self.size):
                    yield rows

    def __aiter__(self) -> _Batch:
        return self

    async def __anext__(self) -> list[dict[str, Any]]:
        return list(await self.query._process_results(await anext(self._portions)))

    async def __aexit__(self, *fault: object) -> bool:
        await self._portions.aclose()  # type: ignore[attr-defined]
        return False


class SummitPostgresEngine(PostgresEngine):
    """A pool for each event loop, made when it is first needed; its connections are made when they are first used."""

    def __init__(self, dsn: str) -> None:
        super().__init__(config={"dsn": dsn, "timeout": SECONDS_TO_CONNECT})
        self._by_loop: dict[int, tuple[asyncio.AbstractEventLoop, Pool[Any]]] = {}

    async def check_version(self) -> None:
        """Making an engine asks no server."""

    async def pool_here(self) -> Pool[Any]:
        """That of the running loop; no connection is made here, so this works without a server."""
        loop = asyncio.get_running_loop()
        found = self._by_loop.get(id(loop))
        if found is None or found[0] is not loop:
            pool = asyncpg.create_pool(
                **self.config,
                min_size=0,
                max_size=CONNECTIONS,
                command_timeout=SECONDS_FOR_A_STATEMENT,
                reset=_nothing_to_reset,
            )
            found = self._by_loop[id(loop)] = (loop, pool)
            await pool
        return found[1]

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[PoolConnectionProxy[Any]]:
        """A pooled connection; errors.Unavailable when none is to be had."""
        pool = await self.pool_here()
        with _translation():
            connection = await pool.acquire(timeout=SECONDS_TO_CONNECT * 2)
        try:
            yield connection
        finally:
            await pool.release(connection)

    def live_transaction(self) -> SummitTransaction | None:
        """The transaction of this task; RuntimeError when it has ended without the task noticing."""
        transaction: SummitTransaction | None = self.current_transaction.get()
        if transaction is not None and transaction.has_ended:
            raise RuntimeError(ENDED)
        return transaction

    async def aclose(self) -> None:
        """Close the pool of the running loop."""
        found = self._by_loop.pop(id(asyncio.get_running_loop()), None)
        if found is not None:
            await found[1].close()

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Any]:
        text, args = querystring.compile_string(engine_type="postgres")
        return await self._run(text, args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Any]:
        return await self._run(ddl, ())

    async def batch(self, query: Query[Any, Any], batch_size: int = 100, node: str | None = None) -> Any:
        return _Batch(self, query, batch_size)

    def transaction(self, allow_nested: bool = True) -> SummitTransaction:
        return SummitTransaction(self, allow_nested)

    def migration_transaction(self) -> SummitTransaction:
        """One whose statements may take their time."""
        transaction = self.transaction(allow_nested=False)
        transaction.seconds = SECONDS_FOR_A_MIGRATION
        return transaction

    async def _run(self, text: str, args: Sequence[Any]) -> list[Any]:
        transaction = self.live_transaction()
        if transaction is not None:
            return await transaction.fetch(text, args)
        async with self.borrowed() as connection:
            with _translation():
                return await connection.fetch(text, *args)


async def _nothing_to_reset(connection: Any) -> None:
    """No statement of ours leaves anything in the session, and asyncpg ends an open transaction by itself."""
