"""Reads about followed calendars."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service.following.tables import FollowedCalendar


@dataclass(frozen=True, slots=True)
class Followed:
    """A followed calendar as pages show it: never its address, of which the host is all that is told."""

    id: int
    host: str
    organisation: str
    slug: str
    takes_new: bool
    fetched_at: datetime | None
    succeeded_at: datetime | None
    next_at: datetime
    failures: int
    result: str
    waiting: int

    @property
    def url(self) -> str:
        """Its page."""
        return f"/organisations/{self.slug}/calendars/{self.id}"


async def followed(organisation_ids: Collection[int] | None = None) -> list[Followed]:
    """The calendars that these organisations follow, or all; what waits and what fails comes first."""
    live: Any = FollowedCalendar.ended_at.is_null()
    if organisation_ids is not None:
        if not organisation_ids:
            return []
        live = live & FollowedCalendar.organisation.is_in(list(organisation_ids))
    table, host = FollowedCalendar, FollowedCalendar.organisation
    rows = (
        await table.select(
            table.id, table.host, host.name.as_alias("organisation"), host.slug.as_alias("slug"), table.takes_new,
            table.fetched_at, table.succeeded_at, table.next_at, table.failures, table.result, table.waiting,
        )
        .where(live)
        .order_by(table.waiting, ascending=False)
        .order_by(table.failures, ascending=False)
        .order_by(table.id)
    )  # fmt: skip
    return [Followed(**row) for row in rows]
