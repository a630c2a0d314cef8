"""The journal: a note with each deed, sealed in order, its chain broken by any change; words erased alone."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from summit_service import db, journal
from summit_service.accounts.actor import Actor
from summit_service.journal import queries
from summit_service.journal.actions import erase_words_of, seal
from summit_service.journal.queries import Filter, deeds, verified
from summit_service.journal.tables import JournalHead, JournalNote, JournalSeal, JournalWords
from summit_service.members import actions as members
from tests import factories


async def make_notes(number: int, *, now: datetime) -> None:
    actor = await factories.secretariat(name="Sam Secretary")
    for n in range(number):
        async with db.transaction():
            await journal.note("event.posted", actor, f"event-{n}", f"Event {n}", now=now)


async def note_and_fail(actor: Actor, *, now: datetime) -> None:
    async with db.transaction():
        await journal.note("event.posted", actor, "x", "X", now=now)
        raise RuntimeError("rolled back")


async def without_triggers(statement: str, *, table: str) -> None:
    """What somebody with all rights on the database could do."""
    if db.is_sqlite():
        for trigger in ("no_update", "no_delete", "no_replace"):
            await db.engine().run_ddl(f"DROP TRIGGER {table}_{trigger}")
    else:
        await db.engine().run_ddl(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    await db.engine().run_ddl(statement)


async def test_note_is_of_the_transaction_of_its_deed(database: db.Engine, now: datetime) -> None:
    actor = await factories.secretariat(name="Sam Secretary", via="api")
    place = await factories.make_organisation("The Place", slug="place")

    await members.add_person(
        name="Ana Ruiz",
        email="ana@place.example",
        organisation="place",
        roles=["signatory"],
        actor=actor,
        now=now,
    )
    with pytest.raises(RuntimeError, match="rolled back"):
        await note_and_fail(actor, now=now)

    (deed,) = await deeds(Filter(), limit=10)
    assert (deed.who, deed.sentence) == (
        "Sam Secretary",
        "gave a role in “The Place”: Ana Ruiz, signatory.",
    )
    assert (deed.face, deed.kind, deed.object, deed.url) == (
        "api",
        "organisation",
        place.slug,
        "/desk/organisations/place",
    )
    assert (deed.person, deed.seq) == (actor.person_id, None)


async def test_note_outside_a_transaction_is_refused(database: db.Engine, now: datetime) -> None:
    actor = await factories.secretariat()

    with pytest.raises(RuntimeError, match=r"inside db\.transaction"):
        await journal.note("event.posted", actor, "x", "X", now=now)


async def test_several_who_seal_at_once_make_one_chain(database: db.Engine, now: datetime) -> None:
    await make_notes(1, now=now)
    await seal(now)
    await make_notes(30, now=now)

    sealed = await asyncio.gather(*(seal(now) for _ in range(6)))

    found = await verified(now=now)
    assert (sum(sealed), found.entries, found.waiting, found.faults) == (30, 31, 0, [])
    assert [row.note for row in await JournalSeal.objects().order_by(JournalSeal.seq)] == sorted(
        row["id"] for row in await JournalNote.select(JournalNote.id)
    )


@pytest.mark.parametrize(
    ("table", "statement", "told"),
    [
        (
            "journal_note",
            "UPDATE journal_note SET verb = 'event.cancelled' WHERE id = 2",
            "Entry 2 was changed",
        ),
        ("journal_note", "UPDATE journal_note SET person = 99 WHERE id = 3", "Entry 3 was changed"),
        ("journal_seal", "DELETE FROM journal_seal WHERE seq = 2", "Entry 3 does not follow"),
        ("journal_seal", "DELETE FROM journal_seal WHERE seq = 5", "The chain ends at entry 4"),
        ("journal_seal", "UPDATE journal_seal SET entry_sha256 = prev WHERE seq = 5", "Entry 5 was changed"),
        (
            "",
            'UPDATE journal_words SET private = \'{"sentence":"x","who":"y"}\' WHERE note = 1',
            "words of note 1",
        ),
    ],
)
async def test_change_or_removal_is_found(
    database: db.Engine, now: datetime, table: str, statement: str, told: str
) -> None:
    await make_notes(5, now=now)
    await seal(now)
    assert (await verified(now=now)).faults == []

    if table:
        await without_triggers(statement, table=table)
    else:
        await db.engine().run_ddl(statement)

    assert any(told in fault for fault in (await verified(now=now)).faults)


@pytest.mark.parametrize("table", ["journal_note", "journal_seal"])
@pytest.mark.parametrize("change", ["UPDATE {t} SET id = id + 100", "DELETE FROM {t}"])
async def test_database_refuses_to_change_the_journal(
    database: db.Engine, now: datetime, table: str, change: str
) -> None:
    await make_notes(1, now=now)
    await seal(now)

    with pytest.raises(Exception, match=f"rows of {table} are never changed or deleted"):
        await db.engine().run_ddl(change.format(t=table))


async def test_note_that_nobody_seals_is_told(database: db.Engine, now: datetime) -> None:
    await make_notes(1, now=now)

    early, late = await verified(now=now), await verified(now=now + timedelta(hours=1))

    assert (early.waiting, early.faults) == (1, [])
    assert "wait to be sealed for too long" in late.faults[0]


async def test_erased_words_leave_the_chain_whole(database: db.Engine, now: datetime) -> None:
    await make_notes(2, now=now)
    await seal(now)
    person = (await JournalNote.objects().first() or JournalNote()).person
    assert person is not None

    async with db.transaction():
        erased = await erase_words_of(person)

    found = await verified(now=now)
    assert (erased, found.faults, found.erased) == (2, [], 2)
    assert {row["private"] for row in await JournalWords.select(JournalWords.private)} == {""}
    assert {(one.who, one.sentence) for one in await deeds(Filter(), limit=9)} == {
        (queries.ERASED, "posted an event.")
    }


async def test_chain_goes_on_where_it_ended(database: db.Engine, now: datetime) -> None:
    await make_notes(2, now=now)
    await seal(now)
    first = await JournalHead.objects().first()
    await make_notes(1, now=now)

    await seal(now)

    last = await JournalSeal.objects().where(JournalSeal.seq == 3).first()
    assert first is not None
    assert last is not None
    assert last.prev == first.entry_sha256
