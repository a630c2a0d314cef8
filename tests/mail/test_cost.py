"""What a mail may cost the database and the log, however many go at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from summit_service import db, links
from summit_service.links import Link
from summit_service.mail import ledger, outbox, outcomes, queue, streams
from summit_service.mail.ledger import Ledger
from summit_service.mail.tables import OutboxMessage
from tests.counting import count_queries
from tests.mail.letters import invitation, letter, post_many, row_of
from tests.postbox import Postbox

BASE = "http://127.0.0.1:8000"
HOUR = 3600.0


async def take(now: datetime, *, limit: int = 64) -> list[queue.Started]:
    return (await queue.take(owner="one", now=now, limit=limit, base_url=BASE)).started


async def post_news(number: int, *, now: datetime) -> None:
    async with db.transaction():
        for position in range(number):
            await outbox.add(invitation(stream="news", to_email=f"reader{position}@m.example"), now=now)


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many dots each commit had."""
    made: list[int] = []
    real = outcomes.hand_over

    async def counted(next_ones: Sequence[queue.Started], *args: Any, **more: Any) -> set[int]:
        made.append(len(next_ones))
        return await real(next_ones, *args, **more)

    monkeypatch.setattr(outcomes, "hand_over", counted)
    return made


async def test_batch_of_many_costs_as_many_statements_as_one_mail(database: object, now: datetime) -> None:
    await post_news(31, now=now)

    with count_queries() as for_one:
        one = await take(now, limit=1)
    with count_queries() as for_many:
        many = await take(now, limit=30)

    assert (len(one), len(many)) == (1, 30)
    assert for_many.number == for_one.number
    assert await Link.count() == 2 * 31


async def test_who_has_stopped_the_stream_is_left_out_of_a_batch_and_nobody_else(
    database: object, now: datetime
) -> None:
    await post_news(3, now=now)
    async with db.transaction():
        await streams.keep_choice("READER1@m.example", "news", is_wanted=False, now=now)
        await streams.keep_choice("reader2@m.example", "reminders", is_wanted=False, now=now)

    started = await take(now)

    assert [one.row.recipient_email for one in started] == ["reader0@m.example", "reader2@m.example"]
    assert ((await row_of(2)).state, (await row_of(2)).server_reply) == ("stopped", streams.NOT_WANTED)


async def test_first_attempt_keeps_its_time_at_the_second(database: object, now: datetime) -> None:
    await post_many(1, now=now)
    later = now + timedelta(minutes=4)
    await take(now)
    await queue.recover(now=later)

    await take(later)

    row = await row_of(1)
    assert (row.tried_at, row.attempts, row.repeats) == (now, 2, 0)


async def test_many_links_are_issued_in_portions(database: object, now: datetime) -> None:
    orders = [links.Order("sign", str(number)) for number in range(links.MOST_AT_ONCE + 3)]

    minted = await links.issue_all(orders, now=now)

    last = await links.find("sign", minted[-1])
    assert last is not None
    assert (last.subject, last.created_at, last.ended_reason) == (orders[-1].subject, now, "")
    assert last.expires_at is None
    assert last.used_at is None
    assert await Link.count() == len(orders)


async def test_lone_mail_waits_for_no_other_to_be_committed(
    database: object, now: datetime, commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "SECONDS_TO_GATHER", HOUR)
    await post_many(1, now=now)
    (started,) = await take(now)
    ours = Ledger()

    async with asyncio.timeout(20):
        with ours.speaking():
            await ours.dot(started, now=now)

    assert commits == [1]
    assert (await row_of(started.row.id)).phase == "dot"


async def test_dots_of_half_of_those_who_speak_are_one_commit(
    database: object, now: datetime, commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "SECONDS_TO_GATHER", HOUR)
    await post_many(4, now=now)
    batch, ours = await take(now), Ledger()

    async with asyncio.timeout(20):
        with ours.speaking(), ours.speaking(), ours.speaking(), ours.speaking():
            first = asyncio.create_task(ours.dot(batch[0], now=now))
            await asyncio.sleep(0)
            await asyncio.gather(first, ours.dot(batch[1], now=now))

    assert commits == [2]
    assert await OutboxMessage.count().where(OutboxMessage.phase == "dot") == 2


async def test_dot_is_committed_though_the_others_stay_silent(
    database: object, now: datetime, commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "SECONDS_TO_GATHER", 0.001)
    await post_many(4, now=now)
    batch, ours = await take(now), Ledger()

    async with asyncio.timeout(20):
        with ours.speaking(), ours.speaking(), ours.speaking(), ours.speaking():
            await ours.dot(batch[0], now=now)

    assert commits == [1]


async def test_accepted_mails_are_told_in_one_line_a_batch(postbox: Postbox, now: datetime) -> None:
    async with db.transaction():
        ids = [await outbox.add(letter(), now=now) for _ in range(5)]

    with structlog.testing.capture_logs() as lines:
        await postbox.deliver(now)

    (line,) = [line for line in lines if line["event"] == "mails accepted"]
    assert (line["number"], line["ids"]) == (5, ids)
