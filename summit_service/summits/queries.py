"""Reads about editions, drafts and releases."""

from __future__ import annotations

from datetime import datetime

from summit_service import zones
from summit_service.summits.tables import Edition


async def edition_of(year: int) -> Edition | None:
    """The edition of that year, announced or not."""
    return await Edition.objects().where(Edition.year == year).first()


async def editions(*, is_announced_only: bool = True) -> list[Edition]:
    """All editions, the latest first."""
    found = Edition.objects().order_by(Edition.year, ascending=False)
    return list(await (found.where(Edition.announced_at.is_not_null()) if is_announced_only else found))


async def current_edition(now: datetime) -> Edition | None:
    """The announced edition that runs or comes next; where there is none ahead, the last one."""
    announced = await editions()
    ahead = [edition for edition in announced if ends_instant(edition) > now]
    return ahead[-1] if ahead else next(iter(announced), None)


def ends_instant(edition: Edition) -> datetime:
    """When the last day is over in the edition's zone."""
    return zones.day_end(edition.ends_on, edition.timezone)
