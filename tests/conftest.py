"""Fixtures for every test: a fresh migrated database of either kind, and the time."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from summit_service import app, db
from tests import databases, no_secrets
from tests.databases import EmptiedPostgres, Postgres

# In CI the same examples each time: a find of chance belongs to the one who looks for it, with `--hypothesis-seed`.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI") == "true":
    hypothesis.settings.load_profile("ci")

IN_MEMORY, NEEDED = Path("/dev/shm"), 2 << 30


def pytest_configure() -> None:
    """Keep the tests' files in memory where there is room: each commit of SQLite waits for the disk otherwise."""
    if os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > NEEDED:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))


def pytest_collection_finish() -> None:
    """What has been collected stays to the end: the search for cycles need not walk through it a thousand times."""
    app.settle()


pytest_plugins = ["tests.clients", "tests.no_secrets", "tests.postbox"]


@pytest.fixture(scope="session")
def worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return databases.sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_server(worker: str) -> Iterator[Postgres]:
    with databases.postgres_server(worker) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> Iterator[Postgres]:
    with databases.postgres_template(postgres_server) as server:
        yield server


@pytest.fixture(scope="session")
def emptied_postgres(postgres_template: Postgres) -> Iterator[EmptiedPostgres]:
    found = EmptiedPostgres(postgres_template)
    yield found
    found.drop()


@pytest.fixture(params=databases.KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Every test that asks for a database runs on both."""
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh migrated database, for tests that start servers; nothing is bound to it."""
    if database_kind == "sqlite":
        yield databases.sqlite_copy(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    emptied: EmptiedPostgres = request.getfixturevalue("emptied_postgres")
    yield emptied.url()


@pytest.fixture
def empty_database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    with databases.postgres_copy(request.getfixturevalue("postgres_server"), template=None) as url:
        yield url


@pytest.fixture
async def database(database_url: str, tmp_path: Path, issued_tokens: object) -> AsyncIterator[db.Engine]:
    """A fresh migrated database, bound and open for this test; at its end no token may stand in it."""
    engine = db.connect(database_url)
    db.bind(engine)
    await db.open()
    yield engine
    db.bind(engine)
    try:
        await no_secrets.check_database(tmp_path)
    finally:
        await engine.aclose()


@pytest.fixture
def now() -> datetime:
    """A Monday morning in March."""
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
