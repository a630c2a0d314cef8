"""One connection's work: take a batch, render each mail, hand it over, write down what was said."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

from summit_service import settings
from summit_service.errors import Unavailable
from summit_service.logs import logger
from summit_service.mail import pauses, queue, render
from summit_service.mail.domains import Domains
from summit_service.mail.ledger import Ledger, MustNotLeave
from summit_service.mail.outcomes import Outcome
from summit_service.mail.queue import Started
from summit_service.mail.render import CannotRender
from summit_service.mail.rules import Answer, Phase, Verdict, domain_of
from summit_service.mail.sinks import Sink

Clock = Callable[[], datetime]
SMALLEST_BATCH, FIRST_BATCH, LARGEST_BATCH = 2, 10, 64
QUICK, SLOW = 0.5, 2.0
"""Seconds. A batch is to last about one: who asks to sign in meanwhile waits for no more than that."""
log = logger("mailer")


@dataclass
class Courier:
    """One worker: a way out, a name for its leases, and what it knows of slow domains."""

    sink: Sink
    clock: Clock
    domains: Domains = field(default_factory=Domains)
    ledger: Ledger = field(default_factory=Ledger)
    chance: Callable[[], float] = random.random
    lease: timedelta = queue.LEASE
    name: str = field(default_factory=lambda: uuid4().hex[:16])
    batch_size: int = FIRST_BATCH
    is_stopping: bool = False
    is_away: bool = False
    is_refused: bool = False
    was_full: bool = False
    has_been_accepted: bool = False
    handed_over: int = 0
    _batches: count[int] = field(default_factory=count)
    _accepted: list[int] = field(default_factory=list)

    async def round(self) -> int:
        """Take a batch and deliver it; how many rows that was. 0: nothing is due, or not to be tried now."""
        self.is_away = self.is_refused = False
        loop = asyncio.get_running_loop()
        begun, taken_at = loop.time(), self.clock()
        batch = await queue.take(
            owner=f"{self.name}:{next(self._batches)}",
            now=taken_at,
            limit=self.batch_size,
            base_url=settings.current().base_url,
            lease=self.lease,
            slots=lambda row: self.domains.slot(domain_of(row.recipient_email), now=taken_at),
        )
        self.was_full = batch.looked_at == self.batch_size
        await self._all(batch.started, taken_at)
        self._adapt(loop.time() - begun)
        return 0 if self._must_pause() else batch.looked_at

    async def _all(self, batch: list[Started], taken_at: datetime) -> None:
        """What is not tried goes back; the round ends when all that was said is written down."""
        written: list[asyncio.Future[Verdict]] = []
        position, fault = 0, None
        try:
            while position < len(batch) and not self._must_pause() and self._is_in_time(taken_at):
                position += 1
                await self._one(batch[position - 1], taken_at, written)
        except Exception as caught:
            fault = caught
        self._tell_of_accepted()
        await queue.give_back(batch[position:], now=self.clock())
        await asyncio.gather(*written)
        if fault is not None:
            raise fault

    def _is_in_time(self, taken_at: datetime) -> bool:
        return self.clock() < taken_at + self.lease / 2

    def _must_pause(self) -> bool:
        return self.is_stopping or self.is_away or self.is_refused

    def _adapt(self, seconds: float) -> None:
        if self.is_away or seconds > SLOW:
            self.batch_size = max(self.batch_size // 2, SMALLEST_BATCH)
        elif self.was_full and seconds < QUICK:
            self.batch_size = min(self.batch_size * 2, LARGEST_BATCH)

    async def _one(
        self, started: Started, taken_at: datetime, written: list[asyncio.Future[Verdict]]
    ) -> None:
        domain, now = domain_of(started.row.recipient_email), self.clock()
        if self.domains.has_complained(domain, since=taken_at):
            slot = self.domains.slot(domain, now=now)
            if slot > now:
                await queue.give_back([started], now=now, due_at=slot)
                return
        answer = await self._hand_over(started)
        if answer is None:
            await queue.give_back([started], now=self.clock())
            return
        self.handed_over += 1
        written.append(self.ledger.settle(Outcome(started, answer, self.clock(), self.chance())))
        # After an acceptance the next mail need not wait for the commit: its dot is committed after that.
        is_usual = answer.is_acceptance and self.has_been_accepted
        verdict = Verdict.ACCEPTED if is_usual else await written[-1]
        self.domains.learn(domain, is_slow=verdict is Verdict.SLOWED, now=self.clock())
        await self._learn(answer, verdict)
        self._tell(started, answer, verdict)

    async def _hand_over(self, started: Started) -> Answer | None:
        """The answer; None when nothing may be sent for this row."""

        async def before_dot() -> None:
            await self.ledger.dot(started, now=self.clock())

        try:
            envelope = render.envelope(
                started.row, links=started.urls, settings=settings.current(), now=self.clock()
            )
            with self.ledger.speaking():
                return await self.sink.send(envelope, before_dot=before_dot)
        except CannotRender as fault:
            return Answer(Phase.MAIL, None, f"The mail could not be written: {fault}", is_ours=True)
        except MustNotLeave:
            return None
        except Unavailable:
            return Answer(Phase.CONNECT, None, "The database did not answer before the mail was handed over.")

    async def _learn(self, answer: Answer, verdict: Verdict) -> None:
        """A server that is back is no reason to wait any longer for those mails that met it away."""
        self.is_refused = verdict is Verdict.REFUSED
        if answer.code is None and answer.phase in (Phase.CONNECT, Phase.AUTH):
            self.is_away = True
        elif verdict is Verdict.ACCEPTED and not self.has_been_accepted:
            await pauses.forget_absence(now=self.clock())
        self.has_been_accepted = not self.is_away and (self.has_been_accepted or verdict is Verdict.ACCEPTED)

    def _tell(self, started: Started, answer: Answer, verdict: Verdict) -> None:
        row = started.row
        if verdict is Verdict.ACCEPTED:
            self._accepted.append(row.id)
            return
        words = started.without_secrets(answer.words)
        log.warning(
            "mail", id=row.id, kind=row.kind, attempt=row.attempts, became=verdict.value, answer=words
        )

    def _tell_of_accepted(self) -> None:
        """One line a batch: the rows themselves keep when each was taken, and the server's words."""
        if self._accepted:
            log.info("mails accepted", number=len(self._accepted), ids=self._accepted)
            self._accepted = []


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
