"""Reads about followed calendars."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service.following.rules import PAUSED
from summit_service.following.tables import FollowedCalendar
from summit_service.members import queries as members


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
    detail: str
    """Why a fetch failed, where its words are the same for many causes: for the secretariat alone."""
    waiting: int
    paused: str
    """Why it is not fetched for now (`rules.PAUSED`); empty for one that is."""

    @property
    def why_paused(self) -> str:
        """The reason in words."""
        return PAUSED.get(self.paused, "")

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
    paused = await paused_organisations(organisation_ids)
    rows = (
        await table.select(
            table.id, table.host, host.name.as_alias("organisation"), host.slug.as_alias("slug"), table.takes_new,
            table.fetched_at, table.succeeded_at, table.next_at, table.failures, table.result, table.detail,
            table.waiting, host.id.as_alias("organisation_id"),
        )
        .where(live)
        .order_by(table.waiting, ascending=False)
        .order_by(table.failures, ascending=False)
        .order_by(table.id)
    )  # fmt: skip
    reasons = [paused.get(row.pop("organisation_id"), "") for row in rows]
    return [Followed(**row, paused=reason) for row, reason in zip(rows, reasons, strict=True)]


async def paused_organisations(organisation_ids: Collection[int] | None = None) -> dict[int, str]:
    """Of the organisations that follow a calendar: those whose calendars wait, and why (`rules.PAUSED`)."""
    rows = await FollowedCalendar.select(FollowedCalendar.organisation).where(
        FollowedCalendar.ended_at.is_null()
    )
    found = {row["organisation"] for row in rows}
    return await members.without_anybody(found if organisation_ids is None else found & set(organisation_ids))
