"""What keeps places, queue and offers true when many come at once: each safeguard, shown by taking others away.

Decision 0006 says which holds what. SQLite has one writer at a time, from the beginning of its transaction: there the
lock is what every transaction has, and nothing changes without it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime

import asyncpg
import pytest

from summit_service import db
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import actions, rules
from summit_service.registrations.actions import manage, places
from summit_service.registrations.actions.register import Outcome, columns_of, insert
from summit_service.registrations.rules import Details
from summit_service.registrations.tables import Registration
from summit_service.summits.tables import Edition
from tests.factories_registrations import (
    email_of,
    held,
    link_of,
    make_edition,
    register,
    registration_of,
    states,
    taken,
)
from tests.meanwhile import begun_meanwhile

CROWD = 20


@pytest.fixture(params=[True, False], ids=["with the lock", "without the lock"])
def is_locked(request: pytest.FixtureRequest, database: db.Engine, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether places are moved by one at a time: on SQLite always."""
    if not request.param:
        monkeypatch.setattr(places, "lock_edition", _look)
    return request.param or database.engine_type == "sqlite"


async def _look(edition_id: int) -> Edition:
    found = await Edition.objects().get(Edition.id == edition_id)
    assert found is not None
    return found


async def _look_then_take(edition_id: int, attendance: str) -> bool:
    if (await _look(edition_id)).in_person_taken >= 1:
        return False
    await Edition.update({Edition.in_person_taken: Edition.in_person_taken + 1}).where(
        Edition.id == edition_id
    )
    return True


@pytest.mark.parametrize("has_condition", [True, False], ids=["with the condition", "without the condition"])
async def test_limit_is_kept_by_the_lock_and_by_the_condition(
    is_locked: bool, now: datetime, monkeypatch: pytest.MonkeyPatch, has_condition: bool
) -> None:
    """Either alone keeps it; without both the place goes to several.

    With the condition alone, some are refused by the index on queue numbers, and nothing of theirs is kept.
    """
    edition = await make_edition(in_person=1)
    if not has_condition:
        monkeypatch.setattr(places, "take", _look_then_take)

    outcomes = await asyncio.gather(
        *(register(f"Delegate {number}", now=now) for number in range(CROWD)), return_exceptions=True
    )

    told = [outcome.state for outcome in outcomes if isinstance(outcome, Outcome)]
    faults = {_index_of(outcome) for outcome in outcomes if not isinstance(outcome, Outcome)}
    holding = await held(edition, rules.IN_PERSON)
    assert Counter(told) == Counter(word.split()[0] for word in (await states()).values())
    if is_locked:
        assert (holding, len(told)) == (1, CROWD)
    else:
        assert holding == 1 if has_condition else holding > 1
        assert faults <= {"place_queue_unique"}


async def test_nobody_is_overtaken_thanks_to_the_lock_alone(is_locked: bool, now: datetime) -> None:
    """Ben is being put into the queue while Anna cancels and Cleo comes."""
    edition = await make_edition(in_person=1)
    await register("Anna Berg", now=now)
    link = await link_of("Anna Berg", now=now)

    async with db.transaction():
        row = await places.lock_edition(edition.id)
        ben = columns_of(Details(name="Ben Young"), ())
        await insert(row, ben, email_of("Ben Young"), rules.IN_PERSON, now=now)
        later = await begun_meanwhile(_cancel_and_register(link, "Cleo Late", now=now))
        if not is_locked:  # nothing holds it up
            await later
    await later

    found = await states()
    assert [found["Ben Young"], found["Cleo Late"]] == (
        ["offered in_person", "waitlisted in_person"]
        if is_locked
        else ["waitlisted in_person", "confirmed in_person"]
    )


async def test_offer_has_one_answer_thanks_to_the_lock_alone(is_locked: bool, now: datetime) -> None:
    """Ben's cancelling has looked at the offer when his other press takes it."""
    edition = await make_edition(in_person=1)
    for name in ("Anna Berg", "Ben Young"):
        await register(name, now=now)
    await actions.cancel(await link_of("Anna Berg", now=now), now=now)
    link = await link_of("Ben Young", now=now)

    async with db.transaction():
        row, standing = await manage.opened(link, now=now)
        accepting = await begun_meanwhile(actions.accept(link, now=now))
        if not is_locked:  # nothing holds it up
            await accepting
        await manage.end_registration(row, standing, reason=rules.CANCELLED, now=now)
    await asyncio.wait({accepting})

    assert (accepting.exception() is not None) is is_locked
    assert (await registration_of("Ben Young")).cancelled_at is not None
    assert await held(edition, rules.IN_PERSON) == (0 if is_locked else 1)


async def test_address_has_one_registration_by_its_index_too(is_locked: bool, now: datetime) -> None:
    """The lock is what makes the second press a kind answer; without it the index refuses it."""
    edition = await make_edition(in_person=CROWD)

    outcomes = await asyncio.gather(
        *(register("Anna Berg", now=now) for _ in range(CROWD)), return_exceptions=True
    )

    faults = {_index_of(outcome) for outcome in outcomes if not isinstance(outcome, Outcome)}
    assert faults <= (set() if is_locked else {"registration_live_unique"})
    assert await Registration.count() == await taken(edition, rules.IN_PERSON) == 1


async def test_cancelling_frees_one_place_and_mails_once_by_the_rows_own_state(
    is_locked: bool, now: datetime
) -> None:
    """A place ends only from the state in which it was seen, and one cause has one mail: with or without the lock."""
    edition = await make_edition(in_person=2)
    for name in ("Anna Berg", "Ben Young"):
        await register(name, now=now)
    link = await link_of("Anna Berg", now=now)

    await asyncio.gather(*(actions.cancel(link, now=now) for _ in range(5)))

    assert await taken(edition, rules.IN_PERSON) == await held(edition, rules.IN_PERSON) == 1
    assert await OutboxMessage.count().where(OutboxMessage.kind == "registration_cancelled") == 1


async def _cancel_and_register(link: str, name: str, *, now: datetime) -> None:
    await actions.cancel(link, now=now)
    await register(name, now=now)


def _index_of(fault: object) -> str:
    """The unique index that refused it; anything else is not what is looked for here."""
    assert isinstance(fault, asyncpg.UniqueViolationError), fault
    return str(fault.constraint_name)
