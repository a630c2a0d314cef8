"""A calendar file is kept for its preview, and what is ticked of it is taken: once, and as it was shown."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service import db
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.events import actions, changelog, changes, queries
from summit_service.events.tables import Event, EventChange, EventOverride, EventSource, EventUpload
from summit_service.journal.tables import JournalNote, JournalWords
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation
from tests.counting import count_queries
from tests.factories import make_organisation, representative_of, secretariat

HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\n"
SERIES = """BEGIN:VEVENT
UID:series@elsewhere.example
SUMMARY:Rounds
DTSTART;TZID=Europe/London:20270304T090000
DTEND;TZID=Europe/London:20270304T100000
RRULE:FREQ=WEEKLY;COUNT=6
END:VEVENT
"""
OFF = """BEGIN:VEVENT
UID:series@elsewhere.example
RECURRENCE-ID;TZID=Europe/London:20270318T090000
DTSTART;TZID=Europe/London:20270318T090000
STATUS:CANCELLED
END:VEVENT
"""


def single(number: int, title: str = "") -> str:
    return (
        f"BEGIN:VEVENT\nUID:{number}@elsewhere.example\nSUMMARY:{title or f'Event {number}'}\n"
        f"DTSTART:2027040{number % 9 + 1}T090000Z\nEND:VEVENT\n"
    )


def file(*parts: str) -> bytes:
    return (HEAD + "".join(parts) + "END:VCALENDAR\n").encode()


async def member() -> tuple[Organisation, Actor]:
    organisation = await make_organisation(slug="centre", timezone="Europe/London")
    return organisation, await representative_of(organisation)


async def keep(data: bytes, actor: Actor, now: datetime) -> int:
    return await actions.keep_upload(data, name="ours.ics", organisation="centre", actor=actor, now=now)


def all_of(upload: actions.Upload) -> dict[str, str]:
    return {one.key: one.fingerprint for one in upload.plan.items}


async def rows() -> list[dict[str, Any]]:
    return await Event.select(Event.uid, Event.summary, Event.sequence, Event.state).order_by(Event.uid)


async def test_upload_is_taken_as_it_is_ticked(database: db.Engine, now: datetime) -> None:
    _, actor = await member()
    number = await keep(file(SERIES, OFF, single(1), single(2)), actor, now)
    shown = await actions.upload_of(number, actor=actor, now=now)
    chosen = {key: mark for key, mark in all_of(shown).items() if not key.startswith("2")}

    done = await actions.take_upload(number, chosen, actor=actor, now=now)

    assert [(one.state, one.title) for one in shown.plan.items] == [
        ("new", "Rounds"), ("new", "Event 1"), ("new", "Event 2"),
    ]  # fmt: skip
    assert done == actions.Done(added=("series@elsewhere.example", "1@elsewhere.example"))
    assert [(row["uid"], row["state"]) for row in await rows()] == [
        ("1@elsewhere.example", "published"), ("series@elsewhere.example", "published"),
    ]  # fmt: skip
    assert await OutboxMessage.count() == 0
    again = await actions.upload_of(number, actor=actor, now=now)
    assert [one.state for one in again.plan.items] == ["known", "known", "new"]


async def test_upload_brings_cancelled_dates_into_the_feed(database: db.Engine, now: datetime) -> None:
    _, actor = await member()
    number = await keep(file(OFF, SERIES), actor, now)
    shown = await actions.upload_of(number, actor=actor, now=now)

    await actions.take_upload(number, all_of(shown), actor=actor, now=now)

    row = await Event.select(Event.vevent, Event.slug).first()
    assert row is not None
    assert "RECURRENCE-ID;TZID=Europe/London:20270318T090000" in row["vevent"]
    assert "STATUS:CANCELLED" in row["vevent"]
    view = await queries.event_by_slug(row["slug"], viewer=PUBLIC)
    assert view is not None
    assert [one.is_cancelled for one in view.overrides] == [True]
    assert [change.kind for change in await changelog.changes_of(view.id)] == ["date", "posted"]


async def test_second_upload_changes_what_differs_and_puts_dates_back(
    database: db.Engine, now: datetime
) -> None:
    _, actor = await member()
    first = await actions.plan_calendar(
        file(SERIES, OFF, single(1)), organisation="centre", actor=actor, now=now
    )
    await actions.take(first, None, actor=actor, now=now)
    second = await actions.plan_calendar(
        file(SERIES, single(1, "Renamed")), organisation="centre", actor=actor, now=now
    )

    done = await actions.take(second, None, actor=actor, now=now + timedelta(hours=1))

    assert done.changed == ("series@elsewhere.example", "1@elsewhere.example")
    assert await EventOverride.count() == 0
    assert [(row["summary"], row["sequence"]) for row in await rows()] == [("Renamed", 0), ("Rounds", 2)]
    third = await actions.plan_calendar(
        file(SERIES, single(1, "Renamed")), organisation="centre", actor=actor, now=now
    )
    assert {one.state for one in third.items} == {"known"}
    assert await EventSource.count() == 2


async def test_cancelled_in_the_file_cancels_the_event(database: db.Engine, now: datetime) -> None:
    _, actor = await member()
    first = await actions.plan_calendar(file(single(1)), organisation="centre", actor=actor, now=now)
    await actions.take(first, None, actor=actor, now=now)
    off = single(1).replace("END:VEVENT", "STATUS:CANCELLED\nEND:VEVENT")
    second = await actions.plan_calendar(file(off), organisation="centre", actor=actor, now=now)

    await actions.take(second, None, actor=actor, now=now)

    assert [(row["state"], row["sequence"]) for row in await rows()] == [("cancelled", 1)]
    third = await actions.plan_calendar(file(off), organisation="centre", actor=actor, now=now)
    assert [one.state for one in third.items] == ["known"]


async def test_event_that_changed_after_the_preview_is_left_alone(database: db.Engine, now: datetime) -> None:
    _, actor = await member()
    first = await actions.plan_calendar(file(single(1)), organisation="centre", actor=actor, now=now)
    await actions.take(first, None, actor=actor, now=now)
    number = await keep(file(single(1, "From the file")), actor, now)
    shown = all_of(await actions.upload_of(number, actor=actor, now=now))
    await actions.change_event("event-1", {"summary": "By hand"}, actor=actor, now=now + timedelta(minutes=1))

    done = await actions.take_upload(number, shown, actor=actor, now=now)

    assert done == actions.Done(overtaken=("1@elsewhere.example",))
    assert [row["summary"] for row in await rows()] == ["By hand"]
    (looked,) = (await actions.upload_of(number, actor=actor, now=now)).plan.items
    assert looked.was_changed_here


async def test_plan_that_is_old_when_it_is_stored_leaves_what_changed(
    database: db.Engine, now: datetime
) -> None:
    """Between judging and the lock somebody else may write: the row that is locked is compared once more."""
    _, actor = await member()
    first = await actions.plan_calendar(file(single(1)), organisation="centre", actor=actor, now=now)
    await actions.take(first, None, actor=actor, now=now)
    plan = await actions.plan_calendar(
        file(single(1, "From it")), organisation="centre", actor=actor, now=now
    )
    await actions.change_event("event-1", {"summary": "By hand"}, actor=actor, now=now + timedelta(minutes=1))

    done = await actions.take(plan, None, actor=actor, now=now)

    assert done.overtaken == ("1@elsewhere.example",)
    assert [row["summary"] for row in await rows()] == ["By hand"]


async def test_same_file_taken_twice_at_once_posts_each_event_once(
    database: db.Engine, now: datetime
) -> None:
    _, actor = await member()
    data = file(single(1), single(2))
    plans = [await actions.plan_calendar(data, organisation="centre", actor=actor, now=now) for _ in range(4)]

    outcomes = await asyncio.gather(
        *(actions.take(plan, None, actor=actor, now=now) for plan in plans), return_exceptions=True
    )

    assert len(await rows()) == 2
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "Conflict",
        "Conflict",
        "Conflict",
        "Done",
    ]
    assert (await changes.version()).number == 1
    assert all(isinstance(outcome, Conflict | actions.Done) for outcome in outcomes)


async def test_events_of_a_new_organisation_wait(database: db.Engine, now: datetime) -> None:
    organisation, actor = await member()
    await Organisation.update({Organisation.is_new: True}).where(Organisation.id == organisation.id)
    plan = await actions.plan_calendar(file(single(1)), organisation="centre", actor=actor, now=now)

    await actions.take(plan, None, actor=actor, now=now)

    assert [row["state"] for row in await rows()] == ["waiting"]
    assert (await changes.version()).number == 0


async def test_uid_of_another_organisation_is_refused(database: db.Engine, now: datetime) -> None:
    _, actor = await member()
    other = await make_organisation("Other", slug="other")
    theirs = await representative_of(other)
    plan = await actions.plan_calendar(file(single(1)), organisation="other", actor=theirs, now=now)
    await actions.take(plan, None, actor=theirs, now=now)

    found = await actions.plan_calendar(file(single(1)), organisation="centre", actor=actor, now=now)

    assert [(one.state, one.reasons) for one in found.items] == [
        ("faulty", ("This uid belongs to an event of another organisation.",))
    ]


async def test_upload_is_seen_by_who_sent_it_alone_and_for_three_hours(
    database: db.Engine, now: datetime
) -> None:
    organisation, actor = await member()
    colleague = await representative_of(organisation)
    number = await keep(file(single(1)), actor, now)

    with pytest.raises(NotFound):
        await actions.upload_of(number, actor=colleague, now=now)
    with pytest.raises(NotFound):
        await actions.upload_of(number, actor=await secretariat(), now=now)
    with pytest.raises(NotFound, match="three hours"):
        await actions.upload_of(number, actor=actor, now=now + timedelta(hours=3))
    await actions.forget_old_uploads(now + timedelta(hours=2, minutes=59))
    assert await EventUpload.count() == 1
    await actions.forget_old_uploads(now + timedelta(hours=3))
    assert await EventUpload.count() == 0


async def test_upload_of_who_no_longer_represents_is_refused(database: db.Engine, now: datetime) -> None:
    _, actor = await member()
    number = await keep(file(single(1)), actor, now)
    without = Actor(person_id=actor.person_id, name=actor.name, email=actor.email)

    with pytest.raises(NotAllowed):
        await actions.take_upload(number, {"1@elsewhere.example": "x"}, actor=without, now=now)


async def test_fourth_upload_replaces_the_oldest_of_that_person(database: db.Engine, now: datetime) -> None:
    organisation, actor = await member()
    kept = await keep(file(single(9)), await representative_of(organisation), now)

    numbers = [await keep(file(single(n)), actor, now) for n in range(1, 5)]

    left = await EventUpload.select(EventUpload.id).order_by(EventUpload.id)
    assert [row["id"] for row in left] == [kept, *numbers[1:]]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", b"a" * 2_000_001])
async def test_file_that_is_none_is_refused_beside_its_field(
    database: db.Engine, now: datetime, data: bytes
) -> None:
    _, actor = await member()

    with pytest.raises(Invalid) as refusal:
        await keep(data, actor, now)

    assert list(refusal.value.by_field()) == ["file"]
    assert await EventUpload.count() == 0


async def test_upload_is_for_representatives_and_the_secretariat(database: db.Engine, now: datetime) -> None:
    await member()
    stranger = await representative_of(await make_organisation("Elsewhere"))

    with pytest.raises(NotSignedIn):
        await keep(file(single(1)), PUBLIC, now)
    with pytest.raises(NotAllowed):
        await keep(file(single(1)), stranger, now)
    assert await keep(file(single(1)), await secretariat(), now) > 0


async def test_plan_asks_as_often_for_thirty_entries_as_for_three(database: db.Engine, now: datetime) -> None:
    _, actor = await member()
    counted = []
    for most in (3, 30):
        data = file(SERIES, OFF, *(single(n) for n in range(most)))
        plan = await actions.plan_calendar(data, organisation="centre", actor=actor, now=now)
        await actions.take(plan, None, actor=actor, now=now)
        with count_queries() as count:
            await actions.plan_calendar(data, organisation="centre", actor=actor, now=now)
        counted.append(count.number)

    assert counted[0] == counted[1]


async def test_take_asks_as_often_for_thirty_entries_as_for_three(database: db.Engine, now: datetime) -> None:
    """Each event still has its history and its note in the journal: who, what, when."""
    _, actor = await member()
    counted = []
    for numbers in (range(3), range(100, 130)):
        data = file(*(single(n) for n in numbers))
        plan = await actions.plan_calendar(data, organisation="centre", actor=actor, now=now)
        with count_queries() as count:
            await actions.take(plan, None, actor=actor, now=now)
        counted.append(count.number)

    assert counted[0] == counted[1]
    events = await Event.select(Event.id, Event.slug).order_by(Event.id)
    history = await EventChange.objects().order_by(EventChange.id)
    notes = await JournalNote.objects().where(JournalNote.verb == "event.posted").order_by(JournalNote.id)
    assert [(one.event, one.kind, one.person, one.created_at) for one in history] == [
        (event["id"], "posted", actor.person_id, now) for event in events
    ]
    assert [(one.object, one.person, one.at) for one in notes] == [
        (event["slug"], actor.person_id, now) for event in events
    ]
    words = await JournalWords.select(JournalWords.private).where(JournalWords.note == notes[-1].id).first()
    assert words is not None
    assert "Event 129" in words["private"]


async def test_files_with_the_same_titles_at_once_get_addresses_of_their_own(
    database: db.Engine, now: datetime
) -> None:
    _, actor = await member()
    plans = [
        await actions.plan_calendar(
            file(*(single(10 * n + m, "Rounds") for m in range(2))),
            organisation="centre",
            actor=actor,
            now=now,
        )
        for n in range(4)
    ]

    done = await asyncio.gather(*(actions.take(plan, None, actor=actor, now=now) for plan in plans))

    assert [len(one.added) for one in done] == [2, 2, 2, 2]
    found = await Event.select(Event.slug, Event.vevent)
    assert {row["slug"] for row in found} == {"rounds", *(f"rounds-{n}" for n in range(2, 9))}
    assert all(f"/events/{row['slug']}\r\n" in row["vevent"] for row in found)
