"""Commands that run the service and look after it."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces

from summit_service import background, db, doctor, logs, zones
from summit_service.backup import KEPT_AT_MOST, make_backup
from summit_service.cli.shell import answer, checked_settings, json_option, now, on_database

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
port_option = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
workers_option = click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that answer."
)


@click.command()
@host_option
@port_option
@workers_option
def serve(host: str, port: int, workers: int) -> None:
    """Migrate the database, then serve the pages, the feeds and the API."""
    current = checked_settings()
    logs.configure(current.log_format, current.log_level)
    check_free(host, port)
    migrate_database()
    start_server(host=host, port=port, workers=workers)


def check_free(host: str, port: int) -> None:
    """The end of the command (status 1) with a sentence where nobody can listen at this address."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        sentence = f"Nothing can listen on {host}, port {port}: {fault.strerror}. Choose another with --port."
        click.echo(sentence, err=True)
        sys.exit(1)


def start_server(*, host: str, port: int, workers: int) -> None:
    """Run granian until it is told to stop."""
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


@click.command()
def mailer() -> None:
    """Deliver the outbox, and nothing else, until stopped."""
    current = checked_settings()
    logs.configure(current.log_format, current.log_level)
    _run_mailer()


@on_database
async def _run_mailer() -> None:
    await background.run_mailer()


@click.command()
def migrate() -> None:
    """Bring the database's schema up to date; safe to run twice or from two places at once."""
    applied = migrate_database()
    click.echo(f"Applied {', '.join(applied)}." if applied else "The database is up to date.")


@on_database
async def migrate_database() -> list[str]:
    """Run the migrations that are missing; their ids."""
    return await db.migrate()


@click.command(name="doctor")
@click.option("--mail-to", metavar="ADDRESS", help="Send a test mail there; without this no mail is sent.")
@json_option
def examine(mail_to: str | None, as_json: bool) -> None:
    """Look whether everything the service needs is there, and say what is not."""
    settings = checked_settings()
    db.bind(db.connect(settings.database_url))
    findings = asyncio.run(doctor.examine(settings))
    answer(
        as_json,
        data=[finding.as_json() for finding in findings],
        lines=[f"{_mark(found)}  {found.what}: {found.sentence}" for found in findings],
    )
    if mail_to:
        _send_test_mail(mail_to)
    sys.exit(0 if all(finding.is_well for finding in findings) else 1)


def _mark(found: doctor.Finding) -> str:
    if not found.is_known:
        return "?   "
    return "well" if found.is_well else "ILL "


@on_database
async def _send_test_mail(address: str) -> None:
    number = await doctor.queue_test_mail(address, now=now())
    click.echo(f"A test mail is queued; `summit mail show {number}` says what became of it.", err=True)


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def backup(directory: Path) -> None:
    """Write a consistent copy of the database into DIRECTORY, while the service runs."""
    settings = checked_settings()
    made = make_backup(settings.database_url, directory, now=now())
    click.echo(f"Wrote {made} ({made.stat().st_size:,} bytes).")
    until = zones.short_day((now() + KEPT_AT_MOST).date())
    click.echo(
        f"Delete it by {until}: what is personal is erased here on its day, and in a copy only with it.",
        err=True,
    )
