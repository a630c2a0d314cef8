"""People who wait for a place, as the secretariat is told."""

from __future__ import annotations

from datetime import datetime

from summit_service.registrations import queries, rules
from summit_service.summits import queries as summits
from summit_service.waiting import Waiting


async def for_secretariat(now: datetime) -> list[Waiting]:
    """People in the queue of the summit that runs or comes next."""
    edition = await summits.current_edition(now)
    if edition is None or summits.ends_instant(edition) <= now:
        return []
    waiting = sum([await queries.waiting_count(edition.id, mode) for mode in rules.ATTENDANCES])
    if not waiting:
        return []
    people = "1 person waits" if waiting == 1 else f"{waiting} people wait"
    url = f"/desk/summits/{edition.year}/registrations"
    sentence = f"{people} for a place at {edition.title}."
    return [Waiting(4, sentence, url, "See the waiting list", count=waiting)]
