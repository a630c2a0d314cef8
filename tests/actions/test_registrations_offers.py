"""What becomes of a place that is free again: offered to the next, for 48 hours, and never too late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from summit_service import db
from summit_service.errors import Conflict, Gone, NotFound
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import actions, queries, rules
from summit_service.registrations.tables import Place
from tests.factories_registrations import (
    BEGINS,
    CLOSES,
    email_of,
    held,
    link_of,
    make_edition,
    register,
    registration_of,
    states,
    taken,
)


async def mails_to(name: str) -> list[str]:
    """Kinds of the mails to a person, with their states, the oldest first."""
    found = OutboxMessage.objects().where(OutboxMessage.recipient_email == email_of(name))
    return [f"{mail.kind} {mail.state}" for mail in await found.order_by(OutboxMessage.id)]


async def full_house(now: datetime, *, waiting: str = "BC", **columns: object) -> None:
    """A place in person, taken by A; B, C, ... wait for it."""
    await make_edition(in_person=1, online=1, **columns)
    for letter in f"A{waiting}":
        await register(f"Delegate {letter}", now=now)


async def test_cancel_offers_the_place_to_the_next_in_line(database: db.Engine, now: datetime) -> None:
    await full_house(now)
    token = await link_of("Delegate A", now=now)

    standing = await actions.cancel(token, now=now)

    assert standing.state == "cancelled"
    assert await states() == {
        "Delegate A": "cancelled",
        "Delegate B": "offered in_person",
        "Delegate C": "waitlisted in_person",
    }
    assert await mails_to("Delegate A") == ["registration_confirmed stopped", "registration_cancelled queued"]
    assert await mails_to("Delegate B") == ["registration_waitlisted stopped", "registration_offered queued"]
    assert await mails_to("Delegate C") == ["registration_waitlisted queued"]


async def test_mail_that_repeats_the_link_is_stopped_where_it_would_tell_another_state(
    database: db.Engine, now: datetime
) -> None:
    """What follows it has the link too."""
    await full_house(now)
    later = now + timedelta(hours=1)
    await register("Delegate B", organisation="Another", now=now)
    await register("Delegate C", organisation="Another", now=now)

    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    offered = await mails_to("Delegate B")
    await register("Delegate B", organisation="Another", now=later)
    await actions.accept(await link_of("Delegate B", now=later), now=later)

    assert offered == [
        "registration_waitlisted stopped",
        "registration_link stopped",
        "registration_offered queued",
    ]
    assert (await mails_to("Delegate B"))[2:] == [
        "registration_offered stopped",
        "registration_link stopped",
        "registration_confirmed queued",
    ]
    assert await mails_to("Delegate C") == ["registration_waitlisted queued", "registration_link queued"]


async def test_cancel_twice_frees_the_place_once(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=3)
    for letter in "AB":
        await register(f"Delegate {letter}", now=now)
    token = await link_of("Delegate A", now=now)

    for _ in range(3):
        await actions.cancel(token, now=now)

    assert await taken(edition, rules.IN_PERSON) == await held(edition, rules.IN_PERSON) == 1
    assert (await mails_to("Delegate A")).count("registration_cancelled queued") == 1
    assert (await registration_of("Delegate A")).sequence == 1


async def test_accept_confirms_and_sends_the_calendar_entry(database: db.Engine, now: datetime) -> None:
    await full_house(now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    token = await link_of("Delegate B", now=now)

    standing = await actions.accept(token, now=now + timedelta(hours=47))
    again = await actions.accept(token, now=now + timedelta(hours=47))

    assert standing.state == again.state == "confirmed"
    assert await mails_to("Delegate B") == [
        "registration_waitlisted stopped",
        "registration_offered stopped",
        "registration_confirmed queued",
    ]


async def test_decline_passes_the_place_on_and_ends_the_registration(
    database: db.Engine, now: datetime
) -> None:
    await full_house(now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    token = await link_of("Delegate B", now=now)

    standing = await actions.decline(token, now=now)
    again = await actions.decline(token, now=now)

    assert standing.registration.cancelled_reason == again.registration.cancelled_reason == "declined"
    assert (await states())["Delegate C"] == "offered in_person"


async def test_an_expired_offer_cannot_be_accepted_though_nothing_swept_it(
    database: db.Engine, now: datetime
) -> None:
    await full_house(now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    token = await link_of("Delegate B", now=now)
    late = now + timedelta(hours=48)

    with pytest.raises(Gone) as refusal:
        await actions.accept(token, now=late)

    assert refusal.value.code == "offer_expired"
    assert await states() == {
        "Delegate A": "cancelled",
        "Delegate B": "expired",
        "Delegate C": "offered in_person",
    }
    assert (await mails_to("Delegate B"))[1:] == [
        "registration_offered stopped",
        "registration_offer_expired queued",
    ]


async def test_an_expired_offer_reads_as_ended_before_anything_swept_it(
    database: db.Engine, now: datetime
) -> None:
    await full_house(now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    registration = await registration_of("Delegate B")

    before = await queries.standing(registration.id, now=now + timedelta(hours=48) - timedelta(seconds=1))
    after = await queries.standing(registration.id, now=now + timedelta(hours=48))

    assert (before.state, after.state) == ("offered", "cancelled")


async def test_the_sweep_hands_expired_offers_on_and_can_be_repeated(
    database: db.Engine, now: datetime
) -> None:
    await full_house(now)
    edition = await queries.announced_edition(2026)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)

    for hours in (48, 49, 50, 96, 97):
        await actions.expire_offers(now + timedelta(hours=hours))

    assert await states() == {"Delegate A": "cancelled", "Delegate B": "expired", "Delegate C": "expired"}
    assert await taken(edition, rules.IN_PERSON) == await held(edition, rules.IN_PERSON) == 0
    assert (await mails_to("Delegate C")).count("registration_offer_expired queued") == 1


async def test_a_registration_after_an_expired_offer_waits_behind_the_others(
    database: db.Engine, now: datetime
) -> None:
    await full_house(now, waiting="BCD")
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    late = now + timedelta(hours=48)

    outcome = await register("Delegate B", now=late)

    assert (outcome.state, outcome.position) == ("waitlisted", 2)
    assert (await states())["Delegate C"] == "offered in_person"


async def test_nobody_gets_a_second_offer_after_cancelling_the_first(
    database: db.Engine, now: datetime
) -> None:
    await full_house(now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    token = await link_of("Delegate B", now=now)
    await actions.accept(token, now=now)

    await actions.cancel(token, now=now)
    await actions.expire_offers(now + timedelta(hours=1))

    assert (await states())["Delegate B"] == "cancelled"
    assert (await mails_to("Delegate B")).count("registration_offered stopped") == 1
    offers = Place.count().where(Place.state == rules.OFFERED)
    assert await offers == 1


@pytest.mark.parametrize("moment", [CLOSES, BEGINS], ids=["registration closed", "summit began"])
async def test_no_offer_is_made_too_late(database: db.Engine, now: datetime, moment: datetime) -> None:
    await full_house(now, registration_closes_instant=None if moment == BEGINS else CLOSES)
    token = await link_of("Delegate A", now=now)

    await actions.cancel(token, now=moment)
    await actions.expire_offers(moment)

    assert (await states())["Delegate B"] == "waitlisted in_person"
    assert "registration_offered queued" not in await mails_to("Delegate B")


async def test_an_offer_is_made_until_the_second_before(database: db.Engine, now: datetime) -> None:
    await full_house(now)

    await actions.cancel(await link_of("Delegate A", now=now), now=CLOSES - timedelta(seconds=1))

    assert (await states())["Delegate B"] == "offered in_person"


async def test_an_offer_never_outlasts_the_beginning_of_the_summit(
    database: db.Engine, now: datetime
) -> None:
    await full_house(now, registration_closes_instant=None)

    await actions.cancel(await link_of("Delegate A", now=now), now=BEGINS - timedelta(hours=1))

    offer = await Place.objects().where(Place.state == rules.OFFERED).first()
    assert offer is not None
    assert offer.offer_expires_at == BEGINS


async def test_the_sweep_fills_places_that_nobody_was_told_of(database: db.Engine, now: datetime) -> None:
    await full_house(now)
    await db.engine().run_ddl("UPDATE edition SET in_person_capacity = 2")

    await actions.expire_offers(now)

    assert (await states())["Delegate B"] == "offered in_person"


async def test_accept_without_an_offer_is_refused(database: db.Engine, now: datetime) -> None:
    await full_house(now)

    with pytest.raises(Conflict) as refusal:
        await actions.accept(await link_of("Delegate B", now=now), now=now)

    assert refusal.value.code == "no_offer"


async def test_a_wrong_link_opens_nothing(database: db.Engine, now: datetime) -> None:
    await full_house(now)

    for act in (actions.accept, actions.decline, actions.cancel, actions.stop_waiting):
        with pytest.raises(NotFound):
            await act("x" * 43, now=now)


async def test_cancel_after_the_summit_is_refused(database: db.Engine, now: datetime) -> None:
    await full_house(now)
    token = await link_of("Delegate A", now=now)

    with pytest.raises(Gone):
        await actions.cancel(token, now=BEGINS + timedelta(days=2))

    assert (await states())["Delegate A"] == "confirmed in_person"
