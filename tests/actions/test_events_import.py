"""Events from a file: all or none, faults by index, and the same file twice."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import summit_service
from summit_service import db
from summit_service.accounts.actor import OPERATOR
from summit_service.events import actions
from summit_service.events.tables import Event
from tests.factories import make_organisation

REAL = Path(summit_service.__file__).parent / "demo" / "data" / "events.json"


async def test_import_of_the_real_events_twice_changes_nothing(database: db.Engine, now: datetime) -> None:
    await make_organisation("The Stoneygate Centre for Empathic Healthcare")
    await make_organisation("Oxford Empathy Programme")

    dry = await actions.import_events(REAL.read_bytes(), actor=OPERATOR, now=now, dry_run=True)
    count = await Event.count()
    first = await actions.import_events(REAL.read_bytes(), actor=OPERATOR, now=now)
    second = await actions.import_events(REAL.read_bytes(), actor=OPERATOR, now=now)

    assert (dry.added, count) == (5, 0)
    assert (first.added, first.changed, first.unchanged, first.faults) == (5, 0, 0, ())
    assert (second.added, second.changed, second.unchanged) == (0, 0, 5)


async def test_import_with_faults_tells_each_and_stores_none(database: db.Engine, now: datetime) -> None:
    await make_organisation("Centre")
    good = {
        "organisation": "Centre",
        "summary": "A",
        "starts_at": "2026-04-20T09:00",
        "timezone": "Europe/London",
    }
    items = [good, good | {"organisation": "Nobody"}, good | {"timezone": "Mars"}, {"summary": 5}]

    report = await actions.import_events(json.dumps(items).encode(), actor=OPERATOR, now=now)

    assert {fault.field for fault in report.faults} == {"1/organisation", "2/timezone", "3"}
    assert await Event.count() == 0


async def test_import_of_something_else_is_told(database: db.Engine, now: datetime) -> None:
    for data in (b"{}", b"[", b"\xff\xfe"):
        report = await actions.import_events(data, actor=OPERATOR, now=now)
        assert report.lines() == [
            "file: The file is not a JSON list of events in UTF-8.",
            "Nothing was imported.",
        ]


async def test_import_of_one_uid_twice_in_a_file_is_refused(database: db.Engine, now: datetime) -> None:
    await make_organisation("Centre")
    one = {"organisation": "Centre", "summary": "A", "starts_at": "2026-04-20T09:00", "uid": "a@b.example"}

    report = await actions.import_events(
        json.dumps([one, one | {"summary": "B"}]).encode(), actor=OPERATOR, now=now
    )

    assert [(fault.field, fault.sentence) for fault in report.faults] == [
        ("1/uid", "Event 0 of this file has the same uid.")
    ]
    assert await Event.count() == 0


async def test_import_of_endless_brackets_is_refused(database: db.Engine, now: datetime) -> None:
    report = await actions.import_events(b"[" * 100_000, actor=OPERATOR, now=now)

    assert "not a JSON list" in report.faults[0].sentence
