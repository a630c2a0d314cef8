"""Complaints about other registration systems (research, section 3), each kept from happening here."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest

from summit_service import db
from summit_service.errors import Conflict, Gone
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import actions, rules
from tests import factories
from tests.clients import Clock
from tests.factories_registrations import (
    BEGINS,
    CLOSES,
    email_of,
    held,
    link_of,
    make_edition,
    register,
    states,
    taken,
)
from tests.postbox import Postbox, link_in


async def test_two_people_never_take_the_last_place(database: db.Engine, now: datetime) -> None:
    """Complaint 14."""
    edition = await make_edition(in_person=1)

    outcomes = await asyncio.gather(*(register(f"Delegate {number}", now=now) for number in range(50)))

    assert sorted(outcome.state for outcome in outcomes) == ["confirmed"] + ["waitlisted"] * 49
    assert sorted(outcome.position or 0 for outcome in outcomes) == list(range(50))
    assert await held(edition, rules.IN_PERSON) == 1


async def test_cancelling_frees_the_place_once_and_never_below_nothing(
    database: db.Engine, now: datetime
) -> None:
    """Complaint 15."""
    edition = await make_edition(in_person=2)
    await register("Delegate A", now=now)
    token = await link_of("Delegate A", now=now)

    await asyncio.gather(*(actions.cancel(token, now=now) for _ in range(5)))

    assert await taken(edition, rules.IN_PERSON) == await held(edition, rules.IN_PERSON) == 0


async def test_nobody_gets_another_offer_after_giving_one_up(client: httpx.AsyncClient, clock: Clock) -> None:
    """Complaint 16: after declining they are out, and at the end of the queue, as the page says beforehand."""
    now = clock.now
    await make_edition(in_person=1)
    for letter in "ABC":
        await register(f"Delegate {letter}", now=now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)

    link = await link_of("Delegate B", now=now)
    asked = await client.get(f"/registrations/{link}/cancellation")

    await actions.decline(link, now=now)
    again = await register("Delegate B", now=now)
    await actions.expire_offers(now)

    assert "you would be at the end of the queue" in asked.text
    assert (again.state, again.position) == ("waitlisted", 1)
    assert (await states())["Delegate C"] == "offered in_person"


@pytest.mark.parametrize("late", [CLOSES, BEGINS + timedelta(minutes=15)])
async def test_no_offer_comes_after_registration_closed_or_the_summit_began(
    database: db.Engine, now: datetime, late: datetime
) -> None:
    """Complaint 17."""
    await make_edition(in_person=1)
    for letter in "AB":
        await register(f"Delegate {letter}", now=now)

    await actions.cancel(await link_of("Delegate A", now=late), now=late)
    await actions.expire_offers(late)

    kinds = {row["kind"] for row in await OutboxMessage.select(OutboxMessage.kind)}
    assert "registration_offered" not in kinds
    assert (await states())["Delegate B"] == "waitlisted in_person"


async def test_freed_place_is_offered_at_once_by_a_link_that_works(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    """Complaint 18."""
    await make_edition(in_person=1)
    for letter in "AB":
        await register(f"Delegate {letter}", now=now)
    await postbox.deliver(now)

    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    mails = {mail["To"].addresses[0].addr_spec: mail for mail in await postbox.deliver(now)}
    path = link_in(mails[email_of("Delegate B")], "/registrations/")
    standing = await actions.accept(path.rpartition("/")[2], now=now)

    assert standing.state == "confirmed"


async def test_confirmation_and_refusal_never_both_go_out(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    """Complaint 21: what contradicts the present state is stopped before it is sent."""
    await make_edition(in_person=1)
    await register("Delegate A", now=now)
    guest = {"name": "Delegate B", "email": email_of("Delegate B"), "attendance": "online"}
    invitation = await actions.invite(2026, **guest, actor=await factories.secretariat(), now=now)

    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    await actions.withdraw(invitation.id, actor=await factories.secretariat(), now=now)
    sent = await postbox.deliver(now)

    assert [str(mail["Subject"]) for mail in sent] == ["Your registration is cancelled: Summit 2026"]


async def test_offer_is_gone_when_its_time_is_over_although_no_job_ran(
    database: db.Engine, now: datetime
) -> None:
    """Complaints 17 and 23: a state depends on facts and the clock."""
    await make_edition(in_person=1)
    for letter in "AB":
        await register(f"Delegate {letter}", now=now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    late = now + rules.OFFER_TIME

    with pytest.raises((Gone, Conflict)):
        await actions.accept(await link_of("Delegate B", now=late), now=late)
