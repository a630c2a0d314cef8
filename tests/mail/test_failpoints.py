"""`kill -9` at every step of the send path, and another mailer goes on: none lost, doubled only after the dot."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections import Counter
from datetime import datetime, timedelta

import pytest

from summit_service.links import Link
from summit_service.mail import queue
from summit_service.mail.delivery import deliver_due
from summit_service.mail.smtp import Server, Smtp
from summit_service.mail.tables import OutboxMessage
from tests.mail import failpoints
from tests.mail.letters import invitation, letter, post
from tests.smtp_server import smtp_server

LEASES_ARE_OVER = queue.LEASE_AFTER_DOT + timedelta(minutes=1)
A_QUARTER = timedelta(minutes=15)


async def killed_at(step: str, nth: int, *, url: str, smtp: str, now: datetime) -> None:
    """A mailer that dies there; a fork of a process that has everything loaded already takes no time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.mail.failpoints"])
    child = context.Process(target=failpoints.run, args=(step, nth, url, smtp, now))
    child.start()
    await asyncio.to_thread(child.join, 60)
    assert child.exitcode == -signal.SIGKILL, f"The mailer was not killed {step}: {child.exitcode}."


@pytest.mark.parametrize("step", failpoints.STEPS)
async def test_kill_at_any_step_loses_nothing(
    database: object, database_url: str, now: datetime, step: str
) -> None:
    is_for_all = step in failpoints.PER_BATCH
    thread = {"about": "request:7", "to_email": "anna@members.example"}
    first = await post(invitation(), now=now)
    reminder = await post(letter(**thread, is_repeatable=False), now=now)
    second = await post(letter(**thread, is_repeatable=False), now=now)
    last = await post(letter(), now=now)
    moment = now

    async with smtp_server() as server:
        for nth in (1, 1) if is_for_all else (2, 1):
            await killed_at(step, nth, url=database_url, smtp=server.url, now=moment)
            moment += LEASES_ARE_OVER
        for _ in range(3):
            sink = Smtp(Server.from_url(server.url), hello="summit.test")
            await deliver_due(moment, sink)
            await sink.close()
            moment += A_QUARTER

    rows = {row.id: row for row in await OutboxMessage.objects()}
    ids = {row.message_id: row.id for row in rows.values()}
    arrived = [ids[name.split("@")[0].strip("<>")] for name in server.message_ids()]
    times = Counter(arrived)
    assert times[first] in (1, 2)
    assert times[last] in (1, 2)
    assert max(times[reminder], times[second]) <= 1
    assert [one for one in arrived if one in (reminder, second)] == sorted(
        one for one in arrived if one in (reminder, second)
    )
    for identifier, row in rows.items():
        assert row.settled_at is not None
        if step not in failpoints.IN_DOUBT:
            assert (row.state, times[identifier]) == ("accepted", 1)
        elif row.is_repeatable:
            assert row.state == "accepted"
            assert times[identifier] == 1 or row.repeats == 1
        else:
            assert row.state == "uncertain" or times[identifier] == 1
    assert await Link.exists().where(Link.outbox_id == first)
