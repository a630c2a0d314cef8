"""When an event that is being posted takes place by the clocks of the members."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from summit_service.events import rules
from summit_service.events.details import Details
from summit_service.events.fairness import Fairness, fairness_of
from summit_service.events.occurrences import next_dates
from summit_service.members import queries as members
from summit_service.members.tables import Organisation

DATES = 26
"""The next dates of a series that are looked at: clocks change twice a year, and not everywhere."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The first of the next dates, and the fewest members that are awake on any of them."""

    zone: str
    first: Fairness
    least: int
    least_at: datetime

    @property
    def mark(self) -> str:
        """The same for the same words."""
        better = ",".join(one.starts.isoformat() for one in self.first.better)
        return f"{self.first.lines[0].starts.isoformat()}/{self.first.awake}/{self.least}/{better}"


async def hours_of(details: Details, *, host: Organisation | None, now: datetime) -> Hours | None:
    """For an online or hybrid event with hours; None for others, and where no member has said its zone.

    Raises Invalid for times that cannot be read.
    """
    zone = details.timezone or (host.timezone if host else "")
    checked, _ = rules.check_times(replace(details, timezone=zone))
    if checked.all_day or checked.mode not in {"online", "hybrid"}:
        return None
    by_zone = await members.members_by_zone()
    dates = next_dates(checked, now=now, limit=DATES)
    if not by_zone or not dates:
        return None
    found = [fairness_of(one.starts, one.ends, by_zone, zone=zone) for one in dates]
    least = min(range(len(found)), key=lambda number: found[number].awake)
    return Hours(zone, found[0], found[least].awake, dates[least].starts)
