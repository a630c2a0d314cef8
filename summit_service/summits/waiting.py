"""What of the coming summit waits for the secretariat: that it is planned, and its programme released."""

from __future__ import annotations

from datetime import datetime

from summit_service.summits import queries
from summit_service.waiting import Waiting


async def for_secretariat(now: datetime) -> list[Waiting]:
    """A summit that nobody has planned, or one whose programme nobody can read yet."""
    edition = await queries.current_edition(now)
    if edition is None or queries.ends_instant(edition) <= now:
        sentence = "No summit is announced. The next one can be planned from the programme of the last."
        return [Waiting(5, sentence, "/desk/summits", "Plan a summit")]
    if await queries.last_release(edition.id) is not None:
        return []
    url = f"/desk/summits/{edition.year}/programme"
    return [Waiting(3, f"{edition.title} has no released programme.", url, "Look at the draft")]
