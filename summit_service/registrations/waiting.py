"""People who wait for a place or a letter, as the secretariat is told."""

from __future__ import annotations

from datetime import datetime

from summit_service.registrations import letters, queries, rules
from summit_service.registrations.tables import Letter
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition
from summit_service.waiting import Waiting


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Letters that are asked for and people in the queue, of the summit that runs or comes next."""
    edition = await summits.current_edition(now)
    if edition is None or summits.ends_instant(edition) <= now:
        return []
    return [*await _letters(edition), *await _queue(edition)]


async def _letters(edition: Edition) -> list[Waiting]:
    rows = await Letter.objects().where((Letter.edition == edition.id) & (Letter.state == letters.ASKED))
    if not rows:
        return []
    count, since = len(rows), min(row.asked_at for row in rows)
    people = "1 person asks" if count == 1 else f"{count} people ask"
    sentence = f"{people} for a letter of invitation to {edition.title}."
    url = f"/desk/summits/{edition.year}/letters"
    return [Waiting(3, sentence, url, "Look at the letters", since=since, count=count)]


async def _queue(edition: Edition) -> list[Waiting]:
    waiting = sum([await queries.waiting_count(edition.id, mode) for mode in rules.ATTENDANCES])
    if not waiting:
        return []
    people = "1 person waits" if waiting == 1 else f"{waiting} people wait"
    url = f"/desk/summits/{edition.year}/registrations"
    sentence = f"{people} for a place at {edition.title}."
    return [Waiting(4, sentence, url, "See the waiting list", count=waiting)]
