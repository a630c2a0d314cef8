"""Agendas of starred sessions: one writer at a time, kept with a registration, let go in time."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest

from summit_service import db
from summit_service.agendas import actions, queries
from summit_service.agendas.tables import Agenda, AgendaKey, Star
from summit_service.errors import NotFound
from summit_service.summits.tables import Edition
from tests.factories_summits import make_edition, programme, release, session

HOLDER = "registration:1"


async def make_programme(now: datetime) -> Edition:
    edition = await make_edition()
    await release(programme(session("ROE"), session("Other", room="Library")), now=now)
    return edition


async def starred(token: str, edition: Edition) -> set[str]:
    """The names of the starred sessions."""
    uids = await queries.starred_with(token, edition_id=edition.id)
    rows = await db.engine().run_ddl("SELECT uid, slug FROM programme_session")
    return {row["slug"] for row in rows if row["uid"] in uids}


async def last_change() -> datetime:
    """When the stars of the only agenda changed."""
    (row,) = await Agenda.select(Agenda.changed_at)
    moment: datetime = row["changed_at"]
    return moment


async def test_star_makes_an_agenda_of_which_only_hashes_are_kept(database: db.Engine, now: datetime) -> None:
    edition = await make_programme(now)

    token = await actions.star(2026, "roe", now=now)

    assert await starred(token, edition) == {"roe"}
    key = await AgendaKey.objects().first()
    assert key is not None
    assert token not in {key.token_hash, key.calendar_hash}
    assert await queries.key_of_calendar(token) is None
    assert await queries.key_of(queries.calendar_token(token), edition_id=edition.id) is None


async def test_star_twice_and_unstar_twice_change_nothing_more(database: db.Engine, now: datetime) -> None:
    edition = await make_programme(now)
    token = await actions.star(2026, "roe", now=now)
    changed_at = await last_change()

    again = await actions.star(2026, "roe", token=token, now=now + timedelta(hours=1))
    is_same = await last_change() == changed_at
    for _ in range(2):
        await actions.unstar(2026, "roe", token=token, now=now + timedelta(hours=2))

    assert (again, is_same, await starred(token, edition)) == (token, True, set())


async def test_stars_of_one_device_at_once_are_all_kept(database: db.Engine, now: datetime) -> None:
    edition = await make_edition()
    names = [f"Talk {number}" for number in range(8)]
    await release(programme(*(session(name, room="") for name in names)), now=now)
    token = await actions.star(2026, "talk-0", now=now)

    await asyncio.gather(
        *(actions.star(2026, f"talk-{number}", token=token, now=now) for number in range(8) for _ in range(2))
    )

    assert len(await starred(token, edition)) == 8
    assert await Star.count() == 8


async def test_star_with_a_secret_of_another_edition_begins_a_new_agenda(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_programme(now)
    await make_edition(year=2028)
    token = await actions.star(2026, "roe", now=now)

    assert await queries.key_of(token, edition_id=edition.id) is not None
    assert await queries.key_of(token, edition_id=edition.id + 1) is None


async def test_star_is_refused_for_a_session_that_is_not_released(database: db.Engine, now: datetime) -> None:
    await make_programme(now)

    with pytest.raises(NotFound):
        await actions.star(2026, "unknown", now=now)

    assert await Agenda.count() == 0


async def test_replaced_secret_opens_nothing_and_the_stars_stay(database: db.Engine, now: datetime) -> None:
    edition = await make_programme(now)
    token = await actions.star(2026, "roe", now=now)
    token = await actions.open_for(HOLDER, edition.id, token=token, now=now)
    other = await actions.open_for(HOLDER, edition.id, now=now)

    new = await actions.replace_key(2026, token=token, now=now)

    assert [await starred(each, edition) for each in (token, other, new)] == [set(), set(), {"roe"}]
    with pytest.raises(NotFound):
        await actions.replace_key(2026, token=token, now=now)


async def test_agenda_of_a_registration_has_what_its_devices_had_starred(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_programme(now)
    phone = await actions.star(2026, "roe", now=now)
    phone = await actions.open_for(HOLDER, edition.id, token=phone, now=now)
    laptop = await actions.star(2026, "other", now=now)

    opened = await actions.open_for(HOLDER, edition.id, token=laptop, now=now)
    again = await actions.open_for(HOLDER, edition.id, token=opened, now=now)

    assert await starred(opened, edition) == await starred(phone, edition) == {"roe", "other"}
    assert again == opened


async def test_link_of_somebody_else_opens_no_agenda_of_a_registration(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_programme(now)
    alices = await actions.star(2026, "roe", now=now)
    bobs = await actions.open_for(HOLDER, edition.id, token=alices, now=now)

    await actions.star(2026, "other", token=bobs, now=now)
    async with db.transaction():
        await actions.erase_held_by(HOLDER)

    assert bobs != alices
    assert await starred(alices, edition) == {"roe"}


async def test_agenda_of_a_registration_is_made_once_by_two_devices_at_once(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_programme(now)

    opened = await asyncio.gather(*(actions.open_for(HOLDER, edition.id, now=now) for _ in range(4)))

    assert (len(set(opened)), await Agenda.count()) == (4, 1)


async def test_agenda_of_one_registration_is_not_opened_by_another(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_programme(now)
    token = await actions.star(2026, "roe", now=now)
    token = await actions.open_for(HOLDER, edition.id, token=token, now=now)

    other = await actions.open_for("registration:2", edition.id, token=token, now=now)

    assert await starred(other, edition) == set()


async def test_agenda_of_a_registration_goes_with_it(database: db.Engine, now: datetime) -> None:
    edition = await make_programme(now)
    token = await actions.open_for(HOLDER, edition.id, now=now)
    await actions.star(2026, "roe", token=token, now=now)

    async with db.transaction():
        await actions.erase_held_by(HOLDER)

    assert [await table.count() for table in (Agenda, AgendaKey, Star)] == [0, 0, 0]


async def test_agendas_of_a_summit_long_over_go(database: db.Engine, now: datetime) -> None:
    await make_programme(now)
    await actions.star(2026, "roe", now=now)
    last_day = datetime.combine(date(2026, 9, 15), datetime.min.time(), now.tzinfo)

    early = await actions.erase_old(last_day + actions.KEPT)
    late = await actions.erase_old(last_day + actions.KEPT + timedelta(days=1))

    assert (early, late, await Star.count()) == (0, 1, 0)
