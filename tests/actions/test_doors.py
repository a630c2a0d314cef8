"""The door: nobody counts twice, whatever is told twice, late, at once, or at two doors."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from summit_service import db
from summit_service.doors import actions, queries
from summit_service.doors.queries import Seen
from summit_service.doors.scans import Scan
from summit_service.doors.tables import Arrival
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.registrations import actions as registrations
from tests import factories
from tests.factories_registrations import link_of, make_edition, register, registration_of

MORNING = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)


async def scan_of(name: str, identifier: str, minutes: float, *, is_undo: bool = False) -> Scan:
    ticket = queries.ticket_of(await registration_of(name))
    return Scan(f"{identifier}-{'x' * 8}", at(minutes), ticket, is_undo=is_undo)


async def doors(*names: str, now: datetime) -> list[str]:
    """A summit with Anna, who has a place, and Ben, who waits; a link to each door."""
    await make_edition(in_person=1)
    await register("Anna Berg", now=now)
    await register("Ben Young", now=now)
    actor = await factories.secretariat()
    return [(await actions.make_door(2026, name, actor=actor, now=now))[1] for name in names]


async def counted() -> list[tuple[str, str]]:
    """Mark and door of each arrival that counts."""
    rows = await Arrival.select(Arrival.client_id, Arrival.door.name.as_alias("door_name")).where(
        Arrival.is_counted.eq(True)
    )
    return [(row["client_id"].split("-")[0], row["door_name"]) for row in rows]


def kinds(seen: list[Seen]) -> list[str]:
    return [one.kind for one in seen]


async def test_each_answer_and_a_scan_told_twice_is_written_once(database: db.Engine, now: datetime) -> None:
    [token] = await doors("Main", now=now)
    anna, ben = await scan_of("Anna Berg", "one", 0), await scan_of("Ben Young", "two", 0)
    forged = Scan("forged-xxxxxxxx", at(0), anna.ticket[:-1] + ("0" if anna.ticket[-1] != "0" else "1"))

    first = await actions.record(token, [anna, ben, forged], now=at(0))
    again = await actions.record(token, [anna], now=at(1))
    repeat = await actions.record(token, [await scan_of("Anna Berg", "three", 2)], now=at(2))

    assert kinds(first + again + repeat) == ["welcome", "waiting", "unknown", "welcome", "already"]
    assert await Arrival.count() == 2
    assert await counted() == [("one", "Main")]
    assert [line.repeats for line in await queries.comers(await queries.edition_of(2026), now=at(3))] == [1]
    totals = await queries.totals(await queries.edition_of(2026))
    assert totals == {(MORNING.date(), "in_person", "Main"): 1}


async def test_first_by_time_counts_although_it_was_told_last(database: db.Engine, now: datetime) -> None:
    main, side = await doors("Main", "Side", now=now)
    await actions.record(side, [await scan_of("Anna Berg", "late", 10)], now=at(10))

    seen = await actions.record(main, [await scan_of("Anna Berg", "early", 5)], sent_at=at(40), now=at(40))

    assert (seen[0].kind, seen[0].door) == ("welcome", "Main")
    assert await counted() == [("early", "Main")]
    by_fast_clock = await scan_of("Anna Berg", "fast", 60)  # seen at 2 minutes by our clock
    await actions.record(side, [by_fast_clock], sent_at=at(100), now=at(42))
    assert await counted() == [("fast", "Side")]


async def test_two_doors_at_once_count_once(database: db.Engine, now: datetime) -> None:
    links = await doors("Main", "Side", now=now)
    scans = [await scan_of("Anna Berg", f"n{number}", number) for number in range(8)]

    answers = await asyncio.gather(
        *(
            actions.record(links[at % 2], [scan], now=MORNING + timedelta(hours=1))
            for at, scan in enumerate(scans)
        )
    )

    assert kinds([seen for told in answers for seen in told]).count("welcome") >= 1
    assert await counted() == [("n0", "Main")]
    assert await Arrival.count() == 8


async def test_undo_takes_back_what_was_until_then_and_counts_once(
    database: db.Engine, now: datetime
) -> None:
    [token] = await doors("Main", now=now)
    batch = [
        await scan_of("Anna Berg", "wrong", 0),
        await scan_of("Anna Berg", "undone", 1, is_undo=True),
    ]

    seen = await actions.record(token, batch, sent_at=at(3), now=at(3))
    again = await actions.record(
        token, [*batch, await scan_of("Anna Berg", "right", 2)], sent_at=at(3), now=at(3)
    )

    assert kinds(seen) == ["expected", "undone"]
    assert [kinds(again)[-1], await counted()] == ["welcome", [("right", "Main")]]
    assert kinds(await actions.record(token, batch, sent_at=at(4), now=at(4)))[-1] == "already"


async def test_cancelled_elsewhere_and_erased(database: db.Engine, now: datetime) -> None:
    [token] = await doors("Main", now=now)
    anna = await scan_of("Anna Berg", "one", 0)
    await make_edition(year=2028)
    await register("Cleo Other", year=2028, now=now)
    link = await link_of("Anna Berg", now=now)
    await registrations.cancel(link, now=now)

    cancelled = await actions.record(token, [anna, await scan_of("Cleo Other", "two", 0)], now=at(0))
    await registrations.erase_at_once(link, now=at(1))
    erased = await actions.record(token, [anna], now=at(2))

    assert kinds(cancelled + erased) == ["cancelled", "elsewhere", "unknown"]
    opened = await queries.opened(token, now=at(2))
    listed = await queries.door_list(opened.door, opened.edition, now=at(2))
    assert [person["name"] for person in listed["people"]] == ["Ben Young"]
    assert set(listed["people"][0]) == {
        "number", "name", "organisation", "ticket", "state", "attendance", "at", "door",
    }  # fmt: skip


async def test_door_goes_with_the_days_of_its_summit(database: db.Engine, now: datetime) -> None:
    """Somebody moves the summit after the links were handed out."""
    [token] = await doors("Main", now=now)
    later = {"starts_on": "2026-09-21", "ends_on": "2026-09-22"}
    await registrations.change_edition(2026, later, actor=await factories.secretariat(), now=now)
    scan = await scan_of("Anna Berg", "one", 7 * 24 * 60)

    seen = await actions.record(token, [scan], now=scan.at)
    with pytest.raises(NotFound):
        await actions.record(token, [scan], now=scan.at + timedelta(days=2))

    assert kinds(seen) == ["welcome"]


async def test_door_ends_by_hand_at_once_and_by_the_clock_with_time_to_send(
    database: db.Engine, now: datetime
) -> None:
    main, side = await doors("Main", "Side", now=now)
    actor = await factories.secretariat()
    over = datetime(2026, 9, 15, 23, 0, tzinfo=UTC)
    anna = await scan_of("Anna Berg", "one", 60 * 30)

    with pytest.raises(NotFound):
        await actions.record(side, [anna], now=over)
    late = await actions.record(side, [anna], sent_at=over + timedelta(days=2), now=over + timedelta(days=2))
    with pytest.raises(NotFound):
        await actions.record(side, [anna], sent_at=over, now=over + timedelta(days=3))
    assert (kinds(late), await counted()) == (["welcome"], [("one", "Side")])

    [door, _] = await queries.doors_of((await queries.edition_of(2026)).id)
    another = await actions.open_door(2026, door.id, actor=actor, now=now)
    await actions.leave(another, now=now)
    await queries.opened(main, now=now)
    await actions.close_door(2026, door.id, actor=actor, now=now)
    for token in (main, another):
        with pytest.raises(NotFound):
            await queries.opened(token, now=now, is_upload=True)
    with pytest.raises(Conflict):
        await actions.open_door(2026, door.id, actor=actor, now=now)
    with pytest.raises(Invalid):
        await actions.make_door(2026, "Side", actor=actor, now=now)
    await actions.make_door(2026, "Main", actor=actor, now=now)
