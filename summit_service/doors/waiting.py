"""Mails about certificates that wait for the secretariat after a summit."""

from __future__ import annotations

from datetime import datetime

from summit_service.doors import telling
from summit_service.summits import queries as summits
from summit_service.waiting import Waiting


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Who came to the summit that was over in the last 60 days and has had no mail."""
    edition = await summits.just_over(now)
    count = len(await telling.untold(edition)) if edition else 0
    if edition is None or not count:
        return []
    people = "1 person" if count == 1 else f"{count} people"
    sentence = f"{people} who came to {edition.title} can be mailed of the certificate."
    url = f"/desk/summits/{edition.year}/afterwards"
    since = summits.ends_instant(edition)
    return [Waiting(4, sentence, url, "See the mail", since=since, count=count)]
