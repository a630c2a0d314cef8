"""Unique indexes: the same name for the same fault on both databases."""

from __future__ import annotations

import pytest

from summit_service import db

TABLES = (
    "CREATE TABLE seat (id INTEGER PRIMARY KEY, code VARCHAR(10) UNIQUE, event INTEGER, email VARCHAR(80))",
    "CREATE UNIQUE INDEX seat_event_email ON seat (event, email)",
    "CREATE UNIQUE INDEX seat_email_folded ON seat (lower(email))",
    "INSERT INTO seat VALUES (1, 'a', 7, 'Ada@example.org')",
)


@pytest.fixture
async def seats(database: db.Engine) -> db.Engine:
    for statement in TABLES:
        await database.run_ddl(statement)
    return database


@pytest.mark.parametrize(
    ("row", "index"),
    [
        ("1, 'b', 8, 'b@example.org'", "seat_pkey"),
        ("2, 'a', 8, 'b@example.org'", "seat_code_key"),
        ("2, 'b', 8, 'ADA@example.org'", "seat_email_folded"),
    ],
)
async def test_unique_violation_names_its_index(seats: db.Engine, row: str, index: str) -> None:
    with pytest.raises(db.UniqueViolation) as caught, db.unique_violations():
        await seats.run_ddl(f"INSERT INTO seat VALUES ({row})")

    assert caught.value.index == index


async def test_unique_violation_of_several_columns_names_its_index(seats: db.Engine) -> None:
    await seats.run_ddl("DROP INDEX seat_email_folded")

    with pytest.raises(db.UniqueViolation) as caught, db.unique_violations():
        await seats.run_ddl("INSERT INTO seat VALUES (2, 'b', 7, 'Ada@example.org')")

    assert caught.value.index == "seat_event_email"


async def test_unique_violation_rolls_the_whole_transaction_back(seats: db.Engine) -> None:
    async def act() -> None:
        with db.unique_violations():
            async with db.transaction():
                await seats.run_ddl("INSERT INTO seat VALUES (2, 'b', 8, 'b@example.org')")
                await seats.run_ddl("INSERT INTO seat VALUES (3, 'b', 9, 'c@example.org')")

    with pytest.raises(db.UniqueViolation):
        await act()

    assert [row["id"] for row in await seats.run_ddl("SELECT id FROM seat")] == [1]


async def test_other_faults_are_left_alone(seats: db.Engine) -> None:
    await seats.run_ddl("CREATE TABLE strict_one (n INTEGER NOT NULL)")

    with pytest.raises(Exception, match=r"(?i)not.null") as caught, db.unique_violations():
        await seats.run_ddl("INSERT INTO strict_one VALUES (NULL)")

    assert not isinstance(caught.value, db.UniqueViolation)
