"""Reads: what was posted, changed and called off in the calendar between two moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from summit_service.accounts.actor import Actor
from summit_service.events import listing
from summit_service.events.conditions import visible
from summit_service.events.listing import Dated
from summit_service.events.queries import EventView, views
from summit_service.events.tables import Event, EventChange

MOST = 200
HORIZON = timedelta(days=800)
NEW = frozenset({"posted", "published", "confirmed"})
CHANGED = frozenset({"changed", "date", "undone"})
SEEN = NEW | CHANGED | {"cancelled"}


@dataclass(frozen=True, slots=True)
class News:
    """Each event once, under its next date: what is new, what has changed, what was called off."""

    new: tuple[Dated, ...] = ()
    changed: tuple[Dated, ...] = ()
    cancelled: tuple[Dated, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.new or self.changed or self.cancelled)


async def news_between(after: datetime, until: datetime, *, viewer: Actor) -> News:
    """What this viewer may see of what happened after `after` and up to `until`; what is over by then is left out."""
    kinds = await _kinds(after, until)
    if not kinds:
        return News()
    lasting = Event.last_instant.is_null() | (Event.last_instant > until)
    found = await views(visible(viewer) & lasting & Event.id.is_in(list(kinds)), limit=MOST)
    groups: dict[str, list[Dated]] = {"new": [], "changed": [], "cancelled": []}
    for event in found:
        group, date = _group(event, kinds[event.id]), _next_date(event, until)
        if group and date is not None:
            groups[group].append(date)
    return News(**{name: tuple(sorted(dates, key=_order)) for name, dates in groups.items()})


async def _kinds(after: datetime, until: datetime) -> dict[int, set[str]]:
    """What was done to each event, by its id."""
    then = (EventChange.created_at > after) & (EventChange.created_at <= until)
    rows = await EventChange.select(EventChange.event, EventChange.kind).where(
        then & EventChange.kind.is_in(sorted(SEEN))
    )
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row["event"], set()).add(row["kind"])
    return found


def _group(event: EventView, kinds: set[str]) -> str:
    """Posted and called off since the last time: nobody has heard of it, so nobody is told."""
    if event.is_cancelled:
        return "" if kinds & NEW else "cancelled"
    return "new" if kinds & NEW else "changed"


def _next_date(event: EventView, at: datetime) -> Dated | None:
    return next(iter(listing.dates_of(event, after=at, before=at + HORIZON, limit=1)), None)


def _order(date: Dated) -> tuple[datetime, int]:
    return date.starts, date.event.id
