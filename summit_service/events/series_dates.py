"""The dates of series, worked out once for each change of a series and kept in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from weakref import WeakKeyDictionary

from summit_service import db
from summit_service.events.conditions import Condition
from summit_service.events.occurrences import Occurrence
from summit_service.events.overrides import dates
from summit_service.events.queries import views
from summit_service.events.tables import Event

MOST_KEPT = 100_000
"""Dates, of all series together; one takes some 300 bytes."""
BATCH = 100
"""Series that are read at once; between two batches others are answered."""


class Stamp(NamedTuple):
    """A series as it is since its last change: whatever moves a date of it raises `sequence`."""

    id: int
    sequence: int
    changed_at: datetime


Window = tuple[datetime, datetime, int]


@dataclass(slots=True)
class Kept:
    """Dates by series and window; those that nobody asked for longest go first."""

    by_key: OrderedDict[tuple[Stamp, Window], tuple[Occurrence, ...]] = field(default_factory=OrderedDict)
    size: int = 0

    def get(self, key: tuple[Stamp, Window]) -> tuple[Occurrence, ...] | None:
        """What is kept under the key."""
        found = self.by_key.get(key)
        if found is not None:
            self.by_key.move_to_end(key)
        return found

    def keep(self, key: tuple[Stamp, Window], found: tuple[Occurrence, ...]) -> None:
        """Keep it, and no more than MOST_KEPT dates in all; a series without dates counts as one."""
        self.size -= len(self.by_key.pop(key, ()))
        self.by_key[key] = found
        self.size += len(found)
        while self.by_key and self.size + len(self.by_key) > MOST_KEPT:
            self.size -= len(self.by_key.popitem(last=False)[1])


_kept: WeakKeyDictionary[db.Engine, Kept] = WeakKeyDictionary()


async def dates_of_series(
    where: Condition, *, after: datetime, before: datetime, limit: int
) -> dict[int, Sequence[Occurrence]]:
    """The dates of each series of the condition that end after `after` and begin before `before`, by event.

    At most `limit` dates of a series, counted from the beginning of the month (UTC) that `after` is in.
    """
    rows = await Event.select(Event.id, Event.sequence, Event.changed_at).where(where)
    stamps = [Stamp(**row) for row in rows]
    window = _window(after, before, limit)
    kept = _kept.setdefault(db.engine(), Kept())
    found = {stamp.id: kept.get((stamp, window)) for stamp in stamps}
    missing = [stamp.id for stamp in stamps if found[stamp.id] is None]
    for start in range(0, len(missing), BATCH):
        for stamp, expanded in await _expanded(missing[start : start + BATCH], window):
            kept.keep((stamp, window), expanded)
            found[stamp.id] = expanded
    return {key: _between(all_dates or (), after, before) for key, all_dates in found.items()}


async def _expanded(ids: Sequence[int], window: Window) -> Iterator[tuple[Stamp, tuple[Occurrence, ...]]]:
    read = await views(Event.id.is_in(list(ids)), limit=len(ids))
    after, before, limit = window
    return (
        (
            Stamp(one.id, one.sequence, one.changed_at),
            tuple(dates(one.details, one.overrides, after=after, before=before, limit=limit)),
        )
        for one in read
    )


def _between(all_dates: Iterable[Occurrence], after: datetime, before: datetime) -> list[Occurrence]:
    return [one for one in all_dates if one.ends > after and one.starts < before]


def _window(after: datetime, before: datetime, limit: int) -> Window:
    """Whole months, so that what is kept serves all requests of a month."""
    return _month(after), month_end(before), limit


def month_end(moment: datetime) -> datetime:
    """The end of its month (UTC)."""
    return _month(_month(moment) + timedelta(days=32))


def _month(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
