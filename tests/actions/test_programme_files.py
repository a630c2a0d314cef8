"""A file of a programme between the look and the taking: once, for who sent it, onto no other draft than was seen."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Any

import pytest

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound
from summit_service.journal.queries import Filter, deeds
from summit_service.own_data import telling
from summit_service.own_data.actions import erase_person
from summit_service.sent_files.actions import KEPT, KeptFile, forget_old
from summit_service.sent_files.tables import SentFile
from summit_service.summits import queries
from summit_service.summits.actions import drafts, files, replacing
from summit_service.summits.actions.replacing import Replaced
from tests import factories
from tests.factories_summits import make_edition, programme, session
from tests.meanwhile import begun_meanwhile

LATER = {"starts_at": "2026-09-14T11:00", "ends_at": "2026-09-14T12:00"}


async def put(*sessions: dict[str, Any], actor: Actor, now: datetime, **parts: Any) -> Replaced:
    return await replacing.replace_programme(2026, programme(*sessions, **parts), actor=actor, now=now)


async def send(*sessions: dict[str, Any], actor: Actor, now: datetime, **parts: Any) -> KeptFile:
    data = json.dumps(programme(*sessions, **parts)).encode()
    return await files.keep_file(2026, data, name="p.json", actor=actor, now=now)


async def titles() -> list[str]:
    found = await queries.draft_of(await queries.found_edition(2026))
    return [one.title for one in found.programme.sessions]


async def test_file_says_what_it_would_do_and_is_taken_once_by_four_at_once(
    database: db.Engine, now: datetime
) -> None:
    await make_edition()
    desk = await factories.secretariat()
    people = [{"name": "Ana Ruiz", "affiliation": "San Juan"}, "Bo Lee"]
    opening = session("Opening", id="opening", abstract="An hour's work.", speakers=["Ana Ruiz", "Bo Lee"])
    await put(opening, session("Poster walk", room="Library"), actor=desk, now=now, speakers=people)

    file = await send(
        {**opening, "abstract": "", "kind": "debate", "speakers": ["Ana Ruiz"], **LATER},
        session("Debate", room="Great Hall"),
        actor=desk,
        now=now,
        rooms=[{"name": "Great Hall", "capacity": 90}],
        speakers=["Ana Ruiz"],
        tracks=["Policy"],
    )
    would = await files.look_at_file(2026, file, now=now)
    before = await titles()
    outcomes = await asyncio.gather(
        *(files.take_file(2026, file.id, seen=would.seen, actor=desk, now=now) for _ in range(4)),
        return_exceptions=True,
    )

    assert [change.sentence for change in would.effect.changed] == [
        "moves from 14 September, 09:00–10:00, Great Hall to 14 September, 11:00–12:00, Great Hall.",
        "is no longer with Bo Lee.",
        "has another kind and loses its abstract.",
    ]
    assert [change.title for change in would.effect.added] == ["Debate"]
    assert [change.title for change in would.effect.removed] == ["Poster walk"]
    assert would.effect.changed_sessions == 1
    assert [(one.part, one.added, one.changed, one.removed) for one in would.effect.lists] == [
        ("rooms", (), (("Great Hall", "150 seats", "90 seats"),), ("Library",)),
        ("tracks", ("Policy",), (), ()),
        ("speakers", (), (("Ana Ruiz", "San Juan", ""),), ("Bo Lee",)),
    ]
    assert before == ["Opening", "Poster walk"]
    assert [isinstance(one, Replaced) and not one.is_dry_run for one in outcomes].count(True) == 1
    assert {type(one) for one in outcomes if isinstance(one, BaseException)} == {NotFound}
    assert await titles() == ["Opening", "Debate"]
    assert await SentFile.count() == 0
    assert (await deeds(Filter(), limit=1))[0].verb == "summit.draft_changed"


async def test_file_is_not_taken_onto_another_draft_than_was_seen(database: db.Engine, now: datetime) -> None:
    await make_edition()
    desk = await factories.secretariat()
    await put(session("Opening", id="opening"), actor=desk, now=now)
    file = await send(session("Opening", id="opening"), session("Debate", **LATER), actor=desk, now=now)
    seen = (await files.look_at_file(2026, file, now=now)).seen
    typed = session("Typed meanwhile", room="Library")
    await drafts.put_session(2026, typed, actor=desk, now=now)

    anew = await files.take_file(2026, file.id, seen=seen, actor=desk, now=now)
    unseen = await files.take_file(2026, file.id, seen="", actor=desk, now=now)
    kept = await titles()
    taken = await files.take_file(2026, file.id, seen=anew.seen, actor=desk, now=now)

    assert (anew.is_dry_run, unseen.is_dry_run, taken.is_dry_run) == (True, True, False)
    assert kept == ["Opening", "Typed meanwhile"]
    assert [change.title for change in anew.effect.removed] == ["Typed meanwhile"]
    assert await titles() == ["Opening", "Debate"]


async def test_file_is_not_taken_for_another_that_had_its_number(database: db.Engine, now: datetime) -> None:
    await make_edition()
    desk = await factories.secretariat()
    shown = await send(session("Shown"), actor=desk, now=now)
    seen = (await files.look_at_file(2026, shown, now=now)).seen
    await files.discard_file(2026, shown.id, actor=desk, now=now)

    other = await send(session("Another"), actor=desk, now=now)
    pressed = await files.take_file(2026, other.id, seen=seen, actor=desk, now=now)

    assert (pressed.is_dry_run, await titles()) == (True, [])


async def test_file_is_not_taken_over_what_a_colleague_is_writing(database: db.Engine, now: datetime) -> None:
    edition = await make_edition()
    desk = await factories.secretariat()
    await put(session("Opening", id="opening"), actor=desk, now=now)
    file = await send(session("Debate"), actor=desk, now=now)
    seen = (await files.look_at_file(2026, file, now=now)).seen

    async with db.transaction():
        await queries.locked_edition(2026)
        await drafts.append_session(edition, session("Typed meanwhile", room="Library"), now=now)
        task = await begun_meanwhile(files.take_file(2026, file.id, seen=seen, actor=desk, now=now))
    shown = await task

    assert shown.is_dry_run
    assert await titles() == ["Opening", "Typed meanwhile"]


async def test_file_is_for_who_sent_it_and_goes_by_date_and_with_whoever_is_erased(
    database: db.Engine, now: datetime
) -> None:
    await make_edition()
    await make_edition(year=2028)
    desk = await factories.secretariat()
    other = await factories.secretariat(name="Bo", email="bo@desk.example")
    member = await factories.representative_of(await factories.make_organisation("Place"))
    file = await send(actor=desk, now=now)
    for asked in (
        files.take_file(2026, file.id, seen="", actor=other, now=now),
        files.take_file(2028, file.id, seen="", actor=desk, now=now),
        files.take_file(2026, file.id, seen="", actor=desk, now=now + KEPT),
        files.discard_file(2026, file.id, actor=other, now=now),
    ):
        with pytest.raises(NotFound):
            await asked
    with pytest.raises(NotAllowed):
        await send(actor=member, now=now)
    with pytest.raises(Invalid):
        await send(session(room="Attic"), actor=desk, now=now)

    kept = await SentFile.count()
    await forget_old(now + KEPT)
    left = await SentFile.count()
    await send(actor=desk, now=now)
    ana = await factories.make_person("Ana", email="ana@members.example")
    seen = (await telling.told(ana)).digest
    await erase_person(ana.id, seen=seen, email=ana.email, actor=other, now=now)

    assert (kept, left, await SentFile.count()) == (1, 0, 0)


async def test_file_of_any_name_is_read_as_what_it_is_until_it_is_taken(
    database: db.Engine, now: datetime
) -> None:
    await make_edition()
    desk = await factories.secretariat()
    sheet = b"title,starts_at,ends_at\nOpening,2026-09-14T09:00,2026-09-14T10:00\n"
    name = f"{'Łódź ' * 40}\x00\u202e\ud800.CSV"

    file = await files.keep_file(2026, sheet, name=name, actor=desk, now=now)
    would = await files.look_at_file(2026, await files.file_of(2026, file.id, actor=desk, now=now), now=now)

    assert (len(file.name), file.name[-9:]) == (120, "Łódź .CSV")
    assert [change.title for change in would.effect.added] == ["Opening"]


async def test_programme_is_not_put_onto_another_draft_than_was_seen(
    database: db.Engine, now: datetime
) -> None:
    await make_edition()
    desk = await factories.secretariat()
    first = await put(session("Opening", id="opening"), actor=desk, now=now)
    second = programme(session("Debate"))
    ways: dict[str, Any] = {"actor": desk, "now": now}

    would = await replacing.replace_programme(2026, second, dry_run=True, **ways)
    untouched = await titles()
    done = await replacing.replace_programme(2026, second, seen=first.seen, **ways)
    again = await replacing.replace_programme(2026, second, seen=first.seen, **ways)
    with pytest.raises(Conflict, match=done.seen) as refused:
        await replacing.replace_programme(2026, programme(), seen=first.seen, **ways)

    assert (would.seen, would.is_dry_run, untouched) == (first.seen, True, ["Opening"])
    assert [one.uid for one in would.programme.sessions] == [one.uid for one in first.programme.sessions]
    assert again.effect.does is False
    assert refused.value.code == "changed_meanwhile"
    assert await titles() == ["Debate"]


async def test_same_things_in_another_order_are_told_as_such(database: db.Engine, now: datetime) -> None:
    await make_edition()
    desk = await factories.secretariat()
    await put(session("Opening"), session("Debate", room="Library"), actor=desk, now=now)

    file = await send(session("Debate", room="Library"), session("Opening"), actor=desk, now=now)
    would = await files.look_at_file(2026, file, now=now)

    assert would.effect.does
    assert would.effect.is_reordered
    assert (would.effect.added, would.effect.changed, would.effect.removed) == ((), (), ())
