"""A database that is away or out of order: a clear refusal, and recovery without a restart."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from summit_service import db, errors
from tests.databases import Postgres, postgres_copy, sqlite_copy
from tests.db.people import count_people, emails, insert_person


@pytest.fixture
async def postgres(postgres_template: Postgres, postgres_url: str) -> AsyncIterator[Postgres]:
    db.bind(db.connect(postgres_url))
    yield postgres_template
    await db.close()


@pytest.fixture
def postgres_url(postgres_template: Postgres) -> Iterator[str]:
    with postgres_copy(postgres_template, template=postgres_template.template) as url:
        yield url


async def kill_connections(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_killed_idle_connections_are_replaced(
    postgres: Postgres, postgres_url: str, now: datetime
) -> None:
    await asyncio.gather(*(insert_person(f"{n}@example.org", now=now) for n in range(5)))

    await kill_connections(postgres_url)

    async with db.transaction():
        await insert_person("after@example.org", now=now)
    assert await count_people() == 6


async def test_connection_killed_inside_a_transaction_is_unavailable_and_keeps_nothing(
    postgres: Postgres, postgres_url: str, now: datetime
) -> None:
    async def act() -> None:
        async with db.transaction():
            await insert_person("gone@example.org", now=now)
            await kill_connections(postgres_url)
            await insert_person("never@example.org", now=now)

    for _ in range(12):
        with pytest.raises(errors.Unavailable, match="does not answer"):
            await act()

    assert await emails() == []


async def test_connection_killed_before_the_commit_is_unavailable(
    postgres: Postgres, postgres_url: str, now: datetime
) -> None:
    called: list[bool] = []

    async def act() -> None:
        async with db.transaction() as transaction:
            transaction.after_commit(lambda: called.append(True))
            await insert_person("gone@example.org", now=now)
            await kill_connections(postgres_url)

    with pytest.raises(errors.Unavailable):
        await act()

    assert called == []
    assert await emails() == []


async def test_server_that_is_down_at_the_start_is_used_when_it_comes(
    postgres_template: Postgres, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    door, port = _closed_door()
    db.bind(db.connect(postgres_url.replace(_host_and_port(postgres_url), f"127.0.0.1:{port}")))

    await db.open()
    with pytest.raises(errors.Unavailable, match="does not answer"):
        await count_people()
    with pytest.raises(errors.Unavailable):
        async with db.transaction():
            pass
    opened = await _open_door(door, postgres_url)
    found = await count_people()
    await db.close()
    opened.close()

    assert "does not answer yet" in caplog.text
    assert found == 0


def _closed_door() -> tuple[socket.socket, int]:
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    return door, door.getsockname()[1]


def _host_and_port(url: str) -> str:
    return url.rpartition("@")[2].partition("/")[0]


async def _open_door(door: socket.socket, url: str) -> asyncio.Server:
    """Pass on every byte between the door and the server."""
    host, _, port = _host_and_port(url).partition(":")

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, int(port or 5432))
        await asyncio.gather(pump(reader, back), pump(there, writer))

    return await asyncio.start_server(pass_on, sock=door)


async def test_sqlite_that_is_locked_is_unavailable_and_usable_afterwards(
    sqlite_template: Path, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("summit_service.sqlite_connection.BUSY_SECONDS", 0.2)
    db.bind(db.connect(sqlite_copy(sqlite_template, tmp_path)))
    other = sqlite3.connect(tmp_path / "summit.sqlite")
    await db.ping()
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(errors.Unavailable, match="busy"):
        await insert_person("a@example.org", now=now)
    with pytest.raises(errors.Unavailable, match="busy"):
        async with db.transaction():
            pass
    other.rollback()
    await insert_person("b@example.org", now=now)

    assert await emails() == ["b@example.org"]
    await db.close()
    other.close()


async def test_sqlite_that_is_full_is_unavailable_and_keeps_nothing_by_halves(
    sqlite_template: Path, tmp_path: Path, now: datetime
) -> None:
    db.bind(db.connect(sqlite_copy(sqlite_template, tmp_path)))
    pages = (await db.engine().run_ddl("PRAGMA page_count"))[0]["page_count"]

    async def act() -> None:
        async with db.transaction():
            await db.engine().run_ddl(f"PRAGMA max_page_count={pages + 2}")
            await insert_person("a@example.org", now=now)
            for number in range(2000):
                await insert_person(f"{number}{'x' * 200}@example.org", now=now)

    with pytest.raises(errors.Unavailable, match="does not answer"):
        await act()
    await db.engine().run_ddl("PRAGMA max_page_count=1000000")
    await insert_person("b@example.org", now=now)

    assert await emails() == ["b@example.org"]
    await db.close()


async def test_sqlite_whose_folder_cannot_be_made_is_unavailable_until_it_can(tmp_path: Path) -> None:
    blocker = tmp_path / "var"
    blocker.write_text("a file where a folder has to be")
    db.bind(db.connect(f"sqlite:///{blocker}/summit.sqlite"))

    await db.open()
    with pytest.raises(errors.Unavailable, match="does not answer"):
        await db.ping()
    blocker.unlink()
    await db.ping()

    await db.close()
    assert (tmp_path / "var" / "summit.sqlite").exists()


async def test_database_now_is_the_time(database: db.Engine) -> None:
    found = await db.database_now()

    assert found.tzinfo is UTC
    assert abs(found - datetime.now(UTC)) < timedelta(seconds=5)


def test_connect_refuses_what_is_no_database() -> None:
    with pytest.raises(ValueError, match="sqlite:///FILE"):
        db.connect("mysql://localhost/x")


def test_engine_is_usable_in_one_loop_after_another(database_url: str) -> None:
    db.bind(db.connect(database_url))

    async def count() -> int:
        found = await count_people()
        await db.close()
        return found

    assert [asyncio.run(count()) for _ in range(3)] == [0, 0, 0]


async def test_closing_leaves_no_thread_and_no_connection(database: db.Engine) -> None:
    await asyncio.gather(*(count_people() for _ in range(20)))

    await db.close()
    await asyncio.sleep(0)

    assert _open_files("summit.sqlite") == []


def _open_files(name: str) -> list[Path]:
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(descriptor.readlink())
    return [path for path in found if path.name.startswith(name)]
