"""Editions: made, changed, announced, and taken in from a file."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.errors import Conflict, Invalid, NotAllowed, NotSignedIn
from summit_service.registrations import actions as registrations
from summit_service.summits import queries
from summit_service.summits.actions import editions, replacing
from summit_service.summits.tables import Edition, Session
from tests.factories import make_organisation, representative_of
from tests.factories_summits import (
    EDITION,
    make_edition,
    programme,
    real_programme,
    real_programme_bytes,
    session,
)


async def test_create_edition_stores_wall_time_and_instant(database: db.Engine, now: datetime) -> None:
    window = {"registration_opens_at": "2026-06-01T09:00", "registration_closes_at": "2026-09-10T18:00"}

    edition = await editions.create_edition({**EDITION, **window}, actor=OPERATOR, now=now)

    stored = await queries.found_edition(2026)
    assert stored.id == edition.id
    assert (stored.title, stored.starts_on, stored.ends_on) == (
        "Summit 2026",
        date(2026, 9, 14),
        date(2026, 9, 15),
    )
    assert stored.registration_opens_at == "2026-06-01T09:00"
    assert stored.registration_opens_instant == datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert stored.registration_closes_instant == datetime(2026, 9, 10, 17, tzinfo=UTC)
    assert (stored.announced_at, stored.in_person_taken, stored.online_taken) == (now, 0, 0)


async def test_create_edition_takes_its_programme_along(database: db.Engine, now: datetime) -> None:
    await editions.create_edition(real_programme(), actor=OPERATOR, now=now)

    draft = await queries.draft_of(await queries.found_edition(2026))
    assert len(draft.programme.sessions) == 6


async def test_create_edition_with_a_faulty_programme_keeps_nothing(
    database: db.Engine, now: datetime
) -> None:
    bad = {**EDITION, **programme(session(room="Attic"))}

    with pytest.raises(Invalid):
        await editions.create_edition(bad, actor=OPERATOR, now=now)

    assert await Edition.count() == 0


async def test_create_edition_is_for_the_secretariat(database: db.Engine, now: datetime) -> None:
    representative = await representative_of(await make_organisation())

    with pytest.raises(NotSignedIn):
        await editions.create_edition(EDITION, actor=PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await editions.create_edition(EDITION, actor=representative, now=now)


async def test_create_edition_of_a_year_that_has_one(database: db.Engine, now: datetime) -> None:
    await make_edition()

    with pytest.raises(Conflict, match="There is a summit of 2026 already"):
        await editions.create_edition(EDITION, actor=OPERATOR, now=now)


async def test_create_edition_off_the_cycle_has_to_be_meant(database: db.Engine, now: datetime) -> None:
    await make_edition()
    odd = {**EDITION, "year": 2027, "starts_on": "2027-09-13", "ends_on": "2027-09-14"}

    with pytest.raises(Invalid) as refused:
        await editions.create_edition(odd, actor=OPERATOR, now=now)
    meant = await editions.create_edition({**odd, "off_cycle": True}, actor=OPERATOR, now=now)

    assert "beside the one of 2026 comes 2028" in refused.value.by_field()["year"]
    assert meant.is_off_cycle


async def test_editions_of_one_year_at_once_make_one(database: db.Engine, now: datetime) -> None:
    done = await asyncio.gather(
        *(editions.create_edition(EDITION, actor=OPERATOR, now=now) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in done) == ["Conflict", "Conflict", "Conflict", "Edition"]
    assert await Edition.count() == 1


async def test_change_edition_below_what_is_taken_is_refused(database: db.Engine, now: datetime) -> None:
    await make_edition(in_person_taken=30, online_taken=2)

    with pytest.raises(Invalid) as refused:
        await editions.change_edition(
            2026, {"in_person_capacity": 29, "online_capacity": 1}, actor=OPERATOR, now=now
        )
    changed = await editions.change_edition(2026, {"in_person_capacity": 30}, actor=OPERATOR, now=now)

    rest = "are taken or offered; the limit cannot be lower than that."
    assert refused.value.by_field() == {
        "in_person_capacity": f"30 places in person {rest}",
        "online_capacity": f"2 places online {rest}",
    }
    assert (changed.in_person_capacity, changed.in_person_taken) == (30, 30)


async def test_change_edition_to_another_year_is_refused(database: db.Engine, now: datetime) -> None:
    await make_edition()
    moved = {"year": 2028, "starts_on": "2028-09-14", "ends_on": "2028-09-15"}

    with pytest.raises(Invalid) as refused:
        await editions.change_edition(2026, moved, actor=OPERATOR, now=now)

    assert list(refused.value.by_field()) == ["year"]


async def test_change_edition_to_another_zone_keeps_the_wall_times(
    database: db.Engine, now: datetime
) -> None:
    await make_edition()
    await replacing.replace_programme(2026, programme(session("ROE")), actor=OPERATOR, now=now)

    await editions.change_edition(2026, {"timezone": "America/New_York"}, actor=OPERATOR, now=now)

    [row] = await Session.objects()
    assert (row.starts_at, row.starts_instant) == ("2026-09-14T09:00", datetime(2026, 9, 14, 13, tzinfo=UTC))


async def test_change_edition_to_a_zone_that_skips_an_hour_says_so(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(starts_on=date(2026, 3, 28), ends_on=date(2026, 3, 29), timezone="Asia/Tokyo")
    early = session("Early", starts_at="2026-03-29T01:30", ends_at="2026-03-29T03:00")
    await replacing.replace_programme(2026, programme(early), actor=OPERATOR, now=now)

    with pytest.raises(Invalid) as refused:
        await editions.change_edition(2026, {"timezone": "Europe/London"}, actor=OPERATOR, now=now)

    assert (
        "In this zone the programme does not work: 01:30 does not exist"
        in refused.value.by_field()["timezone"]
    )


async def test_announce_edition_once(database: db.Engine, now: datetime) -> None:
    await make_edition(is_announced=False)

    await editions.announce_edition(2026, actor=OPERATOR, now=now)
    again = await editions.announce_edition(2026, actor=OPERATOR, now=now.replace(hour=12))

    assert again.announced_at == now


@pytest.mark.parametrize(("day", "year"), [("2026-01-01", 2026), ("2026-09-16", 2028), ("2029-01-01", 2028)])
async def test_current_edition_is_the_next_or_else_the_last(database: db.Engine, day: str, year: int) -> None:
    await make_edition(year=2026)
    await make_edition(year=2028)
    await make_edition(year=2030, is_announced=False)

    current = await queries.current_edition(datetime.fromisoformat(f"{day}T12:00:00+00:00"))

    assert current is not None
    assert current.year == year


async def test_import_programme_of_the_real_file(database: db.Engine, now: datetime) -> None:
    done = await registrations.import_programme(real_programme_bytes(), actor=OPERATOR, now=now)
    again = await registrations.import_programme(real_programme_bytes(), actor=OPERATOR, now=now)

    edition = await queries.found_edition(2026)
    assert (done.is_new_edition, done.sessions, again.is_new_edition, again.sessions) == (True, 6, False, 6)
    assert (edition.venue, edition.host) == (
        "College Court, Leicester",
        "The Stoneygate Centre for Empathic Healthcare",
    )
    assert len(done.warnings) == 3
    assert await Session.count() == 6


async def test_import_programme_dry_run_keeps_nothing(database: db.Engine, now: datetime) -> None:
    done = await registrations.import_programme(real_programme_bytes(), actor=OPERATOR, now=now, dry_run=True)

    assert (done.is_dry_run, done.sessions) == (True, 6)
    assert await Edition.count() == 0


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is not JSON: Expecting value at line 1, column 1."),
        (b'{"year": 2026,\n oops}', "The file is not JSON:"),
        ('{"title": "Café"}'.encode("latin-1"), "The file is not in UTF-8 (byte 15). Save it as UTF-8."),
        (b"[]", "The file has to be a JSON object."),
        (b'{"year": NaN}', "The file is not JSON that can be used here."),
        (b"[" * 100_000, "The file is not JSON that can be used here."),
        (b"{}", "The year is missing."),
    ],
)
async def test_import_programme_of_a_bad_file(
    database: db.Engine, now: datetime, data: bytes, sentence: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await registrations.import_programme(data, actor=OPERATOR, now=now)

    assert refused.value.sentence.startswith(sentence)


async def test_import_programme_that_fails_late_keeps_nothing(database: db.Engine, now: datetime) -> None:
    await registrations.import_programme(real_programme_bytes(), actor=OPERATOR, now=now)
    bad: dict[str, Any] = {**real_programme(), "venue": "Elsewhere"}
    bad["sessions"][5]["room"] = "Attic"

    with pytest.raises(Invalid):
        await registrations.import_programme(json.dumps(bad).encode(), actor=OPERATOR, now=now)

    assert (await queries.found_edition(2026)).venue == "College Court, Leicester"
