"""One mail from its row to the server and back: claim, mint, render, hand over, write down."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from summit_service import settings
from summit_service.errors import Unavailable
from summit_service.logs import logger
from summit_service.mail import pauses, queue, render
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
    is_away: bool = False
    has_been_accepted: bool = False
    handed_over: int = 0

    async def round(self) -> int:
        """Claim a batch and deliver it; how many rows that was. 0: nothing is due, or not to be tried now."""
        self.is_away = False
        rows = await queue.claim(owner=self.name, now=self.clock(), limit=BATCH, lease=self.lease)
        for position, row in enumerate(rows):
            verdict = await self._one(row)
            self.handed_over += verdict is not None
            if self.is_stopping or self.is_away or verdict is Verdict.REFUSED:
                await queue.postpone([other.id for other in rows[position + 1 :]], owner=self.name)
                return 0
        return len(rows)

    async def _one(self, row: OutboxMessage) -> Verdict | None:
        now = self.clock()
        domain = domain_of(row.recipient_email)
        slot = self.domains.slot(domain, now=now)
        if slot > now:
            await queue.postpone([row.id], owner=self.name, due_at=slot)
            return None
        base_url = settings.current().base_url
        started = await queue.begin(row.id, owner=self.name, now=now, base_url=base_url, lease=self.lease)
        answer = await self._hand_over(started) if started is not None else None
        if started is None or answer is None:
            return None
        verdict = await self._write_down(started, answer)
        self.domains.learn(domain, is_slow=verdict is Verdict.SLOWED, now=self.clock())
        await self._learn(answer, verdict)
        self._tell(started, answer, verdict)
        return verdict

    async def _hand_over(self, started: queue.Started) -> Answer | None:
        async def before_dot() -> None:
            await queue.record_dot(started, now=self.clock(), lease=self.lease_after_dot)

        try:
            envelope = render.envelope(
                started.row, links=started.urls, settings=settings.current(), now=self.clock()
            )
            return await self.sink.send(envelope, before_dot=before_dot)
        except CannotRender as fault:
            return Answer(Phase.MAIL, None, f"The mail could not be written: {fault}", is_ours=True)
        except queue.LeaseLost:
            return None
        except Unavailable:
            return Answer(Phase.CONNECT, None, "The database did not answer before the mail was handed over.")

    async def _write_down(self, started: queue.Started, answer: Answer) -> Verdict:
        """What the server said must not be forgotten because the database is away for a while."""
        wait = 1.0
        while True:
            try:
                return await queue.settle(started, answer, now=self.clock(), chance=self.chance())
            except Unavailable:
                log.warning("the outcome of a mail waits for the database", id=started.row.id)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 30)

    async def _learn(self, answer: Answer, verdict: Verdict) -> None:
        """A server that is back is no reason to wait any longer for those mails that met it away."""
        if answer.code is None and answer.phase in (Phase.CONNECT, Phase.AUTH):
            self.is_away = True
        elif verdict is Verdict.ACCEPTED and not self.has_been_accepted:
            await pauses.forget_absence(now=self.clock())
        self.has_been_accepted = not self.is_away and (self.has_been_accepted or verdict is Verdict.ACCEPTED)

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
    while await courier.round():
        pass
    return courier.handed_over


async def tidy(now: datetime) -> None:
    """Before each look: take up what was left behind, stop what is too late."""
    await queue.recover(now=now)
    await queue.stop_late(now=now)
