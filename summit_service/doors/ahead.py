"""The doors whose links end by themselves."""

from __future__ import annotations

from summit_service.ahead import Ahead, Window
from summit_service.doors.tables import Door


async def coming(window: Window) -> list[Ahead]:
    """Each door that is open, with its end."""
    rows = await Door.select(
        Door.name, Door.expires_at, Door.edition.year.as_alias("year"), Door.edition.title.as_alias("title")
    ).where(Door.ended_at.is_null() & (Door.expires_at > window.now) & (Door.expires_at < window.until))
    return [
        Ahead(
            row["expires_at"],
            f"The links to the door “{row['name']}” of {row['title']} end.",
            f"/desk/summits/{row['year']}/doors",
            "See the doors",
        )
        for row in rows
    ]
