"""Transactions: what is kept, what is not, and what is refused."""

from __future__ import annotations

import asyncio
import contextvars
from datetime import datetime

import pytest
from piccolo.engine.exceptions import TransactionError

from summit_service import db
from tests.db.people import count_people, emails, insert_person


async def test_transaction_commits(database: db.Engine, now: datetime) -> None:
    async with db.transaction():
        await insert_person("a@example.org", now=now)

    assert await emails() == ["a@example.org"]


async def test_transaction_rolls_back_when_something_is_raised(database: db.Engine, now: datetime) -> None:
    async def act() -> None:
        async with db.transaction():
            await insert_person("a@example.org", now=now)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await act()

    assert await emails() == []


async def test_transaction_inside_a_transaction_is_refused(database: db.Engine, now: datetime) -> None:
    async def act() -> None:
        async with db.transaction():
            await insert_person("a@example.org", now=now)
            async with db.transaction():
                pass

    with pytest.raises(RuntimeError, match="a transaction inside a transaction"):
        await act()

    assert await emails() == []


async def test_transaction_reads_its_own_writes(database: db.Engine, now: datetime) -> None:
    async with db.transaction():
        await insert_person("a@example.org", now=now)
        inside = await emails()
        outside = await asyncio.create_task(emails(), context=_outside())

    assert (inside, outside) == (["a@example.org"], [])


def _outside() -> contextvars.Context:
    return contextvars.Context()


async def test_after_commit_runs_once_the_rows_are_there(database: db.Engine, now: datetime) -> None:
    called: list[bool] = []

    async with db.transaction() as transaction:
        await insert_person("a@example.org", now=now)
        transaction.after_commit(lambda: called.append(db.in_transaction()))
        before = list(called)

    assert before == []
    assert called == [False]


async def test_after_commit_does_not_run_after_a_rollback(database: db.Engine, now: datetime) -> None:
    called: list[bool] = []

    async def act() -> None:
        async with db.transaction() as transaction:
            transaction.after_commit(lambda: called.append(True))
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        await act()

    assert called == []


async def test_after_commit_that_fails_leaves_the_others_alone(database: db.Engine, now: datetime) -> None:
    called: list[bool] = []

    async with db.transaction() as transaction:
        await insert_person("a@example.org", now=now)
        transaction.after_commit(lambda: called[5])
        transaction.after_commit(lambda: called.append(True))

    assert called == [True]
    assert await count_people() == 1


async def test_current_transaction_outside_is_refused(database: db.Engine) -> None:
    async with db.transaction() as opened:
        inside = db.current_transaction()

    assert inside is opened
    assert not db.in_transaction()
    with pytest.raises(RuntimeError, match=r"inside db\.transaction"):
        db.current_transaction()


async def test_swallowed_failure_cannot_be_committed(database: db.Engine, now: datetime) -> None:
    async def act() -> None:
        async with db.transaction() as transaction:
            transaction.after_commit(lambda: called.append(True))
            await insert_person("a@example.org", now=now)
            with pytest.raises(Exception, match="no_such_table"):
                await db.engine().run_ddl("INSERT INTO no_such_table VALUES (1)")

    called: list[bool] = []

    with pytest.raises(TransactionError, match="failed"):
        await act()

    assert called == []
    assert await emails() == []


async def test_statement_after_a_failed_one_is_refused(database: db.Engine, now: datetime) -> None:
    async def act() -> None:
        async with db.transaction():
            with pytest.raises(Exception, match="no_such_table"):
                await db.engine().run_ddl("INSERT INTO no_such_table VALUES (1)")
            await insert_person("a@example.org", now=now)

    with pytest.raises(TransactionError, match="failed"):
        await act()

    assert await emails() == []


async def test_savepoint_fails_alone(database: db.Engine, now: datetime) -> None:
    called: list[str] = []

    async def part(transaction: db.Transaction) -> None:
        async with transaction.savepoint():
            await insert_person("b@example.org", now=now)
            transaction.after_commit(lambda: called.append("b"))
            await db.engine().run_ddl("INSERT INTO no_such_table VALUES (1)")

    async with db.transaction() as transaction:
        await insert_person("a@example.org", now=now)
        transaction.after_commit(lambda: called.append("a"))
        with pytest.raises(Exception, match="no_such_table"):
            await part(transaction)
        await insert_person("c@example.org", now=now)

    assert await emails() == ["a@example.org", "c@example.org"]
    assert called == ["a"]


async def test_task_that_outlives_its_transaction_cannot_write(database: db.Engine, now: datetime) -> None:
    over = asyncio.Event()

    async def late() -> None:
        await over.wait()
        await insert_person("late@example.org", now=now)

    async with db.transaction():
        task = asyncio.create_task(late())
        await insert_person("a@example.org", now=now)
    over.set()

    with pytest.raises(RuntimeError, match="outlived the transaction"):
        await task
    assert await emails() == ["a@example.org"]


async def test_task_that_outlives_its_transaction_may_open_its_own(
    database: db.Engine, now: datetime
) -> None:
    over = asyncio.Event()

    async def late() -> None:
        await over.wait()
        async with db.transaction():
            await insert_person("late@example.org", now=now)

    async with db.transaction():
        task = asyncio.create_task(late())
    over.set()
    await task

    assert await emails() == ["late@example.org"]
