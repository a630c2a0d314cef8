"""Mails for the tests of the mailer, with templates of their own."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader

from summit_service import db
from summit_service.mail import outbox, render
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.mail.tables import OutboxMessage

FOLDER = Path(__file__).parent / "templates"
_numbers = count(1)


def know_letters() -> None:
    """Let the mailer find the templates of these tests beside the real ones."""
    loader = render.environment().loader
    if not isinstance(loader, ChoiceLoader):
        assert loader is not None
        render.environment().loader = ChoiceLoader([loader, FileSystemLoader(FOLDER)])


def letter(**changes: Any) -> Mail:
    """A mail of few words."""
    number = next(_numbers)
    context: Mapping[str, Any] = {"title": f"Letter {number}", "words": f"The words of letter {number}."}
    return replace(
        Mail(
            kind="letter",
            to_name="Anna Berg",
            to_email=f"anna{number}@members.example",
            about=f"letter:{number}",
            dedupe_key=f"letter:{number}",
            context=context,
        ),
        **changes,
    )


def invitation(**changes: Any) -> Mail:
    """A mail with a link that is minted when it is sent."""
    number = next(_numbers)
    mail = replace(
        letter(),
        kind="invitation",
        about=f"request:{number}",
        dedupe_key=f"invitation:{number}",
        context={
            "title": "Empathy in every curriculum",
            "organisation": "Emp@thies <Humanisation> & Co",
            "closes_at": "2026-04-01T11:00:00+00:00",
        },
        links={"sign_url": LinkSpec(purpose="sign", subject=str(number), path="/sign/{token}")},
    )
    return replace(mail, **changes)


async def post(mail: Mail, *, now: datetime) -> int:
    """Put it into the outbox in a transaction of its own; its id."""
    async with db.transaction():
        identifier = await outbox.add(mail, now=now)
    assert identifier is not None
    return identifier


async def post_many(number: int, *, now: datetime) -> None:
    """So many letters in one transaction."""
    async with db.transaction():
        for _ in range(number):
            await outbox.add(letter(), now=now)


async def row_of(identifier: int) -> OutboxMessage:
    """The row as it is now."""
    row = await OutboxMessage.objects().where(OutboxMessage.id == identifier).first()
    assert row is not None
    return row


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until it holds; fails when it does not in time."""
    async with asyncio.timeout(seconds):
        while not await _holds(condition):  # noqa: ASYNC110 - other processes make it hold
            await asyncio.sleep(0.01)


async def _holds(condition: Callable[[], object]) -> bool:
    found = condition()
    return bool(await found) if inspect.isawaitable(found) else bool(found)
