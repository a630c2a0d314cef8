"""Outbox, mailers and a server that does its worst, in any order: never lost, doubled only where rule 5 says."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from summit_service import db
from summit_service.links import Link
from summit_service.mail import outbox, queries
from summit_service.mail.delivery import Courier, deliver_due, tidy
from summit_service.mail.domains import Domains
from summit_service.mail.render import Envelope
from summit_service.mail.rules import Answer, Phase
from summit_service.mail.sinks import BeforeDot
from summit_service.mail.tables import MailerStatus, MailEvent, OutboxMessage
from tests import walks
from tests.mail.letters import know_letters, letter

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
THREADS = ("request:1", "request:2", "registration:3")


class Killed(BaseException):
    """The process ends here and now."""


LAST = "keeps and is killed"
TEMPORARY = {
    "is away": Answer(Phase.CONNECT, None, "connection refused"),
    "too busy": Answer(Phase.CONNECT, 421, "4.3.2 too busy"),
    "drops at MAIL": Answer(Phase.MAIL, None, "connection lost"),
    "greylists": Answer(Phase.RCPT, 450, "4.2.0 come back"),
    "slows": Answer(Phase.RCPT, 450, "4.7.1 slow down"),
    "refuses us": Answer(Phase.MAIL, 553, "5.1.8 sender unknown"),
    "no room": Answer(Phase.DOT, 452, "4.3.1 no room"),
}
MOODS = (
    *TEMPORARY,
    "killed before the dot",
    "killed after the dot",
    LAST,
    "silent",
    "keeps and is silent",
    "5yz",
)


class Server:
    """What the next mails meet, one mood each; afterwards it takes everything."""

    def __init__(self) -> None:
        self.moods: list[str] = []
        self.kept: list[str] = []
        self.in_doubt: set[str] = set()
        self.refused: set[str] = set()


class Connection:
    """A sink of one mailer."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.of_this_life: list[str] = []

    async def send(self, envelope: Envelope, *, before_dot: BeforeDot) -> Answer:
        """By its mood."""
        name = envelope.content.split(b"Message-ID: <")[1].split(b"@")[0].decode()
        mood = self.server.moods.pop(0) if self.server.moods else "good"
        await asyncio.sleep(0)
        if mood in TEMPORARY and TEMPORARY[mood].phase is not Phase.DOT:
            return TEMPORARY[mood]
        if mood == "5yz":
            self.server.refused.add(name)
            return Answer(Phase.RCPT, 550, "5.1.1 no such mailbox")
        if mood == "killed before the dot":
            self.die()
        await before_dot()
        await asyncio.sleep(0)
        if mood in ("killed after the dot", "silent", "keeps and is silent", LAST):
            self.server.in_doubt.add(name)
        if mood in TEMPORARY:
            return TEMPORARY[mood]
        if mood in ("good", "keeps and is silent", LAST):
            self.server.kept.append(name)
            self.of_this_life.append(name)
        if mood in ("killed after the dot", LAST):
            self.die()
        if mood in ("silent", "keeps and is silent"):
            return Answer(Phase.DOT, None, "connection lost")
        return Answer(Phase.DOT, 250, "taken")

    def die(self) -> None:
        """What was accepted a moment ago may not have been written down yet."""
        self.server.in_doubt |= set(self.of_this_life)
        raise Killed

    async def close(self) -> None:
        """There is nothing to close."""


