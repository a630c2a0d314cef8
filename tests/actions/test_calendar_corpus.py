"""The calendars that icalendar, recurring-ical-events and ical.js test themselves with: taken, or refused in words."""

from __future__ import annotations

import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from summit_service import db, ical_reading
from summit_service.accounts.actor import OPERATOR
from summit_service.events import actions, judging
from tests.factories import make_organisation
from tests.hostile_calendars import START, many

ICAL_JS = Path(__file__).parent.parent / "vendor" / "ical.js" / "samples-1.1.2.zip"
SECONDS = 1.0
"""To read and judge a file. To store its events takes some 3 ms each (499 in the largest)."""


def corpus() -> dict[str, bytes]:
    """Two come with their installed packages, which the lock file pins; ical.js's are in tests/vendor."""
    folders = (
        Path(icalendar.__file__).parent / "tests",
        Path(recurring_ical_events.__file__).parent / "test" / "calendars",
    )
    found = {str(file): file.read_bytes() for folder in folders for file in sorted(folder.rglob("*.ics"))}
    with zipfile.ZipFile(ICAL_JS) as archive:
        return found | {name: archive.read(name) for name in archive.namelist()}


async def test_every_calendar_of_other_projects_is_taken_or_refused_in_words(
    database: db.Engine, now: datetime
) -> None:
    await make_organisation(slug="centre")
    files, outcomes, slow = corpus(), Counter[str](), list[str]()

    for name, data in files.items():
        began = time.process_time()
        plan = await actions.plan_calendar(data, organisation="centre", actor=OPERATOR, now=now)
        seconds = time.process_time() - began
        done = await actions.take(plan, None, actor=OPERATOR, now=now)
        if seconds > SECONDS:
            slow.append(f"{name} {seconds:.1f} {len(plan.items)}")
        assert plan.items or plan.faults, name
        assert all(plan.faults), name
        assert all(one.reasons and all(one.reasons) for one in plan.items if one.state == "faulty"), name
        outcomes["taken" if done.added or done.changed else "known or refused"] += 1

    assert len(files) > 290
    assert outcomes["taken"] > 110
    assert slow == []


def test_instants_of_these_calendars_are_those_that_icalendar_reads(now: datetime) -> None:
    """To the minute, of what names a zone or UTC; a time that floats is ours to place."""
    compared = 0
    for name, data in corpus().items():
        theirs = dict(_starts(data))
        for entry in ical_reading.read(data).entries:
            item = judging.judge(entry, None, timezone="Europe/London", now=now)
            if item.span is None or item.uid not in theirs:
                continue
            compared += 1
            assert item.span.starts == theirs[item.uid].replace(second=0), (name, item.uid)

    assert compared > 150


def _starts(data: bytes) -> Iterator[tuple[str, datetime]]:
    """UID and start in UTC of every timed entry that icalendar can read and that does not float."""
    try:
        calendars: Any = icalendar.Calendar.from_ical(data, multiple=True)
    except (ValueError, IndexError, KeyError):
        return
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            try:
                at = getattr(event.get("DTSTART"), "dt", None)
            except ValueError:
                continue
            if isinstance(at, datetime) and at.tzinfo is not None and "RECURRENCE-ID" not in event:
                yield str(event.get("UID")), at.astimezone(UTC)


async def test_file_that_takes_too_long_to_judge_is_told_of_where_it_was_left(
    database: db.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_organisation(slug="centre")
    monkeypatch.setattr("summit_service.events.actions.planning.SECONDS_OF_THOUGHT", 0.05)
    data = many(f"{START}RRULE:FREQ=DAILY;COUNT=1000\r\n")

    plan = await actions.plan_calendar(data, organisation="centre", actor=OPERATOR, now=now)

    states = [one.state for one in plan.items]
    left = states.index("faulty")
    assert 0 < left < len(states)
    assert set(states[left:]) == {"faulty"}
    assert plan.items[-1].reasons == ("The file takes too long to read; this entry was not looked at.",)
