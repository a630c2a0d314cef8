"""The addresses of new events: the title, with a number where another event has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from operator import or_

from summit_service import markup
from summit_service.events.rules import RESERVED_SLUGS, free_slugs
from summit_service.events.tables import Event

LONGEST_SLUG = 60
BASES_AT_ONCE = 100


async def addresses_for(summaries: Sequence[str]) -> list[str]:
    """A slug for each title, in their order, that no event has at this moment."""
    bases = [markup.slug(summary)[:LONGEST_SLUG] for summary in summaries]
    return free_slugs(bases, await _taken_slugs(bases))


async def _taken_slugs(bases: Sequence[str]) -> set[str]:
    """Those of the bases that are taken; and, of each that cannot stand alone, whatever begins with it."""
    counts = Counter(bases)
    rows = await Event.select(Event.slug).where(Event.slug.is_in(list(counts)))
    taken = {row["slug"] for row in rows} | RESERVED_SLUGS
    again = [base for base, number in counts.items() if number > 1 or base in taken]
    for start in range(0, len(again), BASES_AT_ONCE):
        like = [Event.slug.like(f"{base}%") for base in again[start : start + BASES_AT_ONCE]]
        taken |= {row["slug"] for row in await Event.select(Event.slug).where(reduce(or_, like))}
    return taken
