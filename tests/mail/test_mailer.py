"""The loop: it wakes at once, shares the work, lives through an absent database, and ends in peace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from summit_service import db, settings
from summit_service.mail import mailer, queries, queue, waking
from summit_service.mail.delivery import Courier
from summit_service.mail.domains import Domains
from summit_service.mail.mailer import Pace
from summit_service.mail.outbox import LinkSpec
from summit_service.mail.tables import OutboxMessage
from tests.mail.letters import invitation, letter, post, post_many, row_of, until
from tests.postbox import Postbox
from tests.smtp_server import Fault, Post, smtp_server

QUICK = Pace(poll=0.05, keep=0.1, housekeeping=0.05, grace=2, longest_absence=0.1)
LONG_POLL = Pace(poll=60, keep=60)


@asynccontextmanager
async def running(pace: Pace, *housekeeping: mailer.Housekeeping) -> AsyncIterator[asyncio.Task[None]]:
    """A mailer beside the test, as in the server."""
    task = asyncio.create_task(mailer.run(housekeeping, pace=pace))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def send_to(server: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUMMIT_SMTP_URL", server.url)
    settings.current.cache_clear()


async def has_accepted(number: int) -> bool:
    return (await queries.counts_by_state())["accepted"] == number


async def test_mailer_writes_files_when_there_is_no_server(database: object) -> None:
    real_now = (await db.database_now()) - timedelta(seconds=1)
    identifier = await post(letter(), now=real_now)

    async with running(QUICK):
        await until(lambda: has_accepted(1))

    file = settings.current().mailbox_dir / "new" / f"{identifier}.eml"
    assert b"Subject: Letter" in file.read_bytes()
    assert list((settings.current().mailbox_dir / "tmp").iterdir()) == []


async def test_mailer_wakes_at_once_when_a_mail_is_added(
    database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with smtp_server() as server:
        send_to(server, monkeypatch)
        async with running(LONG_POLL):
            await asyncio.sleep(0.3)
            await post(letter(), now=await db.database_now())

            await until(lambda: server.raw)

    assert len(server.raw) == 1


async def test_mailer_shares_a_batch_among_few_connections(
    database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post_many(60, now=(await db.database_now()) - timedelta(seconds=1))
    async with smtp_server() as server:
        send_to(server, monkeypatch)
        async with running(QUICK):
            await until(lambda: has_accepted(60))

    assert len(set(server.message_ids())) == len(server.raw) == 60
    assert 1 < server.connections <= 4


async def test_mailer_goes_on_when_the_server_is_back(
    database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post_many(12, now=(await db.database_now()) - timedelta(seconds=1))
    async with smtp_server() as gone:
        pass
    send_to(gone, monkeypatch)
    async with running(QUICK):
        await asyncio.sleep(0.5)
        during = await queries.counts_by_state()
        async with smtp_server(port=gone.port) as server:
            await until(lambda: has_accepted(12))

    assert during["accepted"] == during["failed"] == 0
    assert during["queued"] >= 2
    assert len(server.raw) == 12


async def test_mailer_lives_through_an_unexpected_fault(
    database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[datetime] = []

    async def job(now: datetime) -> None:
        calls.append(now)
        raise ValueError("a job with a fault")

    async with running(QUICK, job):
        await until(lambda: len(calls) > 0)
        await post(letter(), now=await db.database_now())
        await until(lambda: has_accepted(1))

    assert calls[0].tzinfo is not None


async def test_mailer_finds_what_a_dead_one_left_within_a_minute_after_its_lease(
    database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = await db.database_now()
    identifier = await post(letter(), now=now - timedelta(minutes=5))
    await queue.take(owner="dead", now=now - queue.LEASE, limit=1, base_url="")
    async with smtp_server() as server:
        send_to(server, monkeypatch)
        async with running(replace(LONG_POLL, keep=0.1)):
            await until(lambda: has_accepted(1))

    assert Pace().keep + Pace().poll < 60
    assert (await row_of(identifier)).attempts == 2


async def test_mailer_says_that_it_is_there(database: object) -> None:
    async with running(QUICK):
        await until(_seen)

    status = await queries.status_row()
    assert status.seen_at is not None
    assert abs(status.seen_at - await db.database_now()) < timedelta(seconds=10)


async def _seen() -> bool:
    return (await queries.status_row()).seen_at is not None


async def test_mailer_that_is_told_to_end_finishes_the_mail_in_its_hand(
    database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post_many(10, now=(await db.database_now()) - timedelta(seconds=1))
    async with smtp_server() as server:
        send_to(server, monkeypatch)
        server.faults["DOT"] = Fault(delay=0.3, keeps=True)
        async with running(QUICK) as task:
            await until(lambda: server.raw)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    counts = await queries.counts_by_state()
    assert counts["sending"] == counts["uncertain"] == 0
    assert counts["accepted"] == len(server.raw) < 10
    leased = await OutboxMessage.count().where(OutboxMessage.lease_owner != "")
    assert leased == 0


async def test_mailer_ends_when_it_is_woken_and_told_to_end_at_once(database: object) -> None:
    for steps in range(6):
        task = asyncio.create_task(mailer.run(pace=LONG_POLL))
        await post(letter(), now=await db.database_now())
        await until(partial(has_accepted, steps + 1))
        await asyncio.sleep(0.05)  # from the last mail to the rest
        waking.wake()
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()

        done, _ = await asyncio.wait({task}, timeout=5)

        assert done, f"still there {steps} steps after it was woken"


async def test_eight_workers_send_five_hundred_mails_once(database: object, now: datetime) -> None:
    await post_many(500, now=now)
    boxes = [Postbox() for _ in range(8)]

    async def work(box: Postbox) -> None:
        courier = Courier(box, lambda: now, domains=Domains())
        while await courier.round():
            pass

    await asyncio.gather(*map(work, boxes))

    ids = [str(message["Message-ID"]) for box in boxes for message in box.messages]
    assert (len(ids), len(set(ids))) == (500, 500)
    assert sum(bool(box.messages) for box in boxes) > 1
    assert await has_accepted(500)


async def test_sign_in_mail_goes_before_the_others(database: object, now: datetime) -> None:
    await post_many(30, now=now - timedelta(hours=1))
    link = LinkSpec(purpose="sign_in", subject="7", path="/sign-in/{token}", lifetime_seconds=900)
    urgent = await post(invitation(links={"sign_url": link}), now=now)
    box = Postbox()

    await Courier(box, lambda: now).round()

    assert box.envelopes[0].id == urgent
    assert (await row_of(urgent)).state == "accepted"
