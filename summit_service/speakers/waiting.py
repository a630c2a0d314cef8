"""Letters of thanks that wait for the secretariat after a summit."""

from __future__ import annotations

from datetime import datetime

from summit_service.speakers import thanks
from summit_service.summits import queries as summits
from summit_service.waiting import Waiting


async def for_secretariat(now: datetime) -> list[Waiting]:
    """The drafts of the summit that was over in the last 60 days."""
    edition = await summits.just_over(now)
    count = len(await thanks.due(edition)) if edition else 0
    if edition is None or not count:
        return []
    letters = "1 letter of thanks" if count == 1 else f"{count} letters of thanks"
    sentence = f"{letters} to speakers at {edition.title} can be read and sent."
    url = f"/desk/summits/{edition.year}/afterwards"
    since = summits.ends_instant(edition)
    return [Waiting(4, sentence, url, "Read the letters", since=since, count=count)]
