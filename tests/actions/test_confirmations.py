"""Who let somebody sign for an organisation is on record with the role: as what, by which way, when."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from summit_service import handovers
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.accounts.tables import Person
from summit_service.desk import waiting_list
from summit_service.enquiries import actions as enquiries
from summit_service.enquiries.actions import Decision
from summit_service.errors import Conflict, Invalid
from summit_service.mail.tables import OutboxMessage
from summit_service.members import actions, queries
from summit_service.members.rules import Confirmation
from summit_service.members.tables import Organisation, Role
from summit_service.own_data import actions as own_data
from summit_service.own_data import organisation as of_organisation
from summit_service.own_data import person as of_person
from summit_service.own_data import telling
from summit_service.own_data.rules import INSTEAD
from tests import factories
from tests.factories_enquiries import make_confirmed

NEW = {"name": "Nora New", "email": "nora@place.example", "organisation": "place"}
SHEET = b"name,kind,parent,city,country,website,timezone,standing,contact_name,contact_email\n"


async def make_place() -> tuple[Organisation, Actor, Actor]:
    """An organisation, its main contact, and another representative."""
    place = await factories.make_organisation("Place", slug="place", contact_email="carl@place.example")
    contact = await factories.representative_of(place, name="Carl Contact", email="carl@place.example")
    other = await factories.representative_of(place, name="Rita Representative")
    return place, contact, other


async def confirmations(slug: str = "place") -> dict[str, Confirmation | None]:
    """By the kind of role, of whoever came last."""
    found = await queries.organisation_by_slug(slug)
    assert found is not None
    people = sorted(await queries.people_of(found.id), key=lambda one: one.role_id)
    return {one.kind: one.confirmed for one in people}


@pytest.mark.parametrize("who", ["contact", "secretariat", "operator"])
async def test_named_by_who_may_it_is_confirmed_at_once(database: object, now: datetime, who: str) -> None:
    _, contact, _ = await make_place()
    actors = {"contact": contact, "secretariat": await factories.secretariat(via="api"), "operator": OPERATOR}
    actor = actors[who]

    await actions.add_person(**NEW, roles=["representative", "signatory"], actor=actor, now=now)

    told = await confirmations()
    assert told["representative"] is None
    assert told["signatory"] == Confirmation(
        name=actor.name, person_id=actor.person_id, standing=who, via=actor.via, at=now
    )


async def test_proposed_by_another_it_is_empty_until_the_contact_confirms(
    database: object, now: datetime
) -> None:
    _, contact, other = await make_place()
    await actions.add_person(**NEW, roles=["signatory"], actor=other, now=now)
    role = await Role.objects().get(Role.kind == "signatory")
    assert role is not None
    before = await confirmations()

    await actions.confirm_role(role.id, organisation="place", actor=contact, now=now + timedelta(hours=1))

    told = (await confirmations())["signatory"]
    assert before["signatory"] is None
    assert told is not None
    assert (told.name, told.standing, told.at) == ("Carl Contact", "contact", now + timedelta(hours=1))
    assert told.words == "Carl Contact, main contact, signed in"


async def test_contact_who_names_somebody_that_was_proposed_confirms_them(
    database: object, now: datetime
) -> None:
    _, contact, other = await make_place()
    await actions.add_person(**NEW, roles=["signatory"], actor=other, now=now)

    await actions.add_person(**NEW, roles=["signatory"], actor=contact, now=now)

    roles = await Role.objects().where(Role.kind == "signatory")
    mails = await OutboxMessage.objects().where(OutboxMessage.kind == "role_invitation")
    assert [role.is_proposed for role in roles] == [False]
    assert [role.confirmed_name for role in roles] == ["Carl Contact"]
    assert [mail.recipient_email for mail in mails] == ["nora@place.example"]


async def test_what_is_confirmed_stays_with_the_first_word(database: object, now: datetime) -> None:
    _, contact, other = await make_place()
    await actions.add_person(**NEW, roles=["signatory"], actor=contact, now=now)

    await actions.add_person(
        **NEW, roles=["signatory"], actor=await factories.secretariat(), now=now + timedelta(days=1)
    )
    await actions.add_person(**NEW, roles=["signatory"], actor=other, now=now + timedelta(days=2))

    told = (await confirmations())["signatory"]
    assert told is not None
    assert (told.name, told.at) == ("Carl Contact", now)


async def test_sheet_enquiry_and_hand_over_are_somebodys_word_too(database: object, now: datetime) -> None:
    desk = await factories.secretariat()
    line = b"Museum,museum,,,GB,,Europe/London,member,Mia,mia@museum.example\n"

    await actions.import_organisations(SHEET + line, actor=OPERATOR, now=now)
    enquiry = await make_confirmed(now=now, name="Hospice")
    await enquiries.decide(
        enquiry.id, Decision(decision="member", reason="Welcome.", seen=0), actor=desk, now=now
    )
    leaver = next(one for one in await queries.people_of((await _by_name("Museum")).id))
    await handovers.ask(
        "museum", name="Sue", email="sue@museum.example", leaver_id=leaver.person_id, actor=desk, now=now
    )

    by_hospice = (await confirmations((await _by_name("Hospice")).slug))["signatory"]
    by_museum = (await confirmations("museum"))["signatory"]
    first = await Role.objects().where(Role.kind == "signatory").order_by(Role.id).first()
    assert first is not None
    assert (first.confirmed_as, first.confirmed_via, first.confirmed_by) == ("operator", "cli", None)
    assert by_hospice is not None
    assert (by_hospice.standing, by_hospice.person_id) == ("secretariat", desk.person_id)
    assert by_museum is not None
    assert (by_museum.standing, by_museum.via) == ("secretariat", "page")


async def _by_name(name: str) -> Organisation:
    found = await Organisation.objects().get(Organisation.name == name)
    assert found is not None
    return found


async def _person(email: str) -> Person:
    found = await Person.objects().get(Person.email == email)
    assert found is not None
    return found


async def test_copies_tell_it_and_erasing_takes_the_name(database: object, now: datetime) -> None:
    place, contact, _ = await make_place()
    await actions.add_person(**NEW, roles=["signatory"], actor=contact, now=now)
    nora, carl = await _person("nora@place.example"), await _person("carl@place.example")

    hers, his = await of_person.held(nora, now=now), await of_person.held(carl, now=now)
    places = await of_organisation.held(place, now=now)
    told = await telling.told(carl)
    await own_data.erase_person(carl.id, seen=told.digest, email=carl.email, actor=contact, now=now)

    assert hers["roles"][0]["confirmed_name"] == "Carl Contact"
    assert [(one["organisation"], one["kind"]) for one in his["signatories_confirmed"]] == [
        ("place", "signatory")
    ]
    assert "Nora" not in str(his["signatories_confirmed"])
    assert [one["confirmed_name"] for one in places["people"] if one["name"] == "Nora New"] == [
        "Carl Contact"
    ]
    after = (await confirmations())["signatory"]
    assert after is not None
    assert (after.name, after.standing) == (INSTEAD, "contact")


@pytest.mark.parametrize("named", ["carl@place.example", ""])
async def test_nobody_makes_themselves_the_main_contact(database: object, now: datetime, named: str) -> None:
    place, contact, other = await make_place()
    await place.update_self({Organisation.contact_email: named})
    [role] = [one for one in await queries.people_of(place.id) if one.person_id == contact.person_id]

    with pytest.raises(Invalid) as refused:
        await actions.change_organisation("place", {"contact_email": other.email}, actor=other, now=now)
    with pytest.raises(Conflict, match="main contact"):
        await actions.end_role(role.role_id, organisation="place", actor=other, now=now)
    await actions.change_organisation("place", {"contact_email": named.upper()}, actor=other, now=now)
    await actions.add_person(
        name=other.name, email=other.email, organisation="place", roles=["signatory"], actor=other, now=now
    )

    assert list(refused.value.by_field()) == ["contact_email"]
    assert (await confirmations())["signatory"] is None, "it waits for the main contact"
    await actions.change_organisation("place", {"contact_email": other.email}, actor=contact, now=now)
    changed = await queries.organisation_by_slug("place")
    assert changed is not None
    assert await queries.is_contact(other, changed)
    assert not await queries.is_contact(contact, changed)


async def test_key_contact_who_cannot_sign_in_is_not_asked_to_confirm(
    database: object, now: datetime
) -> None:
    place, contact, other = await make_place()
    await place.update_self({Organisation.contact_email: "office@place.example"})

    await actions.add_person(**NEW, roles=["alternate"], actor=other, now=now)
    await handovers.ask("place", name="Sue", email="sue@place.example", actor=other, now=now)
    rows = await OutboxMessage.objects().order_by(OutboxMessage.id)
    waits = [line.button for line in await waiting_list.for_actor(contact, now=now)]

    assert sorted((row.kind, row.recipient_email) for row in rows) == [
        ("handover_asked", contact.email),
        ("role_proposed", contact.email),
    ]
    assert sorted(waits) == ["Confirm or refuse", "Look and confirm"]
    written_to = await queries.main_contact_of(place)
    assert written_to is not None
    assert written_to.email == "office@place.example", "what needs no account still goes there"
    [role] = [one for one in await queries.people_of(place.id) if one.kind == "alternate"]
    await actions.confirm_role(role.role_id, organisation="place", actor=contact, now=now)
