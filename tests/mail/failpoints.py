"""A mailer in a process of its own that is killed at a named step of the send path; nothing of it is in the product."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import aiosmtplib

from summit_service import db, links, settings
from summit_service.mail import outcomes, queue, render
from summit_service.mail.delivery import deliver_due
from summit_service.mail.outcomes import Outcome
from summit_service.mail.queue import Started
from summit_service.mail.smtp import Server, Smtp
from tests.mail.letters import know_letters

Function = Callable[..., Any]


def die() -> None:
    """As `kill -9` does it."""
    os.kill(os.getpid(), signal.SIGKILL)


def at(
    owner: Any, name: str, *, is_it: Callable[..., bool] = lambda *_args, **_more: True
) -> Callable[[int], None]:
    """Die when this function is called for the nth time with such arguments."""
    return _around(owner, name, is_it, dies_before=True)


def after(
    owner: Any, name: str, *, is_it: Callable[..., bool] = lambda *_args, **_more: True
) -> Callable[[int], None]:
    """Die when this function has returned for the nth time."""
    return _around(owner, name, is_it, dies_before=False)


def _around(owner: Any, name: str, is_it: Callable[..., bool], *, dies_before: bool) -> Callable[[int], None]:
    def arm(nth: int) -> None:
        real: Function = getattr(owner, name)
        left = iter(range(nth - 1, -1, -1))

        async def waited(*args: Any, **more: Any) -> Any:
            dies = is_it(*args, **more) and next(left) == 0
            if dies and dies_before:
                die()
            result = await real(*args, **more)
            if dies:
                die()
            return result

        def plain(*args: Any, **more: Any) -> Any:
            dies = is_it(*args, **more) and next(left) == 0
            result = real(*args, **more)
            if dies:
                die()
            return result

        setattr(owner, name, waited if asyncio.iscoroutinefunction(real) else plain)

    return arm


def _command(word: bytes) -> Callable[..., bool]:
    return lambda _client, *args, **_more: args[0].startswith(word)


def _written(part: float) -> Callable[[int], None]:
    """So much of the content is on its way, and nobody hears the answer."""

    def arm(nth: int) -> None:
        real = Smtp._write
        left = iter(range(nth - 1, -1, -1))

        async def write(self: Smtp, client: aiosmtplib.SMTP, content: bytes) -> Any:
            if next(left) == 0 and client.protocol is not None:
                client.protocol.write(content[: int(len(content) * part)])
                await asyncio.sleep(0.1)  # until the server has it
                die()
            return await real(self, client, content)

        Smtp._write = write  # type: ignore[method-assign]

    return arm


def _has_dots(next_ones: Sequence[Started], _accepted: object, **_more: object) -> bool:
    return bool(next_ones)


def _has_acceptances(_next_ones: object, accepted: Sequence[Outcome], **_more: object) -> bool:
    return bool(accepted)


STEPS: dict[str, Callable[[int], None]] = {
    "before a batch is taken": at(queue, "take"),
    "in the middle of transaction A": after(queue, "_begin"),
    "when the links are minted": after(links, "issue_all"),
    "when the batch is taken": after(queue, "take"),
    "when it is rendered": after(render, "envelope"),
    "when MAIL is answered": after(aiosmtplib.SMTP, "execute_command", is_it=_command(b"MAIL")),
    "when RCPT is answered": after(aiosmtplib.SMTP, "execute_command", is_it=_command(b"RCPT")),
    "when DATA is answered": after(aiosmtplib.SMTP, "execute_command", is_it=_command(b"DATA")),
    "before the dot is recorded": at(outcomes, "hand_over", is_it=_has_dots),
    "when the dot is recorded": after(outcomes, "hand_over", is_it=_has_dots),
    "with half of the content out": _written(0.5),
    "with the final dot out": _written(1),
    "when the server has said 250": after(Smtp, "_write"),
    "before the acceptance is recorded": at(outcomes, "hand_over", is_it=_has_acceptances),
    "when the acceptance is recorded": after(outcomes, "hand_over", is_it=_has_acceptances),
}
IN_DOUBT = frozenset(
    {
        "when the dot is recorded",
        "with half of the content out",
        "with the final dot out",
        "when the server has said 250",
        "before the acceptance is recorded",
    }
)
PER_BATCH = frozenset(list(STEPS)[:4])


def run(step: str, nth: int, database_url: str, smtp_url: str, now: datetime) -> None:
    """The child's life: everything that is due at `now`, until it dies. It must not get to its end."""
    know_letters()
    settings.current.cache_clear()
    STEPS[step](nth)
    asyncio.run(_deliver(database_url, smtp_url, now))


async def _deliver(database_url: str, smtp_url: str, now: datetime) -> None:
    db.bind(db.connect(database_url))
    await deliver_due(now, Smtp(Server.from_url(smtp_url), hello="summit.test"))
