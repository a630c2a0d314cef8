"""The tests' own ground: a database that is emptied is as good as a new one."""

from __future__ import annotations

import asyncpg

from tests.databases import EmptiedPostgres

ADD_ROW = "INSERT INTO mailer_status (id, pause_reason) VALUES (7, 'left behind')"


async def test_emptied_database_has_no_row_and_its_numbers_begin_again(
    emptied_postgres: EmptiedPostgres,
) -> None:
    connection = await asyncpg.connect(emptied_postgres.url())
    await connection.execute(ADD_ROW)
    await connection.execute("SELECT nextval('mailer_status_id_seq')")
    await connection.close()

    connection = await asyncpg.connect(emptied_postgres.url())

    assert await connection.fetchval("SELECT count(*) FROM mailer_status") == 0
    assert await connection.fetchval("SELECT nextval('mailer_status_id_seq')") == 1
    assert await connection.fetchval("SELECT count(*) FROM migration") > 0
    await connection.close()


async def test_emptied_database_is_made_anew_when_its_schema_was_changed(
    emptied_postgres: EmptiedPostgres,
) -> None:
    connection = await asyncpg.connect(emptied_postgres.url())
    await connection.execute("ALTER TABLE response DISABLE TRIGGER response_no_change")
    await connection.execute("DROP TABLE mailer_status")
    await connection.close()

    connection = await asyncpg.connect(emptied_postgres.url())

    assert await connection.fetchval("SELECT count(*) FROM mailer_status") == 0
    asleep = await connection.fetchval("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
    assert asleep == 0
    await connection.close()


async def test_emptied_database_ends_the_connections_of_the_test_before(
    emptied_postgres: EmptiedPostgres,
) -> None:
    left_open = await asyncpg.connect(emptied_postgres.url())

    emptied_postgres.url()

    try:
        await left_open.execute("SELECT 1")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return
    raise AssertionError("the connection of the test before is still there")