class Machine(RuleBasedStateMachine):
    """Three mailers on one outbox."""

    loop: asyncio.AbstractEventLoop

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        self.now, self.server, self.number = THEN, Server(), 0
        self.threads: dict[str, str] = {}
        self.stopped: set[str] = set()
        self.mailers = [self.mailer() for _ in range(3)]
        self.do(self.empty())
        for thread in THREADS * 2:
            self.post(thread, is_repeatable=thread != THREADS[0])

    async def empty(self) -> None:
        for table in (OutboxMessage, Link, MailerStatus, MailEvent):
            await table.delete(force=True)

    def mailer(self) -> Courier:
        return Courier(Connection(self.server), lambda: self.now, domains=Domains(), chance=lambda: 0.5)

    @rule(thread=some.sampled_from(THREADS), is_repeatable=some.booleans())
    def post(self, thread: str, is_repeatable: bool) -> None:
        self.number += 1
        address = f"{thread.replace(':', '')}@members.example"
        key = f"machine:{self.number}"
        mail = letter(about=thread, to_email=address, is_repeatable=is_repeatable, dedupe_key=key)

        async def add() -> str:
            async with db.transaction():
                identifier = await outbox.add(mail, now=self.now)
            row = await queries.mail_by_id(identifier or 0)
            assert row is not None
            return row.message_id

        self.threads[self.do(add())] = thread

    @rule(
        which=some.sets(some.integers(0, 2), min_size=1),
        moods=some.lists(some.sampled_from(MOODS), min_size=1, max_size=4),
        minutes=some.sampled_from([0, 1, 7, 16, 61]),
    )
    def deliver(self, which: set[int], moods: list[str], minutes: int) -> None:
        self.server.moods = moods
        self.now += timedelta(minutes=minutes)
        self.do(self.rounds(which))

    async def rounds(self, which: set[int]) -> None:
        await tidy(self.now)
        chosen = sorted(which)
        for number in chosen:
            self.mailers[number].sink.of_this_life.clear()  # type: ignore[attr-defined]
        ended = await asyncio.gather(*(self.mailers[n].round() for n in chosen), return_exceptions=True)
        for number, end in zip(chosen, ended, strict=True):
            if isinstance(end, Killed):
                if (writer := self.mailers[number].ledger._writer) is not None:
                    writer.cancel()
                    await asyncio.wait({writer})
                self.mailers[number] = self.mailer()
            elif isinstance(end, BaseException):
                raise end

    @rule(thread=some.just(THREADS[-1]))
    def stop(self, thread: str) -> None:
        async def stopping() -> None:
            async with db.transaction():
                await outbox.stop(thread, reason="over", now=self.now)

        self.do(stopping())
        self.stopped |= {name for name, about in self.threads.items() if about == thread}

    @invariant()
    def is_doubled_only_in_doubt(self) -> None:
        for name, times in Counter(self.server.kept).items():
            assert times == 1 or (times == 2 and name in self.server.in_doubt)

    @invariant()
    def keeps_the_order_of_each_thread(self) -> None:
        first: list[str] = list(dict.fromkeys(self.server.kept))
        for thread in THREADS:
            mine = [name for name, about in self.threads.items() if about == thread]
            assert [name for name in first if name in mine] == [name for name in mine if name in first]

    def teardown(self) -> None:
        """The server is well again, and time goes by: every mail comes to an end, and to the right one."""
        self.server.moods = []
        self.do(self.come_to_an_end())
        self.is_doubled_only_in_doubt()
        self.keeps_the_order_of_each_thread()

    async def come_to_an_end(self) -> None:
        for _ in range(8 + self.number):
            self.now += timedelta(minutes=16)
            await deliver_due(self.now, Connection(self.server))
            if not await OutboxMessage.exists().where(OutboxMessage.settled_at.is_null()):
                break
        rows = {row.message_id: row for row in await OutboxMessage.objects()}
        assert set(rows) == set(self.threads)
        for name, row in rows.items():
            self.check_end(name, row)

    def check_end(self, name: str, row: OutboxMessage) -> None:
        has_arrived = name in self.server.kept
        assert row.settled_at is not None
        assert has_arrived or row.state != "accepted"
        assert row.is_repeatable or self.server.kept.count(name) <= 1
        if has_arrived:
            assert row.state == "accepted" or name in self.server.in_doubt
        elif row.state == "failed":
            assert name in self.server.refused
        elif row.state == "stopped":
            assert name in self.stopped
        else:
            assert row.state == "uncertain"
            assert name in self.server.in_doubt
            assert not row.is_repeatable or name in self.stopped | self.server.refused


async def care_less_for_the_disk() -> None:
    """No power fails here, and thousands of small commits would take their time."""
    if not db.is_sqlite():
        name = (await db.engine().run_ddl("SELECT current_database() AS name"))[0]["name"]
        await db.engine().run_ddl(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        await db.close()


@pytest.mark.timeout(walks.patience(120))
def test_no_mail_is_lost_or_doubled_whatever_happens(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    know_letters()
    monkeypatch.setattr("summit_service.sqlite_connection.PRAGMAS", ("PRAGMA synchronous=OFF",))
    db.bind(db.connect(database_url))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(care_less_for_the_disk())
    machine = type("MachineHere", (Machine,), {"loop": loop})
    try:
        run_state_machine_as_test(machine, settings=walks.walks(16, steps=10))
        loop.run_until_complete(db.close())
    finally:
        loop.close()
