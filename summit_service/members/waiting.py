"""Members that wait for somebody to be named."""

from __future__ import annotations

from datetime import datetime

from summit_service.members import queries
from summit_service.waiting import Waiting, with_rest

MOST = 10


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Members for whom nobody could sign: the first by name, the rest as a number."""
    first, count = await queries.members_without_signatory(limit=MOST)
    found = [
        Waiting(
            4,
            f"{name} has nobody who could sign a statement.",
            f"/organisations/{slug}/people",
            "Name one",
        )
        for slug, name in first
    ]
    return with_rest(found, count, rest=_more)


def _more(count: int) -> Waiting:
    told = "1 more member has" if count == 1 else f"{count} more members have"
    sentence = f"{told} nobody who could sign a statement."
    return Waiting(4, sentence, "/organisations", "See the members", count=count)
