"""Looks whether everything the service needs is there: the question an operator asks first."""

from __future__ import annotations

import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from dns.asyncresolver import Resolver

from summit_service import db
from summit_service.accounts.addresses import email_address
from summit_service.errors import SummitError
from summit_service.journal import queries as journal
from summit_service.mail import outbox, probe, sender_domain
from summit_service.mail import queries as mail
from summit_service.mail.outbox import Mail
from summit_service.mail.rules import domain_of
from summit_service.mail.smtp import Server
from summit_service.preferences import queries as preferences
from summit_service.settings import Settings

LEAST_FREE_BYTES = 500_000_000
LARGEST_CLOCK_FAULT = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, whether it is well, and a sentence."""

    what: str
    is_well: bool
    sentence: str
    is_known: bool = True
    """Not where DNS did not answer, or only somebody else can know; that is nothing to be ill of."""

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


async def examine(settings: Settings, *, resolver: Resolver | None = None) -> list[Finding]:
    """Look at everything; one that fails does not keep the others from being looked at."""
    looks: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [
        ("files", _files),
        ("database", _database),
        ("schema", _schema),
        ("clock", _clock),
        ("outbox", _outbox),
        ("log", _log),
        ("address", _address),
        ("settings", _settings),
    ]
    found = [await _look(what, look, settings) for what, look in looks]
    return [*found, *await _mail_server(settings), *await _sender_domain(settings, resolver)]


async def _look(what: str, look: Callable[[Settings], Awaitable[str]], settings: Settings) -> Finding:
    try:
        return Finding(what, True, await look(settings))
    except SummitError as fault:
        return Finding(what, False, fault.sentence)
    except OSError as fault:
        return Finding(what, False, f"{fault.strerror or fault}.")


async def _files(settings: Settings) -> str:
    if not os.access(settings.var_dir, os.W_OK):
        raise SummitError(f"{settings.var_dir} cannot be written by this user.")
    free = shutil.disk_usage(settings.var_dir).free
    if free < LEAST_FREE_BYTES:
        raise SummitError(f"Only {free // 1_000_000} MB are free under {settings.var_dir}.")
    return f"{settings.var_dir} can be written; {free // 1_000_000_000} GB are free."


async def _database(_settings: Settings) -> str:
    await db.ping()
    return "SQLite answers." if db.is_sqlite() else "PostgreSQL answers."


async def _schema(_settings: Settings) -> str:
    pending = await db.pending_migrations()
    if pending:
        raise SummitError(f"{len(pending)} migrations are waiting. Run `summit migrate`.")
    return "Up to date."


async def _settings(_settings: Settings) -> str:
    """Nothing is wrong with a setting that the desk has changed; who looks for it in the environment is told."""
    if await db.pending_migrations():
        raise SummitError("It cannot be known before the migrations have run.")
    changed = [one.choice.environment for one in await preferences.shown() if one.is_changed]
    if not changed:
        return "The environment alone; the desk has changed none."
    return f"Changed at the desk, so that the environment's value does not hold: {', '.join(changed)}."


async def _clock(_settings: Settings) -> str:
    apart = abs((await db.database_now() - datetime.now(UTC)).total_seconds())
    if apart > LARGEST_CLOCK_FAULT:
        raise SummitError(f"This machine's clock and the database's are {apart:.0f} seconds apart.")
    return "This machine and the database agree on the time."


async def _mail_server(settings: Settings) -> list[Finding]:
    """Connect, TLS and login, each by itself; no mail is sent."""
    if settings.smtp_url is None:
        sentence = f"None is set (SUMMIT_SMTP_URL): mails become files under {settings.mailbox_dir}."
        return [Finding("mail server", True, sentence)]
    steps = await probe.steps(Server.from_url(settings.smtp_url), hello=settings.host)
    return [Finding(f"mail server, {step.what}", step.is_well, step.sentence) for step in steps]


async def _sender_domain(settings: Settings, resolver: Resolver | None) -> list[Finding]:
    """What receivers look up before they believe a mail; nobody does while mails become files."""
    if settings.smtp_url is None:
        return []
    records = await sender_domain.examine(
        envelope_domain=domain_of(settings.bounce_address or settings.mail_from),
        from_domain=domain_of(settings.mail_from),
        selector=settings.dkim_selector,
        key=settings.dkim.public if settings.dkim is not None else "",
        resolver=resolver,
    )
    return [
        Finding(
            f"sender, {record.what}", record.is_well is not False, record.sentence, record.is_well is not None
        )
        for record in records
    ]


async def queue_test_mail(email: str, *, now: datetime) -> int:
    """Put a mail to this address into the outbox, to follow it; its number."""
    address = email_address(email)
    mail_to = Mail(
        kind="test_mail",
        to_name="",
        to_email=address,
        about="doctor",
        dedupe_key=f"test_mail:{uuid4().hex}",
        context={"why": "somebody who runs this service has asked for a test mail to this address."},
    )
    async with db.transaction():
        number = await outbox.add(mail_to, now=now)
    if number is None:
        raise SummitError("The test mail could not be queued.")
    return number


async def _outbox(settings: Settings) -> str:
    await _schema(settings)
    health = await mail.health(now=datetime.now(UTC))
    if not health.is_well:
        raise SummitError(health.sentence)
    return health.sentence


async def _log(_settings: Settings) -> str:
    await _schema(_settings)
    found = await journal.verified(now=datetime.now(UTC))
    if found.faults:
        raise SummitError(found.faults[0])
    return f"The chain of {found.entries} entries holds."


async def _address(settings: Settings) -> str:
    if not settings.is_https and settings.host not in {"127.0.0.1", "localhost"}:
        raise SummitError(
            f"{settings.base_url} is not https: links in mails and the sign-in cookie can be read."
        )
    return f"Links begin with {settings.base_url}."
