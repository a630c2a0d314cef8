"""Addresses that take no mail wait for the secretariat while something goes to them and nobody knows better."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from summit_service.desk import unreachable
from summit_service.errors import Invalid, NotAllowed, NotFound
from summit_service.mail import actions
from summit_service.mail.tables import BouncingAddress
from summit_service.members.tables import Organisation, Role
from tests import factories
from tests.clients import Clock, bearer, sign_in
from tests.factories_enquiries import make_confirmed

GONE = "gone@people.example"


async def _mark(email: str, now: datetime) -> int:
    row = BouncingAddress(email_key=email, since=now, words="550 No such user", message=1)
    await row.save()
    return int(row.id)


async def _count(now: datetime) -> int:
    return sum(line.count for line in await unreachable.for_secretariat(now))


async def test_address_waits_until_its_person_has_left_or_is_reached_elsewhere(
    database: object, now: datetime
) -> None:
    place = await factories.make_organisation("The Place", contact_email="Gone@People.example")
    await _mark(GONE, now)
    old = await factories.representative_of(place, email=GONE)

    both = await _count(now)
    await Organisation.update({Organisation.contact_email: "new@people.example"}, force=True)
    as_person = await _count(now)
    await Role.update({Role.ended_at: now}).where(Role.person == old.person_id)
    left = await _count(now)
    await Organisation.update({Organisation.contact_email: GONE}, force=True)
    back = await _count(now)

    assert (both, as_person, left, back) == (1, 1, 0, 1)
    [one] = await unreachable.addresses()
    assert one.waits


async def test_address_of_an_enquiry_waits_until_it_is_decided(database: object, now: datetime) -> None:
    enquiry = await make_confirmed(now=now)
    await _mark(enquiry.email_key, now)
    await _mark("nobody@people.example", now)

    waits = await _count(now)
    await enquiry.update_self({type(enquiry).decision: "declined"})

    assert (waits, await _count(now)) == (1, 0)


async def test_settle_address_is_for_the_secretariat_and_keeps_the_mark(
    database: object, now: datetime
) -> None:
    place = await factories.make_organisation("The Place", contact_email=GONE)
    desk, member = await factories.secretariat(), await factories.representative_of(place)
    number = await _mark(GONE, now)

    with pytest.raises(NotAllowed):
        await actions.settle_address(number, "moved", actor=member, now=now)
    with pytest.raises(Invalid):
        await actions.settle_address(number, "works", actor=desk, now=now)
    with pytest.raises(NotFound):
        await actions.settle_address(number + 1, "moved", actor=desk, now=now)
    before = await _count(now)
    await actions.settle_address(number, "given_up", actor=desk, now=now)

    assert (before, await _count(now)) == (1, 0)
    assert [one.row.settled_as for one in await unreachable.addresses()] == ["given_up"]


async def test_address_is_settled_on_the_page_and_in_the_api(client: httpx.AsyncClient, clock: Clock) -> None:
    await factories.make_organisation("The Place", contact_email=GONE)
    await factories.make_organisation("The Hall", contact_email="lost@people.example")
    numbers = [await _mark(email, clock.now) for email in (GONE, "lost@people.example")]
    desk = await factories.secretariat()
    csrf, headers = await sign_in(client, desk, now=clock.now), await bearer(desk, now=clock.now)
    here = "/desk/mails/received"

    shown = (await client.get(here)).text
    await client.post(f"{here}/addresses/{numbers[0]}/settled", data={"csrf": csrf, "known": "moved"})
    after = (await client.get(here)).text
    listed = (await client.get("/api/v1/mails/addresses", headers=headers)).json()["items"]
    address = f"/api/v1/mails/addresses/{numbers[1]}/answer"
    left = await client.post(address, json={"answer": "works"}, headers=headers)
    again = await client.post(address, json={"answer": "moved"}, headers=headers)

    assert shown.count(">Another address is known<") == 2
    assert after.count(">Another address is known<") == 1
    assert "1 more, which wait for nobody" in after
    assert [(one["email"], one["waits"], one["answer"]) for one in listed] == [
        ("lost@people.example", True, ""),
        (GONE, False, "moved"),
    ]
    assert [one["email"] for one in left.json()["items"]] == [GONE]
    assert again.status_code == 404
