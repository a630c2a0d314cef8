"""The command `summit settings`: what the desk can change, for an operator."""

from __future__ import annotations

import click

from summit_service.accounts.actor import OPERATOR
from summit_service.cli.shell import answer, json_option, now, on_database
from summit_service.preferences import actions, queries


@click.group(name="settings")
def settings() -> None:
    """Settings that the secretariat changes at the desk; all others are in the environment."""


@settings.command(name="list")
@json_option
@on_database
async def list_settings(as_json: bool) -> None:
    """Each setting, its value and its default."""
    shown = await queries.shown()
    data = [
        {"name": one.choice.name, "value": one.value, "default": one.default, "changed": one.is_changed}
        for one in shown
    ]
    lines = [
        f"{one.choice.name} = {one.value}" + (f"   (default: {one.default})" if one.is_changed else "")
        for one in shown
    ]
    answer(as_json, data=data, lines=lines)


@settings.command(name="set")
@click.argument("name")
@click.argument("value")
@on_database
async def set_value(name: str, value: str) -> None:
    """Change one; every process has it within a second."""
    await actions.change(name, value, actor=OPERATOR, now=now())
    click.echo(f"{name} is changed.")


@settings.command(name="default")
@click.argument("name")
@on_database
async def restore(name: str) -> None:
    """Let the default hold again."""
    await actions.give_back(name, actor=OPERATOR, now=now())
    click.echo(f"{name} is back to its default.")
