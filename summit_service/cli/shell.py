"""What commands share: settings checked first, the database opened and closed, refusals told in sentences."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click

if sys.platform != "win32":
    import uvloop

from summit_service import db, settings
from summit_service.errors import Invalid, SummitError

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


def on_database(command: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, R]:
    """A command that works on the database; a refusal ends it with status 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        db.bind(db.connect(checked_settings().database_url))
        try:
            return _to_its_end(command(*args, **kwargs))
        except SummitError as fault:
            tell(fault)
            sys.exit(1)
        except Exception:
            if not _to_its_end(db.pending_migrations()):
                raise
            click.echo("The database's schema is not up to date. Run `summit migrate` first.", err=True)
            sys.exit(1)

    return run


def _to_its_end(command: Coroutine[Any, Any, T]) -> T:
    """On the same event loop as the server: `summit mailer` may run for months."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_opened(command))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    return uvloop.new_event_loop


async def _opened(command: Coroutine[Any, Any, T]) -> T:
    await db.open()
    try:
        return await command
    finally:
        await db.close()


def checked_settings() -> settings.Settings:
    """The settings, or the end of the command (status 2) with a sentence for each fault."""
    try:
        return settings.current()
    except settings.SettingsError as refusal:
        for sentence in refusal.faults:
            click.echo(sentence, err=True)
        sys.exit(2)


def tell(fault: SummitError) -> None:
    """A refusal on standard error, each fault on a line of its own."""
    if isinstance(fault, Invalid):
        for found in fault.faults:
            click.echo(f"{found.field}: {found.sentence}" if found.field else found.sentence, err=True)
        return
    click.echo(fault.sentence, err=True)


def answer(as_json: bool, *, data: Any, lines: list[str]) -> None:
    """The result on standard output: JSON for programs, lines for people."""
    if as_json:
        click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))
        return
    for line in lines:
        click.echo(line)


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)
