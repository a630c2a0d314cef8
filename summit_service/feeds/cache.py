"""Calendars kept in this process, and the one question a second whether they still hold."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from summit_service import db
from summit_service.events import changes
from summit_service.events.changes import Version
from summit_service.feeds.stored import StoredCalendar

TRUSTED_FOR = 1.0
"""Seconds for which a version that was read holds; a change made in this process is seen at once."""
MOST_KEPT = 128
Build = Callable[[Version], Awaitable[StoredCalendar]]


@dataclass(slots=True)
class Shelf:
    """The calendars of one database in one process."""

    clock: Callable[[], float] = time.monotonic
    read_version: Callable[[], Awaitable[Version]] = changes.version
    count_made_here: Callable[[], int] = changes.made_here
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    version: Version = changes.BEFORE_ALL
    read_at: float = float("-inf")
    made_here: int = -1
    kept: OrderedDict[Hashable, tuple[Version, StoredCalendar]] = field(default_factory=OrderedDict)
    building: dict[Hashable, asyncio.Lock] = field(default_factory=dict)

    async def calendar(self, key: Hashable, build: Build) -> StoredCalendar:
        """The calendar under `key`; one task builds it when there is none of the version that holds now."""
        version = await self.current_version()
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

    async def current_version(self) -> Version:
        """The version of the events: read from the database at most once a second, by one task for all."""
        if self._holds():
            return self.version
        async with self.lock:
            if not self._holds():
                made_here, began = self.count_made_here(), self.clock()
                self.version = await self.read_version()
                self.made_here, self.read_at = made_here, began
        return self.version

    def _holds(self) -> bool:
        return self.made_here == self.count_made_here() and self.clock() - self.read_at < TRUSTED_FOR

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
        _shelves[engine] = Shelf()
    return _shelves[engine]
