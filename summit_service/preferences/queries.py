"""Reads of what the secretariat has changed of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from piccolo.query.functions import Max

from summit_service import settings
from summit_service.preferences import rules
from summit_service.preferences.rules import Choice
from summit_service.preferences.tables import Preference


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as it is now: its value, the environment's, and the changes, the newest first."""

    choice: Choice
    value: str
    default: str
    version: int
    changes: tuple[tuple[datetime, str | None], ...]

    @property
    def is_changed(self) -> bool:
        """Whether something stands above the environment."""
        return bool(self.changes) and self.changes[0][1] is not None


async def last_number() -> int:
    """Rises with each change."""
    row = await Preference.select(Max(Preference.id)).first()
    return int(row["max"] or 0) if row else 0


async def kept() -> dict[str, str | None]:
    """The value that was set last, by name; None where the environment's holds again."""
    rows = await Preference.select(Preference.name, Preference.value).order_by(Preference.id)
    return {row["name"]: row["value"] for row in rows}


async def shown() -> list[Shown]:
    """Every setting that can be changed, in the order of the page."""
    rows = await Preference.objects().order_by(Preference.id, ascending=False)
    environment = settings.defaults()
    found = []
    for choice in rules.CHOICES:
        mine = [row for row in rows if row.name == choice.name]
        default = rules.value_in(environment, choice.name)
        value = mine[0].value if mine and mine[0].value is not None else default
        changes = tuple((row.set_at, row.value) for row in mine)
        found.append(Shown(choice, value, default, len(mine), changes))
    return found
