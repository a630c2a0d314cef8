"""The number of the events as this process knows it: asked of the database at most once a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from summit_service import db
from summit_service.events import changes
from summit_service.events.changes import Version

TRUSTED_FOR = 1.0
"""Seconds for which a number that was read holds; a change made in this process is seen at once."""


@dataclass(slots=True)
class Watch:
    """What was read last, and whether it still holds; one for each number that is watched."""

    clock: Callable[[], float] = time.monotonic
    read_version: Callable[[], Awaitable[Version]] = changes.version
    count_made_here: Callable[[], int] = changes.made_here
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    version: Version = changes.BEFORE_ALL
    read_at: float = float("-inf")
    made_here: int = -1

    async def current(self) -> Version:
        """The version that holds now: read by one task for all that ask in the same second."""
        if self.holds():
            return self.version
        async with self.lock:
            if not self.holds():
                made_here, began = self.count_made_here(), self.clock()
                found = await self.read_version()
                # The same object while it is the same version: what is kept is then known by identity.
                self.version = self.version if found == self.version else found
                self.made_here, self.read_at = made_here, began
        return self.version

    def holds(self) -> bool:
        """Whether what was read is young enough, and nothing was changed here since."""
        return self.made_here == self.count_made_here() and self.clock() - self.read_at < TRUSTED_FOR


_watches: WeakKeyDictionary[db.Engine, Watch] = WeakKeyDictionary()


def watch() -> Watch:
    """That of the database that is bound."""
    engine = db.engine()
    if engine not in _watches:
        _watches[engine] = Watch()
    return _watches[engine]
