"""Changing a setting and giving it back to the environment; every process has it within a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from uuid import uuid4

from summit_service import db, journal, settings
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Unavailable
from summit_service.events import changes
from summit_service.mail import outbox
from summit_service.mail.outbox import Mail
from summit_service.preferences import queries, rules
from summit_service.preferences.rules import ADDRESS, Choice
from summit_service.preferences.tables import Preference

LOOKED_AT_EVERY = 1.0
"""Seconds between two looks at what other processes have changed."""


async def change(name: str, typed: str, *, seen: int | None = None, actor: Actor, now: datetime) -> None:
    """Set a value above the environment's. `seen` is the version that the person had before their eyes.

    Raises NotFound, NotAllowed, Invalid for `value`, and Conflict where somebody else was quicker.
    """
    check_secretariat(actor)
    choice = rules.choice_of(name)
    await _write(choice, rules.checked(choice, typed), seen=seen, actor=actor, now=now)


async def give_back(name: str, *, seen: int | None = None, actor: Actor, now: datetime) -> None:
    """Let the environment's value hold again; raises as `change`."""
    check_secretariat(actor)
    await _write(rules.choice_of(name), None, seen=seen, actor=actor, now=now)


async def _write(choice: Choice, value: str | None, *, seen: int | None, actor: Actor, now: datetime) -> None:
    async with db.transaction() as transaction:
        mine = await Preference.objects().where(Preference.name == choice.name).order_by(Preference.version)
        if seen is not None and seen != len(mine):
            raise Conflict("Somebody else has just changed this setting. Look at it again.")
        before = mine[-1].value if mine else None
        if value == before:
            return
        row = Preference(name=choice.name, version=len(mine) + 1, value=value, set_at=now)
        try:
            with db.unique_violations():
                await row.save()
        except db.UniqueViolation as fault:
            raise Conflict("Somebody else has just changed this setting. Look at it again.") from fault
        detail = _told(choice, value)
        await journal.note(
            "network.setting_changed", actor, choice.name, choice.label, now=now, detail=detail
        )
        wanted = rules.overrides(await queries.kept())
        transaction.after_commit(lambda: settings.override(wanted))
        # Calendars that are kept in memory bear the network's name.
        await changes.note_change(now)


async def send_test_mail(*, actor: Actor, now: datetime) -> int:
    """A mail to whoever asks, as every mail is sent; its number in the outbox. Raises NotAllowed and Conflict."""
    check_secretariat(actor)
    if not actor.email:
        raise Conflict("Nobody can be mailed: sign in as yourself.")
    mail = Mail(
        kind="test_mail",
        to_name=actor.name,
        to_email=actor.email,
        about=f"person:{actor.person_id}",
        dedupe_key=f"test_mail:{uuid4().hex}",
        context={"why": "you asked for a test mail on the page of the network's settings."},
    )
    async with db.transaction():
        number = await outbox.add(mail, now=now)
    if number is None:
        raise Unavailable("The test mail could not be queued. Try again.")
    return number


def _told(choice: Choice, value: str | None) -> str:
    """For the journal, which holds no address."""
    if value is None:
        return "back to its default"
    return "to another address" if choice.kind == ADDRESS else f"to “{value[:200]}”"


async def take_up() -> None:
    """Let what is kept hold in this process."""
    settings.override(rules.overrides(await queries.kept()))


@asynccontextmanager
async def followed() -> AsyncIterator[None]:
    """While this is open, what any process changes holds in this one within a second."""
    with suppress(Unavailable):
        await take_up()
    task = asyncio.create_task(_follow())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _follow() -> None:
    known = -1
    while True:
        with suppress(Unavailable):
            number = await queries.last_number()
            if number != known:
                await take_up()
                known = number
        await asyncio.sleep(LOOKED_AT_EVERY)
