"""The draft of a programme: replaced as a whole, and what keeps its identity over that."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.summits import queries
from summit_service.summits.actions import drafts, replacing
from summit_service.summits.rules.board import Slot, slot_of
from summit_service.summits.rules.programme import values_of
from summit_service.summits.tables import Session
from tests.factories import make_organisation, representative_of
from tests.factories_summits import make_edition, many_sessions, programme, real_programme, session


async def put(given: object, now: datetime) -> queries.Draft:
    return await replacing.replace_programme(2026, given, actor=OPERATOR, now=now)


async def test_replace_programme_stores_the_whole_draft(database: db.Engine, now: datetime) -> None:
    await make_edition()
    given = programme(
        session("ROE", kind="plenary", speakers=["Jo Lap"], chairs=["Ann Ward"], track="Education",
                abstract="First line.\nSecond.", objectives=["Listen", "Ask"], capacity=100),
        tracks=["Education", "Policy"],
        speakers=[{"name": "Jo Lap", "affiliation": "NYU"}, "Ann Ward"],
    )  # fmt: skip

    draft = await put(given, now)

    stored = await queries.draft_of(await queries.found_edition(2026))
    values = values_of(stored.programme)
    assert (stored.programme, stored.warnings) == (draft.programme, draft.warnings)
    assert values["rooms"] == given["rooms"]
    assert values["tracks"] == ["Education", "Policy"]
    assert values["speakers"] == [
        {"name": "Jo Lap", "affiliation": "NYU"},
        {"name": "Ann Ward", "affiliation": ""},
    ]
    [one] = stored.programme.sessions
    assert (one.id, one.speakers, one.chairs, one.objectives) == (
        "roe",
        ("Jo Lap",),
        ("Ann Ward",),
        ("Listen", "Ask"),
    )
    assert one.starts == datetime.fromisoformat("2026-09-14T08:00+00:00")


async def test_replace_programme_takes_the_real_file(database: db.Engine, now: datetime) -> None:
    await make_edition()

    draft = await put(real_programme(), now)

    assert [
        len(part) for part in (draft.programme.rooms, draft.programme.tracks, draft.programme.speakers)
    ] == [3, 3, 6]
    assert len(draft.programme.sessions) == 6


async def test_replace_programme_with_the_same_changes_nothing(database: db.Engine, now: datetime) -> None:
    await make_edition()
    first = await put(real_programme(), now)
    rows = await Session.select().order_by(Session.id)

    again = await put(real_programme(), now.replace(hour=10))

    assert again.programme == first.programme
    assert await Session.select().order_by(Session.id) == rows
    assert (await queries.found_edition(2026)).draft_changed_at == now


async def test_replace_programme_keeps_the_uid_of_a_moved_session(database: db.Engine, now: datetime) -> None:
    await make_edition()
    [before] = (await put(programme(session("ROE")), now)).programme.sessions

    moved = session("ROE", starts_at="2026-09-15T14:00", ends_at="2026-09-15T15:00", room="Library")
    after = (await put(programme(session("Other", room="Library"), moved), now)).programme.sessions

    assert after[1].uid == before.uid
    assert after[0].uid != before.uid


async def test_replace_programme_brings_back_what_was_taken_out_with_its_uid(
    database: db.Engine, now: datetime
) -> None:
    await make_edition()
    [before] = (await put(programme(session("ROE")), now)).programme.sessions
    emptied = await put(programme(session("Other", room="Library")), now)

    back = await put(programme(session("ROE", starts_at="2026-09-14T09:30")), now)

    assert [one.title for one in emptied.programme.sessions] == ["Other"]
    assert [one.uid for one in back.programme.sessions] == [before.uid]


async def test_replace_programme_with_faults_says_where_and_keeps_the_old(
    database: db.Engine, now: datetime
) -> None:
    await make_edition()
    await put(programme(), now)
    bad = programme(session(), session("Two"), session("Three"), session("Four", room="Attic"))

    with pytest.raises(Invalid) as refused:
        await put(bad, now)

    assert refused.value.by_field() == {"sessions/3/room": "There is no room “Attic” in this programme."}
    stored = await queries.draft_of(await queries.found_edition(2026))
    assert [one.title for one in stored.programme.sessions] == ["Opening"]


async def test_replace_programme_is_for_the_secretariat(database: db.Engine, now: datetime) -> None:
    await make_edition()
    representative = await representative_of(await make_organisation())

    with pytest.raises(NotSignedIn):
        await replacing.replace_programme(2026, programme(), actor=PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await replacing.replace_programme(2026, programme(), actor=representative, now=now)


async def test_replace_programme_of_an_unknown_year(database: db.Engine, now: datetime) -> None:
    with pytest.raises(NotFound, match="There is no summit of 2026 here"):
        await put(programme(), now)


async def test_put_session_changes_one_and_leaves_the_others(database: db.Engine, now: datetime) -> None:
    await make_edition()
    before = (await put(programme(session("One"), session("Two", room="Library")), now)).programme.sessions

    draft = await drafts.put_session(
        2026, {"title": "One and more", "speakers": ["New Name"]}, session_id="one", actor=OPERATOR, now=now
    )

    one, two = draft.programme.sessions
    assert (one.uid, one.id, one.title, one.speakers) == (before[0].uid, "one", "One and more", ("New Name",))
    assert two == before[1]
    assert [speaker.name for speaker in draft.programme.speakers] == ["New Name"]


async def test_remove_session_keeps_its_row(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await put(programme(session("One"), session("Two", room="Library")), now)

    draft = await drafts.remove_session(2026, "one", actor=OPERATOR, now=now)

    assert [one.id for one in draft.programme.sessions] == ["two"]
    assert await Session.select(Session.removed_at).where(Session.slug == "one") == [{"removed_at": now}]
    with pytest.raises(NotFound):
        await drafts.remove_session(2026, "one", actor=OPERATOR, now=now)


async def test_replace_programme_with_hundreds_of_sessions(database: db.Engine, now: datetime) -> None:
    await make_edition()

    draft = await put(programme(*many_sessions(300)), now)

    assert len(draft.programme.sessions) == 300


async def test_two_who_move_a_session_at_once_move_it_once(database: db.Engine, now: datetime) -> None:
    await make_edition()
    draft = await put(programme(session("A", id="a", abstract="Kept.")), now)
    seen = slot_of(draft.programme.sessions[0]).text()
    hours = ("2026-09-14T11:00", "2026-09-14T12:00")

    done = await asyncio.gather(
        *(
            drafts.move_session(2026, "a", Slot(*hours, room), seen=seen, actor=OPERATOR, now=now)
            for room in ("Great Hall", "Library", "")
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(one, Conflict) for one in done) == 2
    moved = (await queries.draft_of(await queries.found_edition(2026))).programme.sessions[0]
    assert (moved.starts_at, moved.abstract, moved.uid) == (
        hours[0],
        "Kept.",
        draft.programme.sessions[0].uid,
    )
