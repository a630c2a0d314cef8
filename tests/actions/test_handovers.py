"""Handing over to a successor: who may, what dies in the same transaction, and what stays."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from summit_service import handovers, links
from summit_service.accounts import actions as accounts
from summit_service.accounts import queries
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.accounts.tables import ApiToken, Login, Person
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, SummitError
from summit_service.mail.tables import OutboxMessage
from summit_service.members import actions as members
from summit_service.members import queries as members_queries
from summit_service.members.queries import Contact, main_contact_of
from summit_service.members.tables import Handover, Organisation, Role
from summit_service.statements.letters import letter_of
from summit_service.statements.tables import SigningRequest
from tests import factories
from tests.factories_statements import give_answer, link_to, make_open

SUE: dict[str, Any] = {"name": "Sue Next", "email": "sue@place.example"}


async def make_place() -> tuple[Organisation, Actor, Actor]:
    """An organisation, its main contact, and a representative who also signs."""
    place = await factories.make_organisation("Place", slug="place", contact_email="carl@place.example")
    contact = await factories.representative_of(place, name="Carl Contact", email="carl@place.example")
    leaver = await factories.representative_of(place, name="Lea Leaver", email="lea@place.example")
    person = await Person.objects().get(Person.id == leaver.person_id)
    assert person is not None
    await factories.give_role(person, "signatory", organisation=place)
    return place, contact, leaver


async def mails() -> list[tuple[str, str]]:
    """Kind and recipient of each mail that is not stopped, in order."""
    rows = await OutboxMessage.objects().where(OutboxMessage.state != "stopped").order_by(OutboxMessage.id)
    return [(row.kind, row.recipient_email) for row in rows]


async def test_ask_is_for_who_acts_there(database: object, now: datetime) -> None:
    _, contact, leaver = await make_place()
    wrong = await factories.representative_of(await factories.make_organisation("Other"))

    with pytest.raises(NotSignedIn):
        await handovers.ask("place", **SUE, actor=PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await handovers.ask("place", **SUE, actor=wrong, now=now)
    with pytest.raises(NotAllowed):
        await handovers.ask("place", **SUE, leaver_id=contact.person_id, actor=leaver, now=now)
    with pytest.raises(NotFound):
        await handovers.ask("place", **SUE, leaver_id=wrong.person_id, actor=contact, now=now)
    with pytest.raises(Invalid) as faults:
        await handovers.ask("place", name="", email="x", actor=leaver, now=now)
    with pytest.raises(Invalid):
        await handovers.ask("place", name="Lea", email="LEA@place.example", actor=leaver, now=now)

    assert list(faults.value.by_field()) == ["name", "email"]
    assert await Handover.count() == 0
    assert await mails() == []


async def test_asked_nothing_changes_and_the_contact_is_mailed(database: object, now: datetime) -> None:
    _, _, leaver = await make_place()

    asked = await handovers.ask("place", **SUE, actor=leaver, now=now)
    with pytest.raises(Conflict):
        await handovers.ask("place", **SUE, actor=leaver, now=now)

    assert asked.outcome == ""
    assert await mails() == [("handover_asked", "carl@place.example")]
    assert await queries.person_by_email(SUE["email"]) is None
    with pytest.raises(NotAllowed):
        await handovers.decide("place", asked.id, confirmed=True, actor=leaver, now=now)


async def test_contact_who_leaves_is_confirmed_by_the_secretariat(database: object, now: datetime) -> None:
    _, contact, _ = await make_place()
    desk = await factories.secretariat(email="desk@network.example")

    asked = await handovers.ask("place", **SUE, actor=contact, now=now)
    with pytest.raises(NotAllowed):
        await handovers.decide("place", asked.id, confirmed=True, actor=contact, now=now)
    await handovers.decide("place", asked.id, confirmed=True, actor=desk, now=now)

    place = await members_queries.organisation_by_slug("place")
    assert place is not None
    assert (place.contact_name, place.contact_email) == ("Sue Next", "sue@place.example")
    assert await mails() == [
        ("role_invitation", "sue@place.example"),
        ("handover_confirmed", "carl@place.example"),
    ]


async def test_confirmed_everything_of_the_leaver_is_dead_at_once(database: object, now: datetime) -> None:
    place, contact, leaver = await make_place()
    desk = await factories.secretariat()
    statement = await make_open(desk, now=now)
    sign_link = await link_to(statement, place, now=now)
    token = await accounts.create_api_token("script", actor=leaver, now=now)
    await accounts.request_sign_in(leaver.email, next_path="", now=now)
    sign_in_link = await links.issue(queries.SIGN_IN, subject=str(leaver.person_id), now=now)
    cookie = await accounts.sign_in(
        await links.issue(queries.SIGN_IN, subject=str(leaver.person_id), now=now), agent="", now=now
    )

    asked = await handovers.ask("place", **SUE, actor=leaver, now=now)
    assert await letter_of(sign_link, now=now) is not None
    await handovers.decide("place", asked.id, confirmed=True, actor=contact, now=now)

    assert await queries.person_of_login(cookie, now=now) is None
    assert await queries.person_of_api_token(token) is None
    assert await letter_of(sign_link, now=now) is None
    with pytest.raises(SummitError):
        await accounts.sign_in(sign_in_link, agent="", now=now)
    assert await queries.person_by_email(leaver.email) is None
    assert await Login.count().where(Login.ended_at.is_null()) == 0
    assert await ApiToken.count().where(ApiToken.ended_at.is_null()) == 0
    sue = await queries.person_by_email(SUE["email"])
    assert sue is not None
    assert await members_queries.roles_of(sue.id, place.id) == ("representative", "signatory")
    request = await SigningRequest.objects().get(SigningRequest.organisation == place.id)
    assert request is not None
    assert (request.person, request.person_name) == (sue.id, "Sue Next")
    assert await mails() == [
        ("signing_request", "sue@place.example"),
        ("role_invitation", "sue@place.example"),
        ("handover_confirmed", "lea@place.example"),
    ]


async def test_answer_of_the_leaver_stays_and_nobody_is_asked_again(database: object, now: datetime) -> None:
    place, contact, leaver = await make_place()
    statement = await make_open(await factories.secretariat(), now=now)
    token = await link_to(statement, place, now=now)
    answer = await give_answer(token, now=now, name="Lea Leaver")

    asked = await handovers.ask("place", **SUE, actor=leaver, now=now)
    await handovers.decide("place", asked.id, confirmed=True, actor=contact, now=now)

    request = await SigningRequest.objects().get(SigningRequest.organisation == place.id)
    assert request is not None
    assert (request.person_name, answer.signatory_name) == ("Lea Leaver", "Lea Leaver")
    assert await letter_of(token, now=now) is None
    assert ("signing_request", "sue@place.example") not in await mails()


async def test_refused_everything_stays(database: object, now: datetime) -> None:
    place, contact, leaver = await make_place()
    token = await accounts.create_api_token("script", actor=leaver, now=now)
    asked = await handovers.ask("place", **SUE, actor=leaver, now=now)

    await handovers.decide("place", asked.id, confirmed=False, actor=contact, now=now)
    with pytest.raises(Conflict):
        await handovers.decide("place", asked.id, confirmed=True, actor=contact, now=now)

    assert await queries.person_of_api_token(token) is not None
    assert await members_queries.roles_of(leaver.person_id or 0, place.id) == ("representative", "signatory")
    assert await mails() == [("handover_refused", "lea@place.example")]


async def test_leaver_with_another_organisation_signs_in_anew(database: object, now: datetime) -> None:
    _, contact, leaver = await make_place()
    person = await Person.objects().get(Person.id == leaver.person_id)
    assert person is not None
    await factories.give_role(person, "representative", organisation=await factories.make_organisation("Two"))

    await handovers.ask("place", **SUE, leaver_id=person.id, actor=contact, now=now)

    assert await queries.person_by_email(leaver.email) is not None
    assert len(await members_queries.memberships_of(person.id)) == 1


async def test_roles_that_end_before_it_is_confirmed_leave_nothing_to_hand_over(
    database: object, now: datetime
) -> None:
    place, contact, leaver = await make_place()
    asked = await handovers.ask("place", **SUE, actor=leaver, now=now)
    roles = [
        one.role_id for one in await members_queries.people_of(place.id) if one.person_id == leaver.person_id
    ]

    await members.end_role(roles[0], organisation="place", actor=contact, now=now)
    waits = await handovers.for_secretariat(now)
    await members.end_role(roles[1], organisation="place", actor=contact, now=now)
    with pytest.raises(Conflict):
        await handovers.decide("place", asked.id, confirmed=True, actor=contact, now=now)
    with pytest.raises(NotFound):
        await handovers.ask("place", **SUE, leaver_id=leaver.person_id, actor=contact, now=now)

    assert len(waits) == 1
    assert await handovers.for_secretariat(now) == []
    row = await Handover.objects().get(Handover.id == asked.id)
    assert row is not None
    assert (row.outcome, row.decided_at, row.decided_by) == ("overtaken", now, contact.person_id)
    assert await mails() == [("role_ended", leaver.email)] * 2, (
        "nobody is asked any more, or told of new roles"
    )


async def test_two_confirm_at_once_and_one_is_told(database: object, now: datetime) -> None:
    _, contact, leaver = await make_place()
    desk = await factories.secretariat()
    asked = await handovers.ask("place", **SUE, actor=leaver, now=now)

    done = await asyncio.gather(
        *(
            handovers.decide("place", asked.id, confirmed=True, actor=actor, now=now)
            for actor in (contact, desk)
        ),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in done) == ["Conflict", "Handover"]
    assert await Role.count().where(Role.ended_at.is_null() & (Role.kind == "signatory")) == 1


async def test_signatory_named_by_another_than_the_contact_signs_once_confirmed(
    database: object, now: datetime
) -> None:
    place, contact, leaver = await make_place()
    new: dict[str, Any] = {
        "name": "Al",
        "email": "al@place.example",
        "organisation": "place",
        "roles": ["alternate"],
    }

    added = await members.add_person(**new, actor=leaver, now=now)
    before = (await members_queries.signatories_of([place.id]))[place.id]
    role = await Role.objects().get(Role.person == added.person.id)
    assert role is not None
    with pytest.raises(NotAllowed):
        await members.confirm_role(role.id, organisation="place", actor=leaver, now=now)
    await members.confirm_role(role.id, organisation="place", actor=contact, now=now)
    with pytest.raises(NotFound):
        await members.confirm_role(role.id, organisation="place", actor=contact, now=now)

    assert before.alternates == ()
    after = (await members_queries.signatories_of([place.id]))[place.id]
    assert [person.name for person in after.alternates] == ["Al"]
    assert await mails() == [
        ("role_proposed", "carl@place.example"),
        ("role_invitation", "al@place.example"),
    ]


async def test_main_contact_without_a_name_is_greeted_as_a_person(database: object, now: datetime) -> None:
    place, _, _ = await make_place()
    stranger = await factories.make_organisation("Elsewhere", contact_email="office@elsewhere.example")

    known, unknown = await main_contact_of(place), await main_contact_of(stranger)

    assert known == Contact("Carl Contact", "carl@place.example")
    assert unknown == Contact("", "office@elsewhere.example")
