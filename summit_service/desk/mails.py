"""The morning mail: what waits, what is new of it, and what goes out by itself until the next one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from summit_service import zones
from summit_service.accounts.tables import Person
from summit_service.ahead import Ahead, Day
from summit_service.desk import rules
from summit_service.desk.next_days import NextDays
from summit_service.mail import streams
from summit_service.mail.erasing import MORNING
from summit_service.mail.outbox import Mail
from summit_service.waiting import Waiting

MOST = 40
"""Lines of each list; the desk has all of them."""


def desk_morning(
    person: Person,
    waits: Sequence[Waiting],
    coming: NextDays,
    *,
    known: Collection[str] | None,
    taken: Mapping[str, str],
    morning: datetime,
) -> Mail:
    """For this morning (UTC); `known` are the marks of the lines in the last mail, None before the first.

    `taken` says by key who has begun on a line.
    """
    zone = coming.window.zone
    new = [item for item in waits if known is not None and _is_new(item, known)]
    return Mail(
        kind=MORNING,
        to_name=person.name,
        to_email=person.email,
        about=f"person:{person.id}",
        dedupe_key=f"{MORNING}:{person.id}:{morning.isoformat()}",
        context={
            "tasks": [
                _task(item, zone, is_new=item in new, taken=taken.get(item.key, "")) for item in waits[:MOST]
            ],
            "count": len(waits),
            "urgent": sum(item.urgency == 0 for item in waits),
            "new": len(new),
            "by_itself": _days(coming.by_itself, zone),
            "for_somebody": _days(coming.for_somebody, zone),
            "until": zones.long_day(zones.at_wall(coming.window.until, zone).date() - rules.DAY),
            "city": zones.city(zone),
            "why": "you are in the secretariat. On your page you choose its hour, or stop it.",
        },
        language=person.language,
        expires_at=morning + rules.LATE,
        is_repeatable=False,
        stream=streams.MORNING,
    )


def _is_new(item: Waiting, known: Collection[str]) -> bool:
    """A line that was not there, or one more matter on it; a matter that is settled makes nothing new."""
    keys = {mark.partition(" ")[0] for mark in known}
    return item.key not in keys or (bool(item.matter) and item.mark not in known)


def _task(item: Waiting, zone: str, *, is_new: bool, taken: str) -> dict[str, Any]:
    return {
        "sentence": item.sentence,
        "path": item.url,
        "button": item.button,
        "is_urgent": item.urgency == 0,
        "is_new": is_new,
        "taken": taken,
        "since": zones.short_day(zones.at_wall(item.since, zone).date()) if item.since else "",
    }


def _days(days: Sequence[Day], zone: str) -> list[dict[str, Any]]:
    return [
        {"day": zones.long_day(day.date), "items": [_coming(item, zone) for item in day.items]}
        for day in days
    ]


def _coming(item: Ahead, zone: str) -> dict[str, str]:
    at = zones.at_wall(item.at, zone)
    return {"time": f"{at:%H:%M}", "sentence": item.sentence, "path": item.url, "button": item.button}
