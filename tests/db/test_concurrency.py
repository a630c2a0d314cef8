"""Many at once, in one process and in several: nothing is lost, nothing is left behind."""

from __future__ import annotations

import asyncio
import contextvars
import sqlite3
import sys
from asyncio.subprocess import PIPE
from datetime import datetime
from pathlib import Path

import pytest

from summit_service import db
from summit_service.accounts.tables import Person
from tests.db.people import count_people, emails, insert_person

SLOW_WRITE = (
    "INSERT INTO link (purpose, subject, token_hash, created_at) WITH RECURSIVE n(i) AS "
    "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000000) "
    "SELECT 'x', 'x', 'x', '2026-01-01T00:00:00+00:00' FROM n WHERE i < 0"
)
SLOW_READ = "SELECT count(*) AS n FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000000) SELECT i FROM n) AS x"  # noqa: E501
SLEEP = "SELECT pg_sleep(60)"


async def increment(person: int, *, times: int) -> None:
    for _ in range(times):
        async with db.transaction():
            query = Person.select(Person.name).where(Person.id == person).first()
            row = await db.for_update(query)
            assert row is not None
            await Person.update({Person.name: str(int(row["name"]) + 1)}).where(Person.id == person)


async def test_increments_of_one_row_are_not_lost(database: db.Engine, now: datetime) -> None:
    person = await insert_person("hot@example.org", now=now)
    await Person.update({Person.name: "0"}).where(Person.id == person)

    await asyncio.gather(*(increment(person, times=5) for _ in range(20)))

    assert await Person.select(Person.name).output(as_list=True) == ["100"]


async def test_for_update_outside_a_transaction_is_refused(database: db.Engine) -> None:
    with pytest.raises(RuntimeError, match="inside"):
        db.for_update(Person.select())


async def test_skip_locked_leaves_out_what_another_has_locked(database: db.Engine, now: datetime) -> None:
    first = await insert_person("a@example.org", now=now)
    await insert_person("b@example.org", now=now)
    claimed: list[list[int]] = []

    async def claim() -> None:
        async with db.transaction():
            query = Person.select(Person.id).where(Person.name != "taken").order_by(Person.id).limit(1)
            rows = await db.for_update_skip_locked(query)
            ids = [row["id"] for row in rows]
            await Person.update({Person.name: "taken"}).where(Person.id.is_in(ids))
            claimed.append(ids)

    await asyncio.gather(claim(), claim())

    assert sorted(claimed) == [[first], [first + 1]]


async def test_cancelled_statement_rolls_back_and_frees_the_writer(
    database: db.Engine, now: datetime
) -> None:
    inserted = asyncio.Event()

    async def act() -> None:
        async with db.transaction():
            await insert_person("gone@example.org", now=now)
            inserted.set()
            await database.run_ddl(SLOW_WRITE if db.is_sqlite() else SLEEP)

    task = asyncio.create_task(act())
    await inserted.wait()
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(10):
            await task
    async with asyncio.timeout(10), db.transaction():
        await insert_person("next@example.org", now=now)

    assert await emails() == ["next@example.org"]


async def test_cancelled_read_frees_its_connection(database: db.Engine) -> None:
    slow = SLOW_READ if db.is_sqlite() else SLEEP

    for _ in range(12):
        task = asyncio.create_task(database.run_ddl(slow))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async with asyncio.timeout(10):
        assert await count_people() == 0


async def test_cancelling_while_waiting_for_the_writer_leaves_it_usable(
    database: db.Engine, now: datetime
) -> None:
    async def wait_in_line() -> None:
        async with db.transaction():
            await insert_person("impatient@example.org", now=now)
            await asyncio.sleep(60)

    tasks = [asyncio.create_task(wait_in_line()) for _ in range(5)]
    await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(10), db.transaction():
        await insert_person("next@example.org", now=now)

    assert await emails() == ["next@example.org"]


async def test_cancelled_at_any_moment_keeps_all_or_nothing(database: db.Engine, now: datetime) -> None:
    told: list[int] = []

    async def act(number: int) -> None:
        async with db.transaction() as transaction:
            transaction.after_commit(lambda: told.append(number))
            await insert_person(f"{number}-a@example.org", now=now)
            await insert_person(f"{number}-b@example.org", now=now)

    for number in range(60):
        task = asyncio.create_task(act(number))
        for _ in range(number % 20):
            await asyncio.sleep(0)
        await asyncio.sleep(0.0002 * (number % 7))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    expected = sorted(f"{number}-{half}@example.org" for number in told for half in "ab")
    assert await emails() == expected


async def test_batch_gives_all_rows_and_sees_the_transaction(database: db.Engine, now: datetime) -> None:
    async def portions() -> list[int]:
        async with await Person.select(Person.email).batch(batch_size=2) as batch:
            return [len(rows) async for rows in batch]

    for number in range(4):
        await insert_person(f"{number}@example.org", now=now)

    outside = await portions()
    async with db.transaction():
        await insert_person("4@example.org", now=now)
        inside = await portions()

    assert (outside, inside) == ([2, 2], [2, 2, 1])


async def test_select_with_a_cte_is_not_kept_waiting_by_the_writer(database: db.Engine) -> None:
    async def read() -> int:
        rows = await database.run_ddl("WITH x AS (SELECT 1 AS update_count) SELECT update_count FROM x")
        return int(rows[0]["update_count"])

    async with asyncio.timeout(5), db.transaction():
        task = asyncio.create_task(read(), context=contextvars.Context())
        found = await task

    assert found == 1


async def test_cte_that_writes_is_kept(database: db.Engine, now: datetime) -> None:
    await insert_person("a@example.org", now=now)

    await database.run_ddl(
        "WITH x AS (SELECT 'b@example.org' AS e) UPDATE person SET email = (SELECT e FROM x)"
    )

    assert await emails() == ["b@example.org"]


WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from summit_service import db
from summit_service.accounts.tables import Person
from tests.db.test_concurrency import increment

async def main():
    db.bind(db.connect(sys.argv[1]))
    await db.ping()
    print("ready", flush=True)
    sys.stdin.readline()
    await asyncio.gather(*(increment(int(sys.argv[2]), times=20) for _ in range(5)))
    await db.close()

asyncio.run(main())
"""


async def test_two_processes_on_one_database_lose_nothing(
    database: db.Engine, database_url: str, now: datetime
) -> None:
    person = await insert_person("hot@example.org", now=now)
    await Person.update({Person.name: "0"}).where(Person.id == person)

    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, database_url, str(person), stdin=PIPE, stdout=PIPE
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        await process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
    codes = [await process.wait() for process in processes]

    assert codes == [0, 0]
    assert await Person.select(Person.name).output(as_list=True) == ["200"]


async def test_sqlite_confirms_only_what_is_on_the_disk(sqlite_template: Path, tmp_path: Path) -> None:
    db.bind(db.connect(f"sqlite:///{tmp_path / 'kept.sqlite'}"))

    async with db.transaction():
        rows = [await db.engine().run_ddl(f"PRAGMA {name}") for name in ("synchronous", "foreign_keys")]
    mode = await db.engine().run_ddl("PRAGMA journal_mode")
    await db.close()

    assert rows == [[{"synchronous": 2}], [{"foreign_keys": 1}]]
    assert mode == [{"journal_mode": "wal"}]
    assert sqlite3.sqlite_version_info >= (3, 35)
