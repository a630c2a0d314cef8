"""`kill -9` in the middle of 500 mails: none lost, none doubled but those of which nobody could know."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from summit_service import db
from summit_service.mail import outbox, queries
from summit_service.mail.delivery import deliver_due
from summit_service.mail.smtp import Server, Smtp
from summit_service.mail.tables import OutboxMessage
from tests.mail.letters import letter, until
from tests.smtp_server import Fault, Post, smtp_server

ROOT = Path(__file__).parents[2]
MAILS, UNREPEATABLE, KILLS = 500, 200, 3
MAILER = """
import asyncio
from datetime import timedelta
from summit_service import db, settings
from summit_service.mail import mailer
from tests.mail.letters import know_letters

async def main():
    db.bind(db.connect(settings.current().database_url))
    await db.open()
    short = timedelta(seconds=3)
    await mailer.run(pace=mailer.Pace(poll=0.1, keep=0.2, lease=short, lease_after_dot=short))

know_letters()
asyncio.run(main())
"""


async def start_mailer(server: Post, database_url: str, folder: Path) -> asyncio.subprocess.Process:
    """A mailer in a process of its own, on the same database."""
    mine = {
        "SUMMIT_DATABASE_URL": database_url,
        "SUMMIT_SMTP_URL": server.url,
        "SUMMIT_VAR_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    log = (folder / "mailer.log").open("ab")
    with log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", MAILER, env={**os.environ, **mine}, stdout=log, stderr=log, cwd=ROOT
        )


async def until_arrived(server: Post, number: int) -> None:
    await until(lambda: len(server.raw) >= number, seconds=60)


async def until_quiet() -> None:
    """Until nothing is queued or under way; what is uncertain waits for its quarter of an hour."""

    async def is_quiet() -> bool:
        counts = await queries.counts_by_state()
        return not counts["queued"] + counts["sending"] + counts["deferred"]

    await until(is_quiet, seconds=60)


@pytest.mark.timeout(180)
async def test_kill_loses_no_mail_and_doubles_none_that_must_not_be(
    database: db.Engine, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = await db.database_now()
    async with db.transaction():
        for number in range(MAILS):
            await outbox.add(letter(is_repeatable=number >= UNREPEATABLE), now=now - timedelta(seconds=1))

    async with smtp_server() as server:
        server.faults["DOT"] = Fault(delay=0.01, keeps=True)
        for kill in range(1, KILLS + 1):
            process = await start_mailer(server, database_url, tmp_path)
            await until_arrived(server, kill * MAILS // (KILLS + 2))
            process.kill()
            assert await process.wait() == -9
        process = await start_mailer(server, database_url, tmp_path)
        await until_quiet()
        process.terminate()
        await process.wait()
        later = await db.database_now() + timedelta(minutes=15)
        sink = Smtp(Server.from_url(server.url), hello="summit.test")
        repeated = await deliver_due(later, sink)
        await sink.close()

    rows = await OutboxMessage.objects()
    arrived = Counter(identifier.split("@")[0].strip("<>") for identifier in server.message_ids())
    doubled = {identifier for identifier, times in arrived.items() if times > 1}
    uncertain = [row for row in rows if row.state == "uncertain"]
    with capsys.disabled():
        print(
            f"\n{database.engine_type}: {MAILS} mails, {KILLS} kills: {len(arrived)} arrived, "
            f"{len(doubled)} of them twice, {repeated} sent once more, {len(uncertain)} left uncertain"
        )
    assert max(arrived.values()) <= 2
    assert doubled <= {row.message_id for row in rows if row.is_repeatable and row.repeats == 1}
    assert {row.message_id for row in rows} - set(arrived) <= {row.message_id for row in uncertain}
    assert all(not row.is_repeatable for row in uncertain)
    assert {row.state for row in rows} <= {"accepted", "uncertain"}
    assert all(row.settled_at is not None for row in rows)
