"""One mail from its row to the server and back: claim, mint, render, hand over, write down."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from summit_service import settings
from summit_service.logs import logger
from summit_service.mail import queue, render
from summit_service.mail.domains import Domains
from summit_service.mail.render import CannotRender
from summit_service.mail.rules import Answer, Phase, Verdict, domain_of
from summit_service.mail.sinks import Sink
from summit_service.mail.tables import OutboxMessage

Clock = Callable[[], datetime]
BATCH = 10
log = logger("mailer")


@dataclass
class Courier:
    """One worker: a way out, a name for its leases, and what it knows of slow domains."""

    sink: Sink
    clock: Clock
    domains: Domains = field(default_factory=Domains)
    chance: Callable[[], float] = random.random
    lease: timedelta = queue.LEASE
    lease_after_dot: timedelta = queue.LEASE_AFTER_DOT
    name: str = field(default_factory=lambda: uuid4().hex[:16])
    is_stopping: bool = False

    async def round(self) -> tuple[int, bool]:
        """One batch: how many mails were handed over, and whether it is worth going on at once."""
        rows = await queue.claim(owner=self.name, now=self.clock(), limit=BATCH, lease=self.lease)
        done = 0
        for position, row in enumerate(rows):
            verdict = await self._one(row)
            done += verdict is not None
            if self.is_stopping or verdict is Verdict.REFUSED or self.sink_is_away:
                rest = [other.id for other in rows[position + 1 :]]
                await queue.postpone(rest, owner=self.name)
                return done, False
        return done, bool(rows)

    sink_is_away: bool = False

    async def _one(self, row: OutboxMessage) -> Verdict | None:
        now = self.clock()
        domain = domain_of(row.recipient_email)
        slot = self.domains.slot(domain, now=now)
        if slot > now:
            await queue.postpone([row.id], owner=self.name, due_at=slot)
            return None
        started = await queue.begin(
            row.id, owner=self.name, now=now, base_url=settings.current().base_url, lease=self.lease
        )
        if started is None:
            return None
        answer = await self._hand_over(started)
        if answer is None:
            return None
        self.sink_is_away = answer.code is None and answer.phase in (Phase.CONNECT, Phase.AUTH)
        verdict = await queue.settle(started, answer, now=self.clock(), chance=self.chance())
        self.domains.learn(domain, is_slow=verdict is Verdict.SLOWED, now=self.clock())
        self._tell(started, answer, verdict)
        return verdict

    async def _hand_over(self, started: queue.Started) -> Answer | None:
        async def before_dot() -> None:
            await queue.record_dot(started, now=self.clock(), lease=self.lease_after_dot)

        try:
            envelope = render.envelope(
                started.row, links=started.urls, settings=settings.current(), now=self.clock()
            )
        except CannotRender as fault:
            return Answer(Phase.MAIL, None, f"The mail could not be written: {fault}", is_ours=True)
        try:
            return await self.sink.send(envelope, before_dot=before_dot)
        except queue.LeaseLost:
            return None

    def _tell(self, started: queue.Started, answer: Answer, verdict: Verdict) -> None:
        row = started.row
        say = log.info if verdict is Verdict.ACCEPTED else log.warning
        words = started.without_secrets(answer.words)
        say("mail", id=row.id, kind=row.kind, attempt=row.attempts, became=verdict.value, answer=words)


async def deliver_due(
    now: datetime, sink: Sink, *, chance: Callable[[], float] = random.random, domains: Domains | None = None
) -> int:
    """Deliver everything that is due at `now` through one way out; how many mails were handed over."""
    await tidy(now)
    courier = Courier(sink, lambda: now, domains=domains or Domains(), chance=chance)
    total, goes_on = 0, True
    while goes_on:
        done, goes_on = await courier.round()
        total += done
    return total


async def tidy(now: datetime) -> None:
    """Before each look: take up what was left behind, stop what is too late."""
    await queue.recover(now=now)
    await queue.stop_late(now=now)
