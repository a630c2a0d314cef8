"""The command `summit log`: whether the log of who did what is as it was written."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from summit_service.cli.shell import answer, json_option, now, on_database
from summit_service.journal import queries


@click.group(name="log")
def log() -> None:
    """Who did what: the chain over it."""


@log.command()
@json_option
@on_database
async def verify(as_json: bool) -> None:
    """Check every entry from the first to the last; ends with 1 where one was changed, removed or put in.

    Keep the hash of the last entry somewhere else from time to time: it fixes everything before it.
    """
    found = await queries.verified(now=now())
    lines = found.faults or [
        f"The chain holds: {found.entries} entries, {found.erased} with their words erased."
    ]
    lines = [*lines, f"Waiting to be sealed: {found.waiting}.", f"Last entry: {found.entries} {found.head}"]
    answer(as_json, data=asdict(found), lines=lines)
    if found.faults:
        sys.exit(1)
