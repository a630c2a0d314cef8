"""The command `summit ahead`: what happens by itself in the next days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from summit_service import zones
from summit_service.ahead import Day
from summit_service.cli.shell import answer, json_option, now, on_database
from summit_service.desk.next_days import in_next_days


@click.command(name="ahead")
@json_option
@on_database
async def ahead(as_json: bool) -> None:
    """What happens by itself in the next 14 days, and what will wait for somebody."""
    found = await in_next_days(now())
    data = {
        "until": found.window.until,
        "timezone": found.window.zone,
        "by_itself": _items(found.by_itself),
        "for_somebody": _items(found.for_somebody),
    }
    lines = [
        f"By itself, times of {zones.city(found.window.zone)}:",
        *(_lines(found.by_itself, found.window.zone) or ["  Nothing."]),
        "Waits for somebody then:",
        *(_lines(found.for_somebody, found.window.zone) or ["  Nothing new."]),
    ]
    answer(as_json, data=data, lines=lines)


def _items(days: Sequence[Day]) -> list[dict[str, object]]:
    return [asdict(item) for day in days for item in day.items]


def _lines(days: Sequence[Day], zone: str) -> list[str]:
    return [
        f"  {zones.at_wall(item.at, zone):%a %d %b %H:%M}  {item.sentence}"
        for day in days
        for item in day.items
    ]
