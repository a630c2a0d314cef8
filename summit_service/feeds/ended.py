"""What a secret address answers when it was ended: a calendar with one entry that says so, not an error."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service import ical, settings, zones


def calendar(stem: str, name: str, *, ended_at: datetime, then: str, url: str) -> bytes:
    """A calendar of one whole day; `stem` begins its UID, `then` is the sentence that says how to get a new one."""
    day, second = ended_at.date(), ended_at.replace(microsecond=0)
    entry = ical.Entry(
        uid=f"{stem}-ended@{settings.current().host}",
        sequence=0,
        summary="This calendar has ended",
        starts_at=day.isoformat(),
        ends_at=day.isoformat(),
        timezone="Etc/UTC",
        all_day=True,
        changed_at=second,
        created_at=second,
        description=(
            f"The address of this calendar was ended on {zones.long_day(day)}. Remove it from your app. {then}"
        ),
        url=url,
    )
    return ical.calendar(
        [ical.kept_vevent(entry)],
        zones=(),
        name=f"Ended: {name}",
        description="This calendar has ended.",
        refresh=timedelta(days=7),
    )
