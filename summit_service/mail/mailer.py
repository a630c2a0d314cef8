"""The one loop that delivers the outbox: inside the server, or alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from summit_service import settings
from summit_service.errors import Unavailable
from summit_service.logs import logger
from summit_service.mail import delivery, pauses, queue, waking
from summit_service.mail.delivery import Courier
from summit_service.mail.domains import Domains
from summit_service.mail.ledger import Ledger
from summit_service.mail.sinks import Folder, Sink
from summit_service.mail.smtp import Patience, Server, Smtp
from summit_service.settings import Settings

Housekeeping = Callable[[datetime], Awaitable[object]]
log = logger("mailer")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the loop turns, in seconds; and how long a lease holds."""

    connections: int = 4
    poll: float = 2
    keep: float = 10
    housekeeping: float = 60
    grace: float = 8
    longest_absence: float = 60
    idle_connection: float = 10
    lease: timedelta = queue.LEASE
    lease_after_dot: timedelta = queue.LEASE_AFTER_DOT
    patience: Patience = field(default_factory=Patience)


async def run(
    housekeeping: Sequence[Housekeeping] = (),
    *,
    clock: delivery.Clock | None = None,
    pace: Pace | None = None,
) -> None:
    """Deliver until cancelled, then let what is under way come to its end.

    Each `housekeeping` is awaited about once a minute with the time; one that fails is logged and called on.
    """
    mailer = _Mailer(clock or _now, pace or Pace(), settings.current())
    keepers = [
        asyncio.create_task(mailer.keep()),
        *(asyncio.create_task(mailer.keep_house(job)) for job in housekeeping),
    ]
    try:
        with waking.sleeper() as event:
            async with waking.listening():
                await mailer.deliver(event)
    finally:
        for task in keepers:
            task.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)


def _now() -> datetime:
    return datetime.now(UTC)


def _way_out(current: Settings, patience: Patience) -> Sink:
    if current.smtp_url is None:
        return Folder(current.mailbox_dir)
    return Smtp(Server.from_url(current.smtp_url), hello=current.host, patience=patience)


class _Mailer:
    """A few couriers who share a ledger and what they know of slow domains."""

    def __init__(self, clock: delivery.Clock, pace: Pace, current: Settings) -> None:
        self.clock, self.pace = clock, pace
        domains, self.ledger = Domains(), Ledger(pace.lease_after_dot)
        self.couriers = [
            Courier(
                _way_out(current, pace.patience),
                clock,
                domains=domains,
                ledger=self.ledger,
                lease=pace.lease,
            )
            for _ in range(pace.connections)
        ]
        self.trouble = _Trouble()

    async def deliver(self, event: asyncio.Event) -> None:
        """Empty the outbox, sleep until woken, begin again."""
        absence = 0.0
        while True:
            event.clear()
            await self._to_its_end(asyncio.create_task(self._drain()))
            if self.couriers[0].is_away:
                absence = min(max(absence * 2, 1.0), self.pace.longest_absence)
                await asyncio.sleep(absence)
                continue
            absence = 0.0
            await self._rest(event)

    async def _drain(self) -> None:
        """The first courier alone while there is little to do or the server is away, else all of them."""
        try:
            while await self.couriers[0].round():
                if not self.couriers[0].was_full:
                    continue
                results = await asyncio.gather(*map(_until_empty, self.couriers), return_exceptions=True)
                for fault in filter(None, results):
                    raise fault
            self.trouble.is_over()
        except Exception as fault:
            self.trouble.tell(fault)

    async def _to_its_end(self, task: asyncio.Task[None]) -> None:
        """When cancelled, take nothing new and give what is under way a few seconds."""
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            for courier in self.couriers:
                courier.is_stopping = True
            await asyncio.wait({task}, timeout=self.pace.grace)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self.ledger.close(self.pace.grace)
            await self._close()
            raise

    async def _rest(self, event: asyncio.Event) -> None:
        """Until woken, or for the time between two looks; connections that idle are given back."""
        if self.trouble.wait:
            await asyncio.sleep(self.trouble.wait)
            return
        loop, started = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(self.pace.poll):
                await event.wait()
        self._idle = 0.0 if event.is_set() else self._idle + loop.time() - started
        if self._idle >= self.pace.idle_connection:
            await self._close()

    _idle: float = 0.0

    async def _close(self) -> None:
        await asyncio.gather(*(courier.sink.close() for courier in self.couriers), return_exceptions=True)

    async def keep(self) -> None:
        """Every few seconds: say that we are here, and take up what a mailer that died has left."""
        trouble = _Trouble()
        while True:
            try:
                now = self.clock()
                await pauses.beat(now=now)
                await delivery.tidy(now)
                trouble.is_over()
            except Exception as fault:
                trouble.tell(fault)
            await asyncio.sleep(self.pace.keep)

    async def keep_house(self, job: Housekeeping) -> None:
        """One of the jobs that others have given us."""
        trouble = _Trouble()
        while True:
            try:
                await job(self.clock())
                trouble.is_over()
            except Exception as fault:
                trouble.tell(fault)
            await asyncio.sleep(self.pace.housekeeping)


async def _until_empty(courier: Courier) -> None:
    while await courier.round():
        pass


class _Trouble:
    """Tells of a fault once, and waits longer while it lasts."""

    def __init__(self) -> None:
        self.wait = 0.0
        self._told = ""

    def tell(self, fault: Exception) -> None:
        self.wait = min(max(self.wait * 2, 1.0), 30.0)
        if str(fault) == self._told:
            return
        self._told = str(fault)
        if isinstance(fault, Unavailable):
            log.warning("mail waits: the database does not answer", fault=str(fault))
        else:
            log.error("mail waits: unexpected fault", exc_info=fault)

    def is_over(self) -> None:
        if self._told:
            log.info("mail goes on")
        self.wait, self._told = 0.0, ""
