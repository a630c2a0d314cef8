"""A summit that changes after people have registered: their calendars and the queue follow."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR
from summit_service.errors import Invalid
from summit_service.registrations import actions
from tests.factories_registrations import make_edition, register, registration_of
from tests.postbox import Postbox, calendar_of, html_of, text_of

LATER = {"starts_on": "2026-09-21", "ends_on": "2026-09-22"}


async def test_change_edition_sends_the_new_days_to_who_holds_a_place(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await make_edition(in_person=1)
    await register("Anna Berg", now=now)
    await register("Bo Waits", now=now)
    before = calendar_of((await postbox.deliver(now))[0])

    await actions.change_edition(2026, LATER, actor=OPERATOR, now=now)

    mails = await postbox.deliver(now)
    assert [str(mail["Subject"]) for mail in mails] == ["The summit has changed: Summit 2026"]
    entry = calendar_of(mails[0])
    assert "DTSTART;VALUE=DATE:20260921" in entry
    assert "DTEND;VALUE=DATE:20260923" in entry
    assert "SEQUENCE:0" in before
    assert "SEQUENCE:1" in entry
    assert f"UID:{(await registration_of('Anna Berg')).uid}" in entry
    assert "21–22 September 2026" in text_of(mails[0])
    assert "The summit has changed" in html_of(mails[0])


async def test_change_edition_tells_of_a_venue_those_who_go_there(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    await register("Olu Online", now=now, attendance="online")
    await postbox.deliver(now)

    await actions.change_edition(2026, {"venue": "Town Hall"}, actor=OPERATOR, now=now)

    mails = await postbox.deliver(now)
    assert [mail["To"].addresses[0].display_name for mail in mails] == ["Anna Berg"]
    assert "LOCATION:Town Hall" in calendar_of(mails[0])


async def test_change_edition_of_what_no_calendar_shows_sends_nothing(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    await postbox.deliver(now)

    await actions.change_edition(2026, {"theme": "Another theme"}, actor=OPERATOR, now=now)

    assert await postbox.deliver(now) == []
    assert (await registration_of("Anna Berg")).sequence == 0


async def test_change_edition_to_a_higher_limit_offers_the_place_at_once(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await make_edition(in_person=1)
    await register("Anna Berg", now=now)
    await register("Bo Waits", now=now)
    await postbox.deliver(now)

    await actions.change_edition(2026, {"in_person_capacity": 2}, actor=OPERATOR, now=now)

    subjects = [str(mail["Subject"]) for mail in await postbox.deliver(now)]
    assert len(subjects) == 1
    assert subjects[0].startswith("A place is free for you")


async def test_change_edition_with_a_fault_tells_nobody(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    await postbox.deliver(now)

    with pytest.raises(Invalid):
        await actions.change_edition(2026, {**LATER, "venue": "x" * 10_000}, actor=OPERATOR, now=now)

    assert await postbox.deliver(now) == []


async def test_import_programme_with_other_days_sends_them_to_who_holds_a_place(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await make_edition(in_person=1)
    await register("Anna Berg", now=now)
    await postbox.deliver(now)
    file = json.dumps({"year": 2026, **LATER}).encode()

    await actions.import_programme(file, actor=OPERATOR, now=now, dry_run=True)
    tried = await postbox.deliver(now)
    await actions.import_programme(file, actor=OPERATOR, now=now)
    told = await postbox.deliver(now)
    await actions.import_programme(file, actor=OPERATOR, now=now)
    again = await postbox.deliver(now)

    assert tried == again == []
    assert [str(mail["Subject"]) for mail in told] == ["The summit has changed: Summit 2026"]
    assert "DTSTART;VALUE=DATE:20260921" in calendar_of(told[0])
