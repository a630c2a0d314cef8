"""What a delegate changes by the link: what they told us, and how they attend."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict, Invalid, SummitError
from summit_service.registrations import actions, queries, rules, stored
from summit_service.registrations.answers import Asked, Given
from summit_service.registrations.tables import Place, Registration
from summit_service.summits.tables import Edition
from tests import factories
from tests.factories_registrations import (
    ANNA,
    email_of,
    held,
    link_of,
    make_edition,
    register,
    registration_of,
    states,
    taken,
)
from tests.postbox import Postbox, calendar_of


async def test_change_details_keeps_place_and_address(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    token = await link_of("Anna Berg", now=now)
    given = Given(
        name="Anna Berg-Smith", dietary="Vegan", is_listed=True, timezone="Asia/Kolkata", answers={}
    )

    standing = await actions.change_details(token, given, now=now)

    changed = await Registration.objects().get(Registration.id == standing.registration.id)
    assert changed is not None
    assert (changed.name, changed.dietary, changed.is_listed) == ("Anna Berg-Smith", "Vegan", True)
    assert (changed.email, changed.timezone) == (email_of("Anna Berg"), "Asia/Kolkata")
    assert standing.state == "confirmed"


async def test_change_details_of_a_cancelled_registration_is_refused(
    database: db.Engine, now: datetime
) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    token = await link_of("Anna Berg", now=now)
    await actions.cancel(token, now=now)

    with pytest.raises(Conflict) as refusal:
        await actions.change_details(token, ANNA, now=now)

    assert refusal.value.code == "registration_cancelled"


async def test_change_attendance_takes_the_new_place_and_frees_the_old(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_edition(in_person=1)
    await register("Anna Berg", now=now)
    await register("Delegate B", now=now)
    token = await link_of("Anna Berg", now=now)

    await actions.change_attendance(token, attendance=rules.ONLINE, or_wait=False, now=now)

    assert await states() == {"Anna Berg": "confirmed online", "Delegate B": "offered in_person"}
    assert (await registration_of("Anna Berg")).sequence == 1
    assert [await taken(edition, way) for way in rules.ATTENDANCES] == [1, 1]


async def test_change_attendance_when_full_keeps_the_place(database: db.Engine, now: datetime) -> None:
    await make_edition(in_person=1)
    await register("Delegate A", now=now)
    await register("Anna Berg", attendance=rules.ONLINE, now=now)
    token = await link_of("Anna Berg", now=now)

    with pytest.raises(Conflict) as refusal:
        await actions.change_attendance(token, attendance=rules.IN_PERSON, or_wait=False, now=now)

    assert refusal.value.code == "full"
    assert (await states())["Anna Berg"] == "confirmed online"


async def test_waiting_for_another_place_keeps_the_first_until_it_is_accepted(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_edition(in_person=1, online=1)
    await register("Delegate A", now=now)
    await register("Anna Berg", attendance=rules.ONLINE, now=now)
    token = await link_of("Anna Berg", now=now)

    waiting = await actions.change_attendance(token, attendance=rules.IN_PERSON, or_wait=True, now=now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    offered = await states()
    await actions.accept(token, now=now)

    assert waiting.position == 1
    assert offered["Anna Berg"] == "confirmed online + offered in_person"
    assert (await states())["Anna Berg"] == "confirmed in_person"
    assert [await taken(edition, way) for way in rules.ATTENDANCES] == [1, 0]


async def test_declining_another_place_keeps_the_first(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=1)
    await register("Delegate A", now=now)
    await register("Anna Berg", attendance=rules.ONLINE, now=now)
    token = await link_of("Anna Berg", now=now)
    await actions.change_attendance(token, attendance=rules.IN_PERSON, or_wait=True, now=now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)

    standing = await actions.decline(token, now=now)

    assert (standing.state, standing.attendance, standing.awaited) == ("confirmed", "online", None)
    assert [await held(edition, way) for way in rules.ATTENDANCES] == [0, 1]


async def test_who_waits_can_take_the_other_place_and_keep_the_turn(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=1)
    for letter in "ABC":
        await register(f"Delegate {letter}", now=now)
    token = await link_of("Delegate B", now=now)

    standing = await actions.change_attendance(token, attendance=rules.ONLINE, or_wait=False, now=now)

    assert (await states())["Delegate B"] == "confirmed online + waitlisted in_person"
    assert standing.position == 1


async def test_stop_waiting_keeps_the_place_and_moves_the_others_up(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=1)
    for letter in "ABC":
        await register(f"Delegate {letter}", now=now)
    token = await link_of("Delegate B", now=now)
    await actions.change_attendance(token, attendance=rules.ONLINE, or_wait=False, now=now)

    await actions.stop_waiting(token, now=now)

    third = await queries.standing((await registration_of("Delegate C")).id, now=now)
    assert (await states())["Delegate B"] == "confirmed online"
    assert third.position == 1


async def test_change_attendance_while_an_offer_is_open_is_refused(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=1)
    for letter in "AB":
        await register(f"Delegate {letter}", now=now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)

    with pytest.raises(Conflict) as refusal:
        await actions.change_attendance(
            await link_of("Delegate B", now=now), attendance=rules.ONLINE, or_wait=False, now=now
        )

    assert refusal.value.code == "offer_open"


async def test_the_calendar_entry_keeps_its_uid_and_its_sequence_rises(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    token = await link_of("Anna Berg", now=now)
    first = (await postbox.deliver(now))[0]
    await actions.change_attendance(token, attendance=rules.ONLINE, or_wait=False, now=now)
    second = (await postbox.deliver(now))[0]
    await actions.cancel(token, now=now)
    third = (await postbox.deliver(now))[0]

    entries = [calendar_of(mail).replace("\r\n ", "") for mail in (first, second, third)]

    uid = f"UID:{(await registration_of('Anna Berg')).uid}\r\n"
    assert all(uid in entry for entry in entries)
    assert [f"SEQUENCE:{n}\r\n" in entry for n, entry in enumerate(entries)] == [True, True, True]
    assert ["METHOD:REQUEST" in entry for entry in entries] == [True, True, False]
    assert "METHOD:CANCEL" in entries[2]
    assert all("DTSTART;VALUE=DATE:20260914" in entry for entry in entries)
    assert all("DTEND;VALUE=DATE:20260916" in entry for entry in entries)


QUESTIONS = (
    Asked(
        key="arrival",
        label="When do you arrive?",
        kind="choice",
        choices=("Sunday", "Monday"),
        is_required=True,
    ),
    Asked(key="guests", label="How many guests?", kind="number"),
    Asked(key="code", label="I keep to the code of conduct", kind="tick", is_required=True),
    Asked(key="note", label="Anything else?", kind="text"),
)


async def test_questions_of_the_edition_are_asked_and_kept(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await actions.set_questions(2026, QUESTIONS, actor=await factories.secretariat(), now=now)

    await register(
        "Anna Berg", now=now, answers={"arrival": "Sunday", "guests": "2", "code": "yes", "note": ""}
    )

    row = await registration_of("Anna Berg")
    assert stored.values(row.answers) == {"arrival": "Sunday", "code": True, "guests": 2}


async def test_questions_without_a_proper_answer_are_told_at_once(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await actions.set_questions(2026, QUESTIONS, actor=await factories.secretariat(), now=now)

    with pytest.raises(Invalid) as refusal:
        await register("Anna Berg", now=now, answers={"arrival": "Friday", "guests": "many", "shirt": "L"})

    assert {fault.field for fault in refusal.value.faults} == {
        "answers/arrival",
        "answers/guests",
        "answers/code",
        "answers/shirt",
    }


async def walk(seed: int, now: datetime) -> None:
    """A random series of all that can be done; what must always hold is looked at after each step."""
    edition = await make_edition(in_person=3, online=2)
    actor = await factories.secretariat()
    dice, names = random.Random(seed), [f"Delegate {n}" for n in range(9)]
    for _ in range(60):
        now += timedelta(hours=dice.choice([0, 1, 30]))
        with suppress(SummitError):  # refusals are part of the walk, and must not break what is checked below
            await step(dice, dice.choice(names), actor=actor, now=now)
        await check_invariants(edition, now=now)


async def step(dice: random.Random, name: str, *, actor: Actor, now: datetime) -> None:
    """One thing that a person, the sweep or the secretariat might do."""
    way = dice.choice(rules.ATTENDANCES)
    act = dice.choice(
        ["register", "register", "cancel", "accept", "decline", "change", "stop", "sweep", "limit"]
    )
    if act == "register":
        await register(name, attendance=way, now=now)
    elif act == "sweep":
        await actions.expire_offers(now)
    elif act == "limit":
        await actions.change_capacity(2026, in_person=dice.randint(1, 5), online=2, actor=actor, now=now)
    elif await Registration.exists().where(Registration.email_key == email_of(name)):
        token = await link_of(name, now=now)
        if act == "change":
            await actions.change_attendance(token, attendance=way, or_wait=dice.random() < 0.5, now=now)
        else:
            verbs = {"cancel": actions.cancel, "accept": actions.accept, "decline": actions.decline}
            await verbs.get(act, actions.stop_waiting)(token, now=now)


async def check_invariants(edition: Edition, *, now: datetime) -> None:
    """I1, I2, one offer a person, and a count that is the truth."""
    fresh = await queries.announced_edition(2026)
    for way in rules.ATTENDANCES:
        count = await held(edition, way)
        assert 0 <= queries.taken_of(fresh, way) == count <= queries.capacity_of(fresh, way)
        if count < queries.capacity_of(fresh, way):
            assert await queries.waiting_count(edition.id, way) == 0, "somebody waits though a place is free"
    live = await Registration.objects().where(Registration.cancelled_at.is_null())
    assert len({row.email_key for row in live}) == len(live)
    for row in await Registration.objects():
        states_of = sorted(place.state for place in await queries.live_places(row.id))
        allowed = (
            ["confirmed"],
            ["offered"],
            ["waitlisted"],
            ["confirmed", "offered"],
            ["confirmed", "waitlisted"],
        )
        assert (states_of == []) == (row.cancelled_at is not None)
        assert not states_of or states_of in allowed


@pytest.mark.parametrize("seed", range(6))
async def test_what_is_taken_is_what_is_held_after_any_series_of_acts(
    database: db.Engine, now: datetime, seed: int
) -> None:
    await walk(seed, now)

    assert await Place.count() > 0


async def test_leaving_and_coming_at_once_keeps_the_count(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=5)
    for number in range(10):
        await register(f"Delegate {number}", now=now)
    tokens = [await link_of(f"Delegate {number}", now=now) for number in range(5)]

    await asyncio.gather(
        *(actions.cancel(token, now=now) for token in tokens * 3),
        *(register(f"Newcomer {number}", now=now) for number in range(10)),
    )

    found = await states()
    assert [found[f"Delegate {number}"] for number in range(5)] == ["cancelled"] * 5
    assert [found[f"Delegate {number}"] for number in range(5, 10)] == ["offered in_person"] * 5
    assert {found[f"Newcomer {number}"] for number in range(10)} == {"waitlisted in_person"}
    assert await taken(edition, rules.IN_PERSON) == await held(edition, rules.IN_PERSON) == 5
