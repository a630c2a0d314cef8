"""What the couriers of one process write down, several at a time: while one commit is made, the next one gathers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from summit_service.errors import Unavailable
from summit_service.logs import logger
from summit_service.mail import outcomes
from summit_service.mail.outcomes import Outcome
from summit_service.mail.queue import LEASE_AFTER_DOT, Started
from summit_service.mail.rules import Verdict

LONGEST_WAIT = 30.0
SECONDS_TO_GATHER = 0.005
"""A commit waits so long, at most, until half of those who are handing a mail over want it. Alone, nobody waits."""
log = logger("mailer")


class MustNotLeave(Exception):
    """Nothing may be sent for this row here: it was stopped, its time is over, or somebody else has it."""


@dataclass(eq=False, slots=True)
class _Dot:
    started: Started
    until: datetime
    done: asyncio.Future[None]


@dataclass(eq=False, slots=True)
class _Settling:
    outcome: Outcome
    done: asyncio.Future[Verdict]


@dataclass
class Ledger:
    """One writer for all couriers of this event loop. Nobody waits for more than the commit before, and a moment."""

    lease_after_dot: timedelta = LEASE_AFTER_DOT
    _dots: list[_Dot] = field(default_factory=list)
    _settlings: list[_Settling] = field(default_factory=list)
    _writer: asyncio.Task[None] | None = None
    _speaking: int = 0
    _enough: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Around the handing over of one mail: the others' commit may wait a moment for its dot."""
        self._speaking += 1
        try:
            yield
        finally:
            self._speaking -= 1
            self._count()

    async def dot(self, started: Started, *, now: datetime) -> None:
        """Returns once it is committed that the final dot is next; raises MustNotLeave, or Unavailable."""
        if started.row.expires_at is not None and started.row.expires_at <= now:
            raise MustNotLeave
        entry = _Dot(started, now + self.lease_after_dot, asyncio.get_running_loop().create_future())
        self._dots.append(entry)
        self._count()
        self._start()
        await entry.done

    def settle(self, outcome: Outcome) -> asyncio.Future[Verdict]:
        """The verdict, once it is committed. What a server said is not forgotten while the database is away."""
        entry = _Settling(outcome, asyncio.get_running_loop().create_future())
        self._settlings.append(entry)
        self._start()
        return entry.done

    async def close(self, seconds: float) -> None:
        """Wait so long for what is still to be written, then give up."""
        if self._writer is not None:
            await asyncio.wait({self._writer}, timeout=seconds)
            self._writer.cancel()

    def _start(self) -> None:
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())

    async def _write_all(self) -> None:
        wait = 1.0
        while self._dots or self._settlings:
            await self._gather()
            dots, self._dots = self._dots, []
            settlings, self._settlings = self._settlings, []
            try:
                await _write(dots, settlings)
                wait = 1.0
            except Unavailable as fault:
                _fail(dots, fault)
                self._settlings = [entry for entry in settlings if not entry.done.done()] + self._settlings
                if self._settlings:
                    log.warning("the outcome of mails waits for the database", mails=len(self._settlings))
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT)
            except Exception:
                await _write_one_by_one(dots, settlings)

    async def _gather(self) -> None:
        """A commit costs the same for one mail and for eight, and most of what a mail costs the database."""
        self._enough.clear()
        self._count()
        if not self._enough.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_TO_GATHER):
                    await self._enough.wait()

    def _count(self) -> None:
        if len(self._dots) * 2 >= self._speaking:
            self._enough.set()


async def _write(dots: Sequence[_Dot], settlings: Sequence[_Settling]) -> None:
    """Only after its commit does anybody hear of it."""
    for entry in settlings:
        if not entry.outcome.answer.is_acceptance and not entry.done.done():
            _resolve(entry, await outcomes.settle(entry.outcome))
    accepted = [entry for entry in settlings if entry.outcome.answer.is_acceptance]
    if not dots and not accepted:
        return
    until = max((entry.until for entry in dots), default=datetime.max.replace(tzinfo=UTC))
    may_leave = await outcomes.hand_over(
        [entry.started for entry in dots], [entry.outcome for entry in accepted], until=until
    )
    for settled in accepted:
        _resolve(settled, Verdict.ACCEPTED)
    for dot in dots:
        if not dot.done.done() and dot.started.row.id in may_leave:
            dot.done.set_result(None)
    _fail(dots, MustNotLeave())


def _resolve(entry: _Settling, verdict: Verdict) -> None:
    if not entry.done.done():
        entry.done.set_result(verdict)


async def _write_one_by_one(dots: Sequence[_Dot], settlings: Sequence[_Settling]) -> None:
    """An unexpected fault is that of one mail: the others must not suffer from it."""
    for dot in dots:
        try:
            await _write([dot], [])
        except Exception as fault:
            _fail([dot], fault)
    for settling in settlings:
        try:
            await _write([], [settling])
        except Exception as fault:
            _fail([settling], fault)


def _fail(entries: Sequence[_Dot | _Settling], fault: Exception) -> None:
    for entry in entries:
        if not entry.done.done():
            entry.done.set_exception(fault)
