"""Terms that end soon, with nobody named to follow."""

from __future__ import annotations

from datetime import datetime

from summit_service import zones
from summit_service.officers import queries, rules
from summit_service.waiting import Waiting, at_most

MOST = 10


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Terms that end within 60 days, the first to end first."""
    today = queries.today(now)
    found = [
        Waiting(
            3,
            f"The term of {one.name or 'an officer'} ({one.office}) ends on {zones.short_day(one.ends_on)}.",
            f"/desk/officers/{one.id}",
            "See the term",
        )
        for one in rules.ending_soon(await queries.all_terms(), today)
        if one.ends_on is not None
    ]
    return at_most(found, MOST, rest=_more)


def _more(count: int) -> Waiting:
    told = "1 more term of an officer ends" if count == 1 else f"{count} more terms of officers end"
    return Waiting(3, f"{told} within 60 days.", "/who-we-are", "See the officers", count=count)
