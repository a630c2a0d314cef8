"""The doors whose links end by themselves, and the day from which on certificates can be mailed."""

from __future__ import annotations

from summit_service.ahead import Ahead, Window
from summit_service.doors.tables import Door
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition


async def coming(window: Window) -> list[Ahead]:
    """Each door that is open, with its end; and each summit with doors, once it is over."""
    return [*await _doors(window), *await _certificates(window)]


async def _doors(window: Window) -> list[Ahead]:
    rows = await Door.objects(Door.edition).where(Door.ended_at.is_null()).order_by(Door.id)
    return [
        Ahead(
            ends,
            f"The links to the door “{row.name}” of {row.edition.title} end.",
            f"/desk/summits/{row.edition.year}/doors",
            "See the doors",
        )
        for row in rows
        if window.holds(ends := summits.ends_instant(row.edition))
    ]


async def _certificates(window: Window) -> list[Ahead]:
    with_doors = {row["edition"] for row in await Door.select(Door.edition).group_by(Door.edition)}
    ending = Edition.objects().where(Edition.id.is_in(sorted(with_doors) or [0]))
    return [
        Ahead(
            ends,
            f"Whoever was let in at {edition.title} can be mailed of the certificate.",
            f"/desk/summits/{edition.year}/afterwards",
            "See the mail",
            is_for_somebody=True,
        )
        for edition in await ending
        if window.holds(ends := summits.ends_instant(edition))
    ]
