"""Calendars kept in this process while the version that they were made of holds."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from summit_service import db
from summit_service.events.changes import Version
from summit_service.events.watching import Watch, watch
from summit_service.feeds.stored import StoredCalendar

MOST_KEPT = 512
MOST_BYTES = 64_000_000
"""On one shelf; the calendar that was put there last stays, whatever it weighs."""
Build = Callable[[Version, StoredCalendar | None], Awaitable[StoredCalendar]]
"""Makes the calendar of a version; it is given the one that was kept there before, of an older version."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a calendar is kept."""

    shelf: Shelf
    key: Hashable

    def calendar_now(self) -> StoredCalendar | None:
        """The calendar that is kept there, if it is of the version that was read last."""
        shelf = self.shelf
        return shelf.kept_at(self.key, shelf.watch.version)


@dataclass(slots=True)
class Shelf:
    """The calendars of one database in one process."""

    watch: Watch
    kept: OrderedDict[Hashable, tuple[Version, StoredCalendar]] = field(default_factory=OrderedDict)
    building: dict[Hashable, asyncio.Lock] = field(default_factory=dict)

    async def calendar(self, key: Hashable, build: Build) -> StoredCalendar:
        """The calendar under `key`; one task builds it when there is none of the version that holds now."""
        version = await self.watch.current()
        found = self.kept_at(key, version)
        if found is not None:
            return found
        try:
            async with self.building.setdefault(key, asyncio.Lock()):
                found = self.kept_at(key, version)
                if found is None:
                    older = self.kept.get(key)
                    found = await build(version, older[1] if older else None)
                    self._keep(key, version, found)
                return found
        finally:
            self.building.pop(key, None)

    def kept_at(self, key: Hashable, version: Version) -> StoredCalendar | None:
        """What is kept under `key`, if it is of that version."""
        entry = self.kept.get(key)
        if entry is None or (entry[0] is not version and entry[0] != version):
            return None
        self.kept.move_to_end(key)
        return entry[1]

    def _keep(self, key: Hashable, version: Version, calendar: StoredCalendar) -> None:
        calendar.place = Place(self, key)
        self.kept[key] = (version, calendar)
        self.kept.move_to_end(key)
        size = sum(kept.size for _, kept in self.kept.values())
        while len(self.kept) > MOST_KEPT or (size > MOST_BYTES and len(self.kept) > 1):
            size -= self.kept.popitem(last=False)[1][1].size


_shelves: WeakKeyDictionary[db.Engine, Shelf] = WeakKeyDictionary()


def shelf() -> Shelf:
    """The shelf of the database that is bound."""
    engine = db.engine()
    if engine not in _shelves:
        _shelves[engine] = Shelf(watch())
    return _shelves[engine]
