"""Piccolo's engine for PostgreSQL, with a pool that survives the loss of its server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg
from asyncpg.pool import Pool, PoolConnectionProxy
from piccolo.engine.base import BaseBatch
from piccolo.engine.postgres import PostgresEngine
from piccolo.query.base import Query
from piccolo.querystring import QueryString

from summit_service import errors
from summit_service.postgres_transaction import (
    CONNECTIONS,
    ENDED,
    SummitTransaction,
    is_stale,
    throw_away,
    translation,
)

SECONDS_TO_CONNECT = 5.0
SECONDS_IN_THE_QUEUE = 60.0
"""For a connection while all are at work: a crowd is served one after the other, and each is answered."""
SECONDS_FOR_A_STATEMENT = 30.0
SECONDS_FOR_A_MIGRATION = 3600.0


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
            with translation():
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
    """A pool for each event loop, whose connections are made when they are first used."""

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
        with translation():
            connection = await pool.acquire(timeout=SECONDS_IN_THE_QUEUE)
        try:
            yield connection
        finally:
            await pool.release(connection)

    def live_transaction(self) -> SummitTransaction | None:
        """The transaction of this task; RuntimeError when it has ended without the task noticing."""
        transaction: Any = self.current_transaction.get()
        if transaction is not None and transaction.has_ended:
            raise RuntimeError(ENDED)
        return cast(SummitTransaction | None, transaction)

    async def aclose(self) -> None:
        """Close the pool of the running loop."""
        found = self._by_loop.pop(id(asyncio.get_running_loop()), None)
        if found is not None:
            await found[1].close()

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Any]:
        text, args = querystring.compile_string(engine_type="postgres")
        return await self._run(text, args)

    async def run_text(self, text: str, args: Sequence[Any]) -> list[Any]:
        """A statement in the words of this database, with its values."""
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
        may_repeat = text.lstrip()[:6].upper() == "SELECT"
        for _ in range(CONNECTIONS if may_repeat else 0):
            try:
                return await self._run_once(text, args)
            except errors.Unavailable as fault:
                if not is_stale(fault):
                    raise
        return await self._run_once(text, args)

    async def _run_once(self, text: str, args: Sequence[Any]) -> list[Any]:
        async with self.borrowed() as connection:
            try:
                with translation():
                    return list(await connection.fetch(text, *args))
            except errors.Unavailable as fault:
                if is_stale(fault):
                    throw_away(connection)
                raise


async def _nothing_to_reset(connection: Any) -> None:
    """No statement of ours leaves anything in the session, and asyncpg ends an open transaction by itself."""
