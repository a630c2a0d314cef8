"""Registering: a place while there is one, the queue after that, and what is refused."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from summit_service import db
from summit_service.errors import Conflict, Gone, Invalid, NotFound
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import actions, rules
from summit_service.registrations.tables import Place, Registration
from tests import factories
from tests.factories_registrations import (
    ANNA,
    CLOSES,
    held,
    make_edition,
    register,
    registration_of,
    states,
    taken,
)


async def mails_to(name: str) -> list[str]:
    """Kinds of the mails to a person, with their states, the oldest first."""
    row = await registration_of(name)
    found = (
        OutboxMessage.objects().where(OutboxMessage.recipient_email == row.email).order_by(OutboxMessage.id)
    )
    return [f"{mail.kind} {mail.state}" for mail in await found]


async def test_register_confirms_while_there_is_a_place(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=2)

    outcome = await register("Anna Berg", now=now)

    assert (outcome.state, outcome.position) == ("confirmed", None)
    assert await states() == {"Anna Berg": "confirmed in_person"}
    assert await taken(edition, rules.IN_PERSON) == 1
    assert await mails_to("Anna Berg") == ["registration_confirmed queued"]


async def test_register_queues_in_order_when_full(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=1)

    outcomes = [await register(f"Delegate {letter}", now=now) for letter in "ABC"]

    assert [outcome.position for outcome in outcomes] == [None, 1, 2]
    assert await taken(edition, rules.IN_PERSON) == 1
    assert await mails_to("Delegate C") == ["registration_waitlisted queued"]


async def test_register_counts_in_person_and_online_apart(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=1, online=1)
    await register("Delegate A", now=now)

    outcome = await register("Delegate B", attendance=rules.ONLINE, now=now)

    assert outcome.state == "confirmed"
    assert (await taken(edition, rules.IN_PERSON), await taken(edition, rules.ONLINE)) == (1, 1)


async def test_register_lets_nobody_jump_the_queue(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=1, registration_closes_instant=CLOSES)
    for letter in "AB":
        await register(f"Delegate {letter}", now=now)
    # A place is free for a moment while somebody waits, as after a limit was raised by hand.
    await db.engine().run_ddl("UPDATE edition SET in_person_capacity = 2")

    outcome = await register("Delegate C", now=now)

    assert (outcome.state, outcome.position) == ("waitlisted", 1)
    assert (await states())["Delegate B"] == "offered in_person"
    assert await held(edition, rules.IN_PERSON) == 2


@pytest.mark.parametrize(
    ("moment", "kind", "code"),
    [
        (datetime(2026, 1, 31, 23, 59, tzinfo=UTC), Conflict, "registration_not_open"),
        (datetime(2026, 9, 1, 21, 0, tzinfo=UTC), Gone, "registration_closed"),
    ],
)
async def test_register_outside_its_time_is_refused(
    database: db.Engine, moment: datetime, kind: type[Conflict | Gone], code: str
) -> None:
    await make_edition(registration_opens_instant=datetime(2026, 2, 1, tzinfo=UTC))

    with pytest.raises(kind) as refusal:
        await register(now=moment)

    assert refusal.value.code == code
    assert "2026" in refusal.value.sentence
    assert await Registration.count() == 0
    assert await OutboxMessage.count() == 0


async def test_register_for_an_unknown_summit_is_refused(database: db.Engine, now: datetime) -> None:
    await make_edition(year=2028, announced_at=None)

    for year in (2027, 2028):
        with pytest.raises(NotFound):
            await register(now=now, year=year)


async def test_register_tells_every_fault_at_once_and_keeps_nothing(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(online=0)
    given = replace(ANNA, name="x" * 10_000, dietary="a\x00b", timezone="Mars/Base", answers={"shirt": "L"})

    with pytest.raises(Invalid) as refusal:
        await actions.register(given, year=2026, email="nobody", attendance=rules.ONLINE, now=now)

    fields = {fault.field for fault in refusal.value.faults}
    assert fields == {"name", "dietary", "timezone", "answers/shirt", "email", "attendance"}
    assert await Registration.count() == 0


async def test_register_in_no_known_way_is_refused(database: db.Engine, now: datetime) -> None:
    await make_edition()

    with pytest.raises(Invalid) as refusal:
        await register(now=now, attendance="by telepathy")

    assert refusal.value.faults[0].field == "attendance"


async def test_register_again_says_what_a_newcomer_would_be_told(database: db.Engine, now: datetime) -> None:
    await make_edition(in_person=1)
    await register("Anna Berg", now=now)
    later = now + timedelta(hours=1)

    repeated = await register("Anna Berg", organisation="Another", now=later)
    newcomer = await register("Somebody Else", organisation="Another", now=later)

    assert (repeated.state, repeated.position) == (newcomer.state, newcomer.position) == ("waitlisted", 1)
    assert await states() == {"Anna Berg": "confirmed in_person", "Somebody Else": "waitlisted in_person"}
    assert await mails_to("Anna Berg") == ["registration_confirmed queued", "registration_link queued"]
    assert (await registration_of("Anna Berg")).organisation == "Centre for Kindness"


async def test_register_again_and_again_mails_once_an_hour(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await register("Anna Berg", now=now)

    for minute in range(60):
        await register("Anna Berg", organisation="Another", now=now + timedelta(minutes=minute))
    await register("Anna Berg", organisation="Another", now=now + timedelta(minutes=61))

    assert (await mails_to("Anna Berg")).count("registration_link queued") == 2


async def test_register_sent_twice_gives_the_same_answer_and_one_mail(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=1)
    first = await register("Anna Berg", now=now)

    second = await register("Anna Berg", now=now + timedelta(minutes=2))

    assert second == first
    assert await mails_to("Anna Berg") == ["registration_confirmed queued"]


async def test_register_knows_an_address_in_any_case(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await register("Anna Berg", now=now)

    await actions.register(
        ANNA, year=2026, email="ANNA.Berg@Delegates.Example", attendance="in_person", now=now
    )

    assert await Registration.count() == 1


async def test_registering_at_once_with_one_address_makes_one_registration(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_edition(in_person=20)

    await asyncio.gather(*(register("Anna Berg", now=now) for _ in range(10)))

    assert await Registration.count() == 1
    assert await taken(edition, rules.IN_PERSON) == 1


async def test_fifty_at_once_for_one_place(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=1)

    outcomes = await asyncio.gather(*(register(now=now) for _ in range(50)))

    assert [outcome.state for outcome in outcomes].count("confirmed") == 1
    assert sorted(outcome.position or 0 for outcome in outcomes) == list(range(50))
    assert await taken(edition, rules.IN_PERSON) == await held(edition, rules.IN_PERSON) == 1


async def test_a_place_is_never_taken_past_the_limit_even_without_the_lock(
    database: db.Engine, now: datetime
) -> None:
    from summit_service.registrations.actions import places  # noqa: PLC0415 - the inside, for this test alone

    edition = await make_edition(in_person=3)

    async def take() -> bool:
        async with db.transaction():
            return await places.take(edition.id, rules.IN_PERSON)

    counted = await asyncio.gather(*(take() for _ in range(20)))

    assert counted.count(True) == 3
    assert await taken(edition, rules.IN_PERSON) == 3


async def test_raising_the_limit_offers_places_at_once(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=1)
    actor = await factories.secretariat()
    for letter in "ABCD":
        await register(f"Delegate {letter}", now=now)

    changed = await actions.change_capacity(2026, in_person=3, online=5, actor=actor, now=now)

    assert changed.in_person_taken == 3
    assert await states() == {
        "Delegate A": "confirmed in_person",
        "Delegate B": "offered in_person",
        "Delegate C": "offered in_person",
        "Delegate D": "waitlisted in_person",
    }
    assert await held(edition, rules.IN_PERSON) == 3


async def test_lowering_the_limit_below_what_is_taken_is_refused(database: db.Engine, now: datetime) -> None:
    await make_edition(in_person=2)
    actor = await factories.secretariat()
    for _ in range(2):
        await register(now=now)

    with pytest.raises(Invalid) as refusal:
        await actions.change_capacity(2026, in_person=1, online=-1, actor=actor, now=now)

    assert {fault.field for fault in refusal.value.faults} == {"in_person_capacity", "online_capacity"}


async def test_queue_numbers_are_never_given_twice(database: db.Engine, now: datetime) -> None:
    await make_edition(in_person=0, online=1)
    await register(now=now, attendance=rules.ONLINE)

    await asyncio.gather(*(register(now=now, attendance=rules.ONLINE) for _ in range(5)))

    numbers = (
        await Place.select(Place.queue_number).where(Place.state == rules.WAITLISTED).output(as_list=True)
    )
    assert sorted(numbers) == [1, 2, 3, 4, 5]
