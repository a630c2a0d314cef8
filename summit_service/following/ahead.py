"""When followed calendars are fetched next."""

from __future__ import annotations

from summit_service.ahead import Ahead, Window, number
from summit_service.following import queries


async def coming(window: Window) -> list[Ahead]:
    """One line for all of them: each is fetched several times a day."""
    fetched = [one.next_at for one in await queries.followed() if not one.paused]
    at = window.due(min(fetched, default=window.until))
    if at is None:
        return []
    told = number(len(fetched), "followed calendar is fetched", "followed calendars are fetched")
    sentence = f"{told}, and each again after some hours."
    return [Ahead(at, sentence, "/desk/calendars", "See them", count=len(fetched))]
