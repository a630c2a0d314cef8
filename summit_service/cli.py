"""The command `summit`: running the service, and what an operator does without a browser."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from summit_service import __version__, background, db, logs, settings
from summit_service.errors import Invalid, SummitError

P = ParamSpec("P")
R = TypeVar("R")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="summit")
def main() -> None:
    """The network's events, summit and joint statements. Settings come from the environment (docs/operations.md)."""


def on_database(command: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, R]:
    """A command that works on the database: settings checked, connections opened and closed, faults told in sentences."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        current = checked_settings()
        db.bind(db.connect(current.database_url))

        async def opened() -> R:
            await db.open()
            try:
                return await command(*args, **kwargs)
            finally:
                await db.close()

        try:
            return asyncio.run(opened())
        except SummitError as fault:
            tell(fault)
            sys.exit(1)

    return run


def checked_settings() -> settings.Settings:
    """The settings, or the end of the command with a sentence for each fault."""
    try:
        return settings.current()
    except settings.SettingsError as faults:
        for sentence in faults.faults:
            click.echo(sentence, err=True)
        sys.exit(2)


def tell(fault: SummitError) -> None:
    """A refusal on standard error, each fault on a line of its own."""
    if isinstance(fault, Invalid):
        for found in fault.faults:
            click.echo(f"{found.field}: {found.sentence}" if found.field else found.sentence, err=True)
        return
    click.echo(fault.sentence, err=True)


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that answer.")
def serve(host: str, port: int, workers: int) -> None:
    """Migrate the database, then serve the pages, the feeds and the API."""
    checked_settings()
    _migrate()
    start_server(host=host, port=port, workers=workers)


def start_server(*, host: str, port: int, workers: int) -> None:
    """Run granian until it is told to stop."""
    from granian import Granian  # noqa: PLC0415 - only the server needs it
    from granian.constants import Interfaces  # noqa: PLC0415

    Granian(
        "summit_service.app:application",
        factory=True,
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGI,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


@main.command()
def mailer() -> None:
    """Deliver the outbox, and nothing else, until stopped."""
    logs.configure(checked_settings().log_format)
    _run_mailer()


@on_database
async def _run_mailer() -> None:
    await background.run_mailer()


@main.command()
def migrate() -> None:
    """Bring the database's schema up to date; safe to run twice or from two places at once."""
    applied = _migrate()
    click.echo(f"Applied {', '.join(applied)}." if applied else "The database is up to date.")


@on_database
async def _migrate() -> list[str]:
    return await db.migrate()


@main.group(name="import")
def import_() -> None:
    """Take in a file: all of it, or (with the reasons) nothing."""


file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


@main.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look whether everything the service needs is there, and say what is not."""
    from summit_service import doctor as checks  # noqa: PLC0415

    findings = asyncio.run(checks.examine(checked_settings()))
    if as_json:
        click.echo(json.dumps([finding.as_json() for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(f"{'ok ' if finding.is_well else 'NOT'} {finding.what}: {finding.sentence}")
    sys.exit(0 if all(finding.is_well for finding in findings) else 1)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUTF8", "1")
    main()
