"""The calendars that icalendar, recurring-ical-events and ical.js test themselves with: taken, or refused in words."""

from __future__ import annotations

import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from summit_service import db, ical_reading
from summit_service.accounts.actor import OPERATOR
from summit_service.events import actions
from summit_service.events.actions.planning import Plan, plan_of
from summit_service.events.incoming import FAULTY, NEW
from summit_service.events.tables import Event
from summit_service.members.tables import Organisation
from tests.counting import count_queries
from tests.factories import make_organisation
from tests.hostile_calendars import START, many

ICAL_JS = Path(__file__).parent.parent / "vendor" / "ical.js" / "samples-1.1.2.zip"
SECONDS = 1.0
"""Of the processor, to read and to judge a file, and to store it: the largest (499 entries) takes 0.2 and 0.4."""
SLACK = 3.0
"""A processor that others use at the same time does less in each of its seconds, and says nothing of it."""
STATEMENTS = 30
"""To store a file, however many entries it has; 200 rows of a kind are written at once."""
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@cache
def corpus() -> dict[str, bytes]:
    """Two come with their installed packages, which the lock file pins; ical.js's are in tests/vendor."""
    folders = (
        Path(icalendar.__file__).parent / "tests",
        Path(recurring_ical_events.__file__).parent / "test" / "calendars",
    )
    found = {str(file): file.read_bytes() for folder in folders for file in sorted(folder.rglob("*.ics"))}
    with zipfile.ZipFile(ICAL_JS) as archive:
        return found | {name: archive.read(name) for name in archive.namelist()}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file would do where nothing is known yet, and how many seconds it took to say so."""

    plan: Plan
    seconds: float


@cache
def judged() -> dict[str, Judged]:
    """Every file, read and judged once in a process."""
    return {name: _judge(data) for name, data in corpus().items()}


def _judge(data: bytes) -> Judged:
    began = time.process_time()
    plan = plan_of(Organisation(timezone="Europe/London"), ical_reading.read(data), {}, (), now=NOW)
    return Judged(plan, time.process_time() - began)


def test_every_calendar_of_other_projects_is_able_to_be_taken_or_refused_in_words() -> None:
    for name, one in judged().items():
        assert one.plan.items or one.plan.faults, name
        assert all(one.plan.faults), name
        faulty = [item for item in one.plan.items if item.state == FAULTY]
        assert all(item.reasons and all(item.reasons) for item in faulty), name

    assert len(judged()) > 290
    assert [name for name, one in judged().items() if one.seconds > SECONDS * SLACK] == []


async def test_every_calendar_of_other_projects_is_stored_in_less_than_a_second(database: db.Engine) -> None:
    """By the processor's time, and in as many statements for 499 entries as for a few."""
    host = await make_organisation(slug="centre", timezone="Europe/London")
    outcomes, slow, statements = Counter[str](), list[str](), dict[str, int]()
    for name, one in judged().items():
        if not any(item.state == NEW for item in one.plan.items):
            continue
        plan = await _beside_what_is_here(one.plan, name, host)
        began = time.process_time()
        with count_queries() as count:
            done = await actions.take(plan, None, actor=OPERATOR, now=NOW)
        seconds = time.process_time() - began
        if seconds > SECONDS * SLACK:
            slow.append(f"{name} {seconds:.1f} {len(plan.items)}")
        statements[name] = count.number
        outcomes["taken" if done.added or done.changed else "known"] += 1
        assert done.overtaken == (), name

    assert outcomes["taken"] > 110
    assert slow == []
    assert {name: number for name, number in statements.items() if number > STATEMENTS} == {}


async def _beside_what_is_here(plan: Plan, name: str, host: Organisation) -> Plan:
    """The plan as it is; judged once more where another project has an event of the same UID."""
    uids = [item.uid for item in plan.items if item.uid]
    if uids and await Event.exists().where(Event.uid.is_in(uids)):
        return await actions.plan_calendar(corpus()[name], organisation="centre", actor=OPERATOR, now=NOW)
    return replace(plan, organisation=host)


def test_instants_of_these_calendars_are_those_that_icalendar_reads() -> None:
    """To the minute, of what names a zone or UTC; a time that floats is ours to place."""
    compared = 0
    for name, one in judged().items():
        ours = [item for item in one.plan.items if item.span is not None]
        theirs = dict(_starts(corpus()[name])) if ours else {}
        for item in ours:
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
