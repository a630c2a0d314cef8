"""What a followed calendar has now, what of it waits for a person, and what has vanished from it."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from summit_service import ical_reading
from summit_service.errors import NotFound
from summit_service.events.actions import Plan
from summit_service.events.actions.planning import plan_for
from summit_service.events.incoming import Incoming
from summit_service.following import rules
from summit_service.following.tables import FollowedCalendar, FollowedDecision, FollowedEvent
from summit_service.members import queries as members


@dataclass(frozen=True, slots=True)
class Vanished:
    """An event here that its calendar has no more."""

    key: str
    slug: str
    title: str
    starts: datetime
    timezone: str


@dataclass(frozen=True, slots=True)
class Board:
    """The calendar as it came last, beside what is here now."""

    plan: Plan
    asked: tuple[Incoming, ...]
    vanished: tuple[Vanished, ...]
    decided: Mapping[str, str]

    @property
    def waiting(self) -> int:
        """How much a person has to look at."""
        return len(self.asked) + len(self.vanished)


def packed(data: bytes) -> str:
    """A calendar as it is kept."""
    return base64.b85encode(zlib.compress(data)).decode()


def unpacked(body: str) -> bytes:
    """What was packed."""
    return zlib.decompressobj().decompress(base64.b85decode(body), ical_reading.LARGEST + 1)


async def board_of(calendar: FollowedCalendar, data: bytes | None = None, *, now: datetime) -> Board:
    """By what came last, or by `data`; nothing waits before the first fetch."""
    host = await members.organisation_by_id(calendar.organisation)
    if host is None:
        raise NotFound("The organisation of this calendar is gone.")
    body = data if data is not None else unpacked(calendar.body) if calendar.body else None
    plan = await plan_for(host, body, now=now) if body else Plan(host)
    rows = await FollowedDecision.objects().where(FollowedDecision.calendar == calendar.id)
    decided = {row.key: row.mark for row in rows}
    asked = tuple(one for one in plan.items if rules.is_asked(one, decided))
    vanished = await _vanished(calendar, plan, decided, now=now) if body and not plan.faults else ()
    return Board(plan, asked, vanished, decided)


async def _vanished(
    calendar: FollowedCalendar, plan: Plan, decided: Mapping[str, str], *, now: datetime
) -> tuple[Vanished, ...]:
    """Events to come; one that is over simply stays, one that a person kept is not asked about again."""
    there = {one.key for one in plan.items} | {one.uid for one in plan.items}
    event = FollowedEvent.event
    rows = (
        await FollowedEvent.select(
            FollowedEvent.key, event.slug, event.summary, event.starts_instant, event.last_instant,
            event.timezone, event.state,
        )
        .where(FollowedEvent.calendar == calendar.id)
        .order_by(FollowedEvent.id)
    )  # fmt: skip
    return tuple(
        Vanished(
            row["key"],
            row["event.slug"],
            row["event.summary"],
            row["event.starts_instant"],
            row["event.timezone"],
        )
        for row in rows
        if row["key"] not in there
        and row["event.state"] != "cancelled"
        and (row["event.last_instant"] is None or row["event.last_instant"] > now)
        and decided.get(row["key"]) != rules.VANISHED
    )


async def note_events(calendar: FollowedCalendar, plan: Plan) -> None:
    """Keep which events the calendar has, so that it is seen when one vanishes. In the caller's transaction."""
    here = {
        one.key: one.known.id for one in plan.items if one.known is not None and one.known.taken is not None
    }
    rows = await FollowedEvent.objects().where(FollowedEvent.calendar == calendar.id)
    kept = {row.key for row in rows}
    new = [
        FollowedEvent(calendar=calendar.id, event=event, key=key)
        for key, event in here.items()
        if key not in kept
    ]
    if new:
        await FollowedEvent.insert(*new)
