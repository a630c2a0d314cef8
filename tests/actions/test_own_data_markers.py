"""Own data: each column has its place, and what is said to be erased is found nowhere any more."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from piccolo.columns import Date, Text, Varchar

from summit_service import db, links, settings
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.enquiries import queries as enquiries
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.journal import actions as sealing
from summit_service.journal import queries as deeds
from summit_service.mail.delivery import deliver_due
from summit_service.mail.sinks import Folder
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.own_data import actions, person, telling
from summit_service.piccolo_app import APP_CONFIG
from summit_service.registrations.queries import LINK as REGISTRATION
from summit_service.statements import invitations, letters, waiting
from summit_service.statements.tables import Statement
from tests.actions.test_summit_markers import IN_PUBLIC, MADE_HERE, OF_THE_SUMMIT, STATES
from tests.factories_own_data import EMAIL, MARK, files, plant, registered, said
from tests.factories_statements import (
    dump_tables,
)
from tests.own_data_columns import (
    BY_CHANCE,
    ERASED,
    NOT_COPIED,
    NUMBER_ALONE,
    OF_ORGANISATIONS,
    OF_THE_NETWORK,
    OURS,
    ROW_GOES,
    STAYS,
    WITHOUT_ROOM,
    columns,
    leads_to_a_person,
    place_of,
)


def test_every_column_is_erased_or_stays_as_told_or_has_its_reason() -> None:
    kinds = (ERASED, " ".join(WITHOUT_ROOM), STAYS, OF_ORGANISATIONS, OF_THE_NETWORK, OURS, BY_CHANCE)
    placed = set(" ".join(kinds).split())
    of_summits = set(f"{IN_PUBLIC} {OF_THE_SUMMIT} {STATES} {MADE_HERE}".split())
    numbers = set(f"{NUMBER_ALONE} {ROW_GOES}".split())
    every = {place_of(column) for column in columns() if isinstance(column, Varchar | Text | Date)}

    assert len(placed) == len(" ".join(kinds).split())
    assert sorted(placed | of_summits) == sorted(every), "a new column: plant a marker in it, or say why not"
    assert sorted(numbers) == sorted(place_of(column) for column in columns() if leads_to_a_person(column))


async def marked() -> set[str]:
    """The columns in which a marker, or what stands for it, is to be read."""
    found = set()
    for table in APP_CONFIG.table_classes:
        for row in await table.select():
            for name, value in row.items():
                place = f"{table._meta.tablename}.{name}"
                words = value.isoformat() if isinstance(value, date) else str(value)
                if MARK in words.lower() or words == WITHOUT_ROOM.get(place):
                    found.add(place)
    return found


async def test_all_of_a_person_goes_but_what_was_said_to_stay(
    database: db.Engine, now: datetime, capfd: pytest.CaptureFixture[str]
) -> None:
    me, desk = await plant(now)
    mine = await Person.objects().get(Person.id == me.person_id)
    assert mine is not None
    await sealing.seal(now)
    copied = await person.held(mine, now=now)
    way_in = await links.issue(REGISTRATION, subject=str((await registered()).id), now=now)
    planted, mails_planted, before = await marked(), await files(MARK), await dump_tables()
    told = await telling.told(mine)
    copy = json.dumps(copied, ensure_ascii=False)
    not_copied = {place for place in ERASED.split() if said(place) in str(before) and said(place) not in copy}

    with pytest.raises(Invalid):
        await actions.erase_person(mine.id, seen=told.digest, email="x@y.example", actor=me, now=now)
    with pytest.raises(Conflict):
        await actions.erase_person(mine.id, seen="old", email=EMAIL, actor=me, now=now)
    assert await dump_tables() == before
    await actions.erase_person(mine.id, seen=told.digest, email=EMAIL.upper(), actor=me, now=now)
    await deliver_due(now + timedelta(hours=1), Folder(settings.current().mailbox_dir))

    assert planted == {*ERASED.split(), *WITHOUT_ROOM, *STAYS.split()}
    assert mails_planted >= {"1.eml"}
    assert [kind for kind, rows in copied.items() if not rows] == []
    assert not_copied == set(NOT_COPIED.split())
    assert await marked() == set(STAYS.split())
    assert await files(MARK) == set()
    assert "Your answer to “Signed”" in str(told.stays)
    assert "Your comments on the draft of “A draft”" in str(told.stays)
    assert [one.url for one in told.first] == ["/organisations/place/handover"]
    assert MARK not in "".join(capfd.readouterr()).lower()
    assert (await deeds.verified(now=now + timedelta(minutes=1))).faults == []
    assert await links.find_live(REGISTRATION, way_in, now=now) is None
    await check_ended(mine.id, desk, now)


async def check_ended(person_id: int, desk: Actor, now: datetime) -> None:
    live = links.Link.ended_at.is_null() & links.Link.purpose.is_in(
        [letters.PURPOSE, "sign_in", enquiries.LINK, "contribution", REGISTRATION]
    )
    theirs = await OutboxMessage.select(OutboxMessage.id).where(OutboxMessage.recipient_email == "")
    mine = links.Link.outbox_id.is_in([row["id"] for row in theirs])
    left = [row.subject for row in await links.Link.objects().where(live & mine)]
    assert left == []
    assert await members.memberships_of(person_id) == []
    waits = str(await waiting.for_secretariat(now))
    assert "Whoever was asked to answer “Open” for The Place has had their data erased." in waits
    assert "somebody else answers" not in waits
    (statement,) = await Statement.objects().where(Statement.slug == "open")
    plan = await invitations.reminder_plan(statement, now=now + timedelta(days=3))
    gone = ("The Place", "has nobody who is asked: the data of whoever was are erased")
    assert gone in plan.skipped
    with pytest.raises(NotFound):
        await actions.person_of(person_id, actor=desk)
