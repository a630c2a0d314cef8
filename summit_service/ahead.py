"""What goes out or happens by itself, as every domain tells it to the desk: each a sentence with its moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from summit_service import zones

DAYS = 14


@dataclass(frozen=True, slots=True)
class Window:
    """What is looked at: the instants from `now` on and before `until`; its days are those of `zone`."""

    now: datetime
    until: datetime
    zone: str

    def holds(self, moment: datetime) -> bool:
        """Whether it comes within the window, `now` itself not."""
        return self.now < moment < self.until

    def due(self, moment: datetime) -> datetime | None:
        """When something acts whose moment this is: what is overdue acts at once. None for what comes later."""
        return max(moment, self.now) if moment < self.until else None

    def by_day(self, moments: Iterable[datetime]) -> list[tuple[datetime, int]]:
        """For each day on which any of these acts: the first moment, and how many they are."""
        due = sorted(at for at in map(self.due, moments) if at is not None)
        days = [list(same) for _, same in groupby(due, key=self.day_of)]
        return [(same[0], len(same)) for same in days]

    def day_of(self, moment: datetime) -> date:
        """The day of an instant in the window's zone."""
        return zones.at_wall(moment, self.zone).date()


@dataclass(frozen=True, slots=True)
class Ahead:
    """One thing that comes: when, what it is, where it is held or changed, and what that button says.

    With `is_for_somebody` it is not done by itself: from `at` on it waits for a person. `count` is how many things the
    line stands for, of which `at` is the first.
    """

    at: datetime
    sentence: str
    url: str
    button: str
    count: int = 1
    is_for_somebody: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day, with what comes on it in the order of the clock."""

    date: date
    items: tuple[Ahead, ...]


def next_days(now: datetime, zone: str) -> Window:
    """The rest of today in the zone, and the DAYS days after it."""
    today = zones.at_wall(now, zone).date()
    return Window(now, zones.day_end(today + timedelta(days=DAYS), zone), zone)


def day_by_day(found: Sequence[Ahead], window: Window) -> list[Day]:
    """The days on which anything comes, the first one first."""
    ordered = sorted((item for item in found if item.at < window.until), key=lambda item: item.at)
    return [
        Day(day, tuple(items)) for day, items in groupby(ordered, key=lambda item: window.day_of(item.at))
    ]


def number(count: int, one: str, many: str) -> str:
    """A number with its noun: `1 mail`, `3 mails`."""
    return f"{count} {one if count == 1 else many}"
