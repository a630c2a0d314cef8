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

MOST_KEPT = 128
Build = Callable[[Version], Awaitable[StoredCalendar]]


@dataclass(slots=True)
class Shelf:
    """The calendars of one database in one process."""

    watch: Watch
    kept: OrderedDict[Hashable, tuple[Version, StoredCalendar]] = field(default_factory=OrderedDict)
    building: dict[Hashable, asyncio.Lock] = field(default_factory=dict)

    async def calendar(self, key: Hashable, build: Build) -> StoredCalendar:
        """The calendar under `key`; one task builds it when there is none of the version that holds now."""
        version = await self.watch.current()
        found = self._kept(key, version)
        if found is not None:
            return found
        try:
            async with self.building.setdefault(key, asyncio.Lock()):
                found = self._kept(key, version)
                if found is None:
                    found = await build(version)
                    self._keep(key, version, found)
                return found
        finally:
            self.building.pop(key, None)

    def _kept(self, key: Hashable, version: Version) -> StoredCalendar | None:
        entry = self.kept.get(key)
        if entry is None or entry[0] != version:
            return None
        self.kept.move_to_end(key)
        return entry[1]

    def _keep(self, key: Hashable, version: Version, calendar: StoredCalendar) -> None:
        self.kept[key] = (version, calendar)
        self.kept.move_to_end(key)
        while len(self.kept) > MOST_KEPT:
            self.kept.popitem(last=False)


_shelves: WeakKeyDictionary[db.Engine, Shelf] = WeakKeyDictionary()


def shelf() -> Shelf:
    """The shelf of the database that is bound."""
    engine = db.engine()
    if engine not in _shelves:
        _shelves[engine] = Shelf(watch())
    return _shelves[engine]
