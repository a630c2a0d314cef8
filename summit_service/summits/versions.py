"""The number of an edition's last release: what its feed asks before it answers."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from summit_service.summits.tables import Release

_local = count(1)
_seen_here = [0]


async def last_version(edition_id: int) -> tuple[int, datetime] | None:
    """Number and time of the last release; None before the first."""
    found = Release.select(Release.number, Release.released_at).where(Release.edition == edition_id)
    row = await found.order_by(Release.number, ascending=False).first()
    return (row["number"], row["released_at"]) if row else None


def made_here() -> int:
    """Rises when this process has committed a release; what was known before it is out of date."""
    return _seen_here[0]


def tell_this_process() -> None:
    """A release was committed here."""
    _seen_here[0] = next(_local)
