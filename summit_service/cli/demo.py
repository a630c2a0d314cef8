"""`summit demo`: the whole story on one machine, without a mail server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from summit_service import logs, settings
from summit_service.cli.running import (
    check_free,
    host_option,
    migrate_database,
    port_option,
    start_server,
    workers_option,
)
from summit_service.cli.shell import checked_settings, now, on_database
from summit_service.demo import load

LOADED = "demo-loaded"


@click.command()
@host_option
@port_option
@workers_option
@click.option(
    "--directory",
    default=Path("var/demo"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the demo keeps its files; a second start goes on with them.",
)
@click.option("--load-only", is_flag=True, help="Load the demo and do not serve it.")
def demo(host: str, port: int, workers: int, directory: Path, load_only: bool) -> None:
    """Load the demo network on SQLite, serve it, and say where to look."""
    _set_up(host, port, directory)
    if not load_only:
        check_free(host, port)
    if not (directory / LOADED).exists():
        _remove_half_loaded(directory)
        migrate_database()
        if load_only:
            load_demo()
        else:
            _load_apart(host, port, directory)
        (directory / LOADED).touch()
    else:
        migrate_database()
    if load_only:
        return
    _say_where_to_look(settings.current().base_url)
    start_server(host=host, port=port, workers=workers)


def _set_up(host: str, port: int, directory: Path) -> None:
    """The demo's own settings; what the environment says goes before them."""
    directory.mkdir(parents=True, exist_ok=True)
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - what is shown, not what is bound
    for name, value in {
        "SUMMIT_VAR_DIR": str(directory.resolve()),
        "SUMMIT_BASE_URL": f"http://{shown}:{port}",
        "SUMMIT_DEMO": "yes",
        "SUMMIT_LOG_LEVEL": "warning",
    }.items():
        os.environ.setdefault(name, value)
    settings.current.cache_clear()
    current = checked_settings()
    logs.configure(current.log_format, current.log_level)


def _load_apart(host: str, port: int, directory: Path) -> None:
    """Load in a process of its own, whose end is ours where it fails.

    Loading typesets PDFs, which starts threads; a server forked from a process that has done so would wait for
    them for ever at its first PDF.
    """
    words = ("demo", "--load-only", "--host", host, "--port", str(port), "--directory", str(directory))
    done = subprocess.run([sys.executable, "-m", "summit_service", *words], check=False)  # noqa: S603 - our own words
    if done.returncode != 0:
        sys.exit(done.returncode)


def _remove_half_loaded(directory: Path) -> None:
    """A start that was broken off while loading leaves nothing behind. A database elsewhere is never touched."""
    for path in [*directory.glob("summit.sqlite*"), *directory.glob("mailbox/*/*.eml")]:
        path.unlink()


@on_database
async def load_demo() -> None:
    """Everything in its order, with progress on standard error."""
    steps, started = list(load.steps(settings.current())), now()
    columns = (TextColumn("{task.description:<34}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Loading", total=sum(step.weight for step in steps))
        for step in steps:
            progress.update(task, description=step.words)
            await step.run(started)
            progress.advance(task, step.weight)
        progress.update(task, description="The demo is loaded")


def _say_where_to_look(base_url: str) -> None:
    for line in (
        f"1. Look around:      {base_url}/",
        f"2. Sign in:          {base_url}/sign-in   as stoneygate@members.example (a member) or {load.SECRETARY}",
        f"3. Read the mails:   {base_url}/mailbox   (sign-in links, signing links, registrations)",
        f"4. Subscribe:        {base_url}/calendar.ics",
        f"5. Register:         {base_url}/summits   and see /desk as the secretariat; Ctrl-C ends the demo",
    ):
        click.echo(line)
