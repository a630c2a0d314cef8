"""The database goes away while mail is sent: nothing is lost, nothing doubled, and it goes on by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from summit_service import db, settings
from summit_service.mail import mailer, queries
from summit_service.mail.delivery import Courier
from summit_service.mail.mailer import Pace
from summit_service.mail.render import Envelope
from summit_service.mail.rules import Answer
from summit_service.mail.sinks import BeforeDot
from summit_service.mail.tables import OutboxMessage
from tests.mail.letters import letter, post, post_many, row_of, until
from tests.postbox import Postbox
from tests.smtp_server import smtp_server

Away = Callable[[], Any]


@pytest.fixture
async def away(database: db.Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Away:
    """A context in which the database cannot be used."""
    monkeypatch.setattr("summit_service.sqlite_connection.BUSY_SECONDS", 0.1)
    await database.aclose()
    return lambda: _locked(database_url) if database_url.startswith("sqlite") else _renamed(database_url)


@asynccontextmanager
async def _locked(url: str) -> AsyncIterator[None]:
    other = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, check_same_thread=False)
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


@asynccontextmanager
async def _renamed(url: str) -> AsyncIterator[None]:
    name = urlsplit(url).path.lstrip("/")
    admin = await asyncpg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")))
    hang_up = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"

    async def rename() -> bool:
        await admin.execute(hang_up)
        try:
            await admin.execute(f'ALTER DATABASE "{name}" RENAME TO "{name}_away"')
        except asyncpg.ObjectInUseError:
            return False
        return True

    await until(rename)
    try:
        yield
    finally:
        await admin.execute(f'ALTER DATABASE "{name}_away" RENAME TO "{name}"')
        await admin.close()


class Interrupted(Postbox):
    """Takes the mail, and while it answers the database goes away for a moment."""

    def __init__(self, away: Away, *, before: bool) -> None:
        super().__init__()
        self.away, self.before = away, before
        self.back = asyncio.Event()

    async def send(self, envelope: Envelope, *, before_dot: BeforeDot) -> Answer:
        """The first mail meets the outage, before the dot is recorded or after."""
        if self.back.is_set():
            return await super().send(envelope, before_dot=before_dot)
        if self.before:
            async with self.away():
                self.back.set()
                return await super().send(envelope, before_dot=before_dot)
        answer = await super().send(envelope, before_dot=before_dot)
        outage = self.away()
        await outage.__aenter__()
        self.ending = asyncio.create_task(self._end(outage))
        return answer

    async def _end(self, outage: Any) -> None:
        await asyncio.sleep(0.5)
        await outage.__aexit__(None, None, None)
        self.back.set()


async def test_answer_waits_for_the_database(away: Away, now: datetime) -> None:
    identifier = await post(letter(), now=now)
    sink = Interrupted(away, before=False)

    await Courier(sink, lambda: now).round()

    assert sink.back.is_set()
    assert (await row_of(identifier)).state == "accepted"
    assert len(sink.messages) == 1


async def test_mail_is_not_handed_over_when_the_dot_cannot_be_recorded(away: Away, now: datetime) -> None:
    identifier = await post(letter(is_repeatable=False), now=now)
    sink = Interrupted(away, before=True)

    await Courier(sink, lambda: now).round()
    row = await row_of(identifier)
    await Courier(sink, lambda: now + timedelta(minutes=2)).round()

    assert row.state == "deferred"
    assert len(sink.messages) == 1
    assert (await row_of(identifier)).state == "accepted"


async def test_mailer_goes_on_when_the_database_is_back(
    away: Away, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    await post_many(30, now=now)
    quick = timedelta(seconds=1)
    async with smtp_server() as server:
        monkeypatch.setenv("SUMMIT_SMTP_URL", server.url)
        settings.current.cache_clear()
        pace = Pace(poll=0.05, keep=0.1, lease=quick, lease_after_dot=quick)
        task = asyncio.create_task(mailer.run(pace=pace, clock=lambda: datetime.now(UTC)))
        await until(lambda: len(server.raw) >= 5)
        async with away():
            await asyncio.sleep(1)
        await until(_all_settled, seconds=30)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert (await queries.counts_by_state())["accepted"] == 30
    assert len(set(server.message_ids())) == len(server.raw) == 30


async def _all_settled() -> bool:
    return not await OutboxMessage.exists().where(OutboxMessage.settled_at.is_null())


async def test_mail_added_in_another_process_wakes_the_mailer(
    database: db.Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with smtp_server() as server:
        monkeypatch.setenv("SUMMIT_SMTP_URL", server.url)
        settings.current.cache_clear()
        task = asyncio.create_task(mailer.run(pace=Pace(poll=1, keep=60)))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(_post_from_elsewhere, database_url)
        await until(lambda: server.raw)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert len(server.raw) == 1


def _post_from_elsewhere(url: str) -> None:
    """As another process would: no event of this process is set."""
    script = (
        "import asyncio, sys\n"
        "from datetime import UTC, datetime\n"
        "from summit_service import db\n"
        "from tests.mail.letters import letter, post\n"
        "db.bind(db.connect(sys.argv[1]))\n"
        "asyncio.run(post(letter(), now=datetime.now(UTC)))\n"
    )
    subprocess.run([sys.executable, "-c", script, url], check=True, timeout=60)
