"""A calendar file becomes events of one organisation, once."""

from __future__ import annotations

from datetime import datetime

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.errors import NotSignedIn
from summit_service.events import actions
from summit_service.events.tables import Event
from tests.factories import make_organisation

SOUND = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:one@elsewhere.example
DTSTART:20270304T090000
SUMMARY:Here
END:VEVENT
BEGIN:VEVENT
UID:two@elsewhere.example
DTSTART;TZID=Asia/Tokyo:20270305T090000
DTEND;TZID=Asia/Tokyo:20270305T100000
SUMMARY:There
END:VEVENT
END:VCALENDAR
"""
ENDLESS = """BEGIN:VEVENT
UID:three@elsewhere.example
DTSTART;TZID=Asia/Tokyo:20270305T090000
SUMMARY:Too often
RRULE:FREQ=SECONDLY;COUNT=1000000000
END:VEVENT
"""


async def test_calendar_file_is_taken_once_and_changes_are_seen(database: db.Engine, now: datetime) -> None:
    await make_organisation(slug="centre", timezone="Europe/London")

    async def take(text: str) -> tuple[int, int, int]:
        report = await actions.import_calendar(text.encode(), organisation="centre", actor=OPERATOR, now=now)
        assert report.faults == ()
        return report.added, report.changed, report.unchanged

    assert await take(SOUND) == (2, 0, 0)
    assert await take(SOUND) == (0, 0, 2)
    assert await take(SOUND.replace("There", "Elsewhere")) == (0, 1, 1)
    rows = await Event.select(Event.uid, Event.summary, Event.timezone).order_by(Event.uid)
    assert [tuple(row.values()) for row in rows] == [
        ("one@elsewhere.example", "Here", "Europe/London"),
        ("two@elsewhere.example", "Elsewhere", "Asia/Tokyo"),
    ]


async def test_calendar_file_with_a_fault_is_taken_only_where_it_is_skipped(
    database: db.Engine, now: datetime
) -> None:
    await make_organisation(slug="centre")
    mixed = (ENDLESS + SOUND).encode()

    refused = await actions.import_calendar(mixed, organisation="centre", actor=OPERATOR, now=now)
    before = await Event.count()
    taken = await actions.import_calendar(
        mixed, organisation="centre", actor=OPERATOR, now=now, skip_faulty=True
    )

    assert (before, refused.added, [fault.field for fault in refused.faults]) == (0, 0, ["0"])
    assert (taken.added, [fault.field for fault in taken.faults]) == (2, ["0"])


async def test_calendar_file_is_not_for_the_public(database: db.Engine, now: datetime) -> None:
    with pytest.raises(NotSignedIn):
        await actions.import_calendar(SOUND.encode(), organisation="centre", actor=PUBLIC, now=now)
