"""How often a followed calendar is fetched, and what of it is asked about."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from summit_service.errors import Conflict, Fault, Invalid
from summit_service.events.incoming import CHANGED, NEW, Incoming

USUAL = timedelta(hours=6)
OFTENEST, RAREST = timedelta(hours=1), timedelta(days=2)
"""Whatever a calendar asks for by REFRESH-INTERVAL, it is fetched no oftener and no more rarely."""
FIRST_RETRY, LAST_RETRY = timedelta(minutes=15), timedelta(days=1)
BY_HAND = timedelta(minutes=5)
"""Between two fetches that a person asks for."""
JITTER = 0.1
MOST_FOLLOWED = 5
VANISHED = "vanished"
PAUSED = {
    "former": "the organisation is no longer a member",
    "nobody": "nobody represents the organisation any more",
}
"""Why a calendar is not fetched: there is nobody whom what it brings could be asked."""


def is_made_up(host: str) -> bool:
    """Whether the host's name is one of those that are kept for examples (RFC 2606, section 2)."""
    return host.endswith(".example")


def interval(asked: timedelta | None) -> timedelta:
    """How long to wait after a fetch, by what the calendar asks for."""
    return min(max(asked, OFTENEST), RAREST) if asked else USUAL


def next_after(wait: timedelta, *, now: datetime, seed: object) -> datetime:
    """The next fetch, a tenth earlier or later at most, so that not all come at the same minute."""
    chance = random.Random(f"{seed}:{now.isoformat()}")  # noqa: S311 - spreads load, guards nothing
    return now + wait * (1 + chance.uniform(-JITTER, JITTER))


def retry_after(failures: int, asked: int | None) -> timedelta:
    """How long to wait after that many failures in a row; longer where the server asks for it (Retry-After)."""
    doubled: int = 2 ** min(max(failures - 1, 0), 10)
    backed_off = min(FIRST_RETRY * doubled, LAST_RETRY)
    return max(backed_off, timedelta(seconds=asked or 0))


def check_number(count: int) -> None:
    """Raises Conflict for a calendar too many."""
    if count >= MOST_FOLLOWED:
        raise Conflict(f"{MOST_FOLLOWED} calendars are followed already. Stop following one first.")


def check_can_follow(standing: str) -> None:
    """Raises Conflict for an organisation that has left."""
    if standing == "former":
        raise Conflict("This organisation is no longer a member, so its calendar is not followed.")


def check_each_once(**lists: Sequence[str]) -> None:
    """Raises Invalid for a key that is decided about twice, with the place of the second time: `leave/0`."""
    seen, faults = set[str](), []
    for name, keys in lists.items():
        for place, key in enumerate(keys):
            if key in seen:
                faults.append(Fault(f"{name}/{place}", f"“{key[:100]}” is decided about twice."))
            seen.add(key)
    if faults:
        raise Invalid(faults)


def taken_at_once(item: Incoming, decided: Mapping[str, str], *, takes_new: bool) -> bool:
    """Whether nobody is asked: new ones as the organisation chose; changes, unless a person changed the event here.

    A new one that a person left alone stays so, whatever is chosen later.
    """
    if item.state == NEW:
        return takes_new and not item.is_over and item.key not in decided
    has_source = item.known is not None and item.known.taken is not None
    return item.state == CHANGED and has_source and item.has_news and not item.was_changed_here


def is_asked(item: Incoming, decided: Mapping[str, str]) -> bool:
    """Whether a person has to look: not over, and not left alone already as it is now."""
    if item.state == NEW:
        return not item.is_over and item.key not in decided
    if item.state != CHANGED or (
        item.known is not None and item.known.taken is not None and not item.has_news
    ):
        return False
    return decided.get(item.key) != mark(item)


def mark(item: Incoming) -> str:
    """What was left alone: a new entry for good, a change until the calendar says something else again."""
    if item.state == NEW:
        return NEW
    return hashlib.sha256(repr((item.details, item.is_cancelled, item.taken.dates)).encode()).hexdigest()[:16]
