"""A feed in blocks of neighbouring events: after a change only the blocks that it touches are read and packed again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from summit_service import ical, zones
from summit_service.accounts.actor import Actor
from summit_service.errors import Invalid
from summit_service.events import queries
from summit_service.events.queries import BLOCK, FeedRow, Filters
from summit_service.feeds.stored import Part
from summit_service.logs import logger

MOST_READ_AGAIN = 24
"""Changed blocks above which one read of everything costs less."""
log = logger("feeds")
Blocks = Mapping[int, Part]


async def all_blocks(filters: Filters, *, midnight: datetime, viewer: Actor) -> Blocks:
    """The events that pass the filters, by the number of their block."""
    return _by_block(await queries.feed_rows(filters, midnight=midnight, viewer=viewer))


async def blocks_again(
    before: Blocks, number: int, filters: Filters, *, midnight: datetime, viewer: Actor
) -> Blocks:
    """The blocks as they are now, where `before` is how they were at the change with that number."""
    touched = await queries.blocks_changed_since(number)
    if len(touched) > MOST_READ_AGAIN:
        return await all_blocks(filters, midnight=midnight, viewer=viewer)
    rows = await queries.feed_rows(filters, midnight=midnight, viewer=viewer, blocks=touched)
    kept = {key: part for key, part in before.items() if key not in touched}
    return kept | _by_block(rows)


def parts_of(blocks: Blocks, *, name: str, description: str, url: str) -> tuple[Part, ...]:
    """A whole calendar: its beginning with the zones, the blocks in their order, its end."""
    known = frozenset[str]().union(*(part.zones for part in blocks.values()))
    head, tail = ical.frame(
        zones=known, has_entries=bool(blocks), name=name, description=description, url=url
    )
    return Part(head), *(blocks[key] for key in sorted(blocks)), Part(tail)


def _by_block(rows: Iterable[FeedRow]) -> dict[int, Part]:
    together: dict[int, list[FeedRow]] = defaultdict(list)
    for row in sound(rows):
        together[row.id // BLOCK].append(row)
    return {key: _part(found) for key, found in together.items()}


def _part(rows: Sequence[FeedRow]) -> Part:
    body = "".join(row.vevent for row in rows).encode()
    return Part(body, frozenset(row.timezone for row in rows if not row.all_day))


def sound(rows: Iterable[FeedRow]) -> list[FeedRow]:
    """A damaged row is logged with its id and left out, so that the others can be read."""
    found = []
    for row in rows:
        fault = _fault_of(row)
        if fault:
            log.error("a damaged event is left out of the feeds", event_id=row.id, fault=fault)
        else:
            found.append(row)
    return found


def _fault_of(row: FeedRow) -> str:
    text = row.vevent
    if not (text.startswith("BEGIN:VEVENT\r\n") and text.endswith("\r\nEND:VEVENT\r\n")):
        return "its entry is not a VEVENT"
    lines = f"\r\n{text}"
    entries = lines.count("\r\nBEGIN:VEVENT\r\n")
    if any(lines.count(f"\r\n{name}") != entries for name in ("END:VEVENT\r\n", "UID:", "DTSTART")):
        return "its entries are not whole VEVENTs"
    try:
        zones.zone(row.timezone)
    except Invalid as fault:
        return fault.sentence
    return ""
