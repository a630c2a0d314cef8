"""Organisations and roles: each action works, each refusal, two at once, the mails."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.mail.tables import OutboxMessage
from summit_service.members import actions, queries
from summit_service.members.rules import Details
from summit_service.members.tables import Organisation, Role
from tests import factories
from tests.postbox import Postbox, text_of

PLACE = Details(name="The Empathy Place", kind="centre", country="GB", timezone="Europe/London")


async def wrong_member() -> Actor:
    return await factories.representative_of(await factories.make_organisation("Somebody Else"))


async def test_create_organisation_by_the_wrong_people_is_refused(database: object, now: datetime) -> None:
    with pytest.raises(NotSignedIn):
        await actions.create_organisation(PLACE, actor=PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await actions.create_organisation(PLACE, actor=await wrong_member(), now=now)

    assert await Organisation.count() == 1


async def test_create_organisation_keeps_it_under_an_address_of_its_own(
    database: object, now: datetime
) -> None:
    secretariat = await factories.secretariat()

    first = await actions.create_organisation(PLACE, actor=secretariat, now=now)
    second = await actions.create_organisation(
        Details(name="The Empathy Place!", kind="group"), actor=secretariat, now=now
    )

    assert (first.slug, second.slug) == ("the-empathy-place", "the-empathy-place-2")
    kept = await queries.organisation_by_slug("the-empathy-place")
    assert kept is not None
    assert queries.details_of(kept) == PLACE
    assert (kept.created_at, kept.updated_at) == (now, now)
    assert await OutboxMessage.count() == 0


async def test_create_organisation_of_a_name_that_is_taken_is_refused(
    database: object, now: datetime
) -> None:
    secretariat = await factories.secretariat()
    await actions.create_organisation(Details(name="École", kind="centre"), actor=secretariat, now=now)

    with pytest.raises(Invalid) as fault:
        await actions.create_organisation(Details(name="ÉCOLE", kind="group"), actor=secretariat, now=now)

    assert fault.value.by_field() == {"name": "There is an organisation called “ÉCOLE” already."}
    assert await Organisation.count() == 1


async def test_create_organisation_ten_of_one_address_at_once(database: object, now: datetime) -> None:
    secretariat = await factories.secretariat()
    names = ["A B", "A-B", "A.B", "A, B", "A: B"]

    made = await asyncio.gather(
        *(
            actions.create_organisation(Details(name=name, kind="group"), actor=secretariat, now=now)
            for name in names
        )
    )

    assert sorted(one.slug for one in made) == ["a-b", "a-b-2", "a-b-3", "a-b-4", "a-b-5"]


async def test_create_organisation_of_one_name_eight_at_once_makes_one(
    database: object, now: datetime
) -> None:
    secretariat = await factories.secretariat()

    outcomes = await asyncio.gather(
        *(actions.create_organisation(PLACE, actor=secretariat, now=now) for _ in range(8)),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, Organisation) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 7
    assert await Organisation.count() == 1


async def test_change_organisation_by_the_wrong_people_is_refused(database: object, now: datetime) -> None:
    place = await factories.make_organisation("Place", slug="place")

    with pytest.raises(NotFound):
        await actions.change_organisation("nobody", {}, actor=await factories.secretariat(), now=now)
    with pytest.raises(NotSignedIn):
        await actions.change_organisation("place", {"city": "Leeds"}, actor=PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await actions.change_organisation("place", {"city": "Leeds"}, actor=await wrong_member(), now=now)
    own = await factories.representative_of(place)
    with pytest.raises(NotAllowed, match="standing"):
        await actions.change_organisation("place", {"standing": "former"}, actor=own, now=now)

    kept = await queries.organisation_by_slug("place")
    assert kept is not None
    assert (kept.city, kept.standing) == ("", "member")


async def test_change_organisation_keeps_its_address_when_the_name_changes(
    database: object, now: datetime
) -> None:
    place = await factories.make_organisation("Place", slug="place", city="Leeds")
    own = await factories.representative_of(place)

    await actions.change_organisation("place", {"name": "New Place"}, actor=own, now=now)

    kept = await queries.organisation_by_name("new PLACE")
    assert kept is not None
    assert (kept.slug, kept.name, kept.city, kept.updated_at) == ("place", "New Place", "Leeds", now)
    assert await queries.organisation_by_name("Place") is None


async def test_change_organisation_of_nothing_writes_nothing(database: object, now: datetime) -> None:
    place = await factories.make_organisation("Place", slug="place", city="Leeds")
    own = await factories.representative_of(place)

    await actions.change_organisation("place", {"city": " Leeds "}, actor=own, now=now)

    kept = await queries.organisation_by_slug("place")
    assert kept is not None
    assert kept.updated_at == factories.LONG_AGO


async def test_change_organisation_to_a_name_that_is_taken_is_refused(
    database: object, now: datetime
) -> None:
    await factories.make_organisation("Place", slug="place")
    await factories.make_organisation("Other", slug="other")

    with pytest.raises(Invalid, match="already"):
        await actions.change_organisation(
            "other", {"name": "PLACE"}, actor=await factories.secretariat(), now=now
        )

    assert await queries.organisation_by_name("Other") is not None


async def test_change_organisation_by_two_at_once_keeps_both_changes(database: object, now: datetime) -> None:
    await factories.make_organisation("Place", slug="place")
    secretariat = await factories.secretariat()
    changes = [
        {"city": "Leeds"},
        {"parent": "A University"},
        {"website": "https://a.example"},
        {"summary": "We"},
    ]

    await asyncio.gather(
        *(actions.change_organisation("place", change, actor=secretariat, now=now) for change in changes)
    )

    kept = await queries.organisation_by_slug("place")
    assert kept is not None
    assert (kept.city, kept.parent, kept.website, kept.summary) == (
        "Leeds",
        "A University",
        "https://a.example",
        "We",
    )


async def add(
    actor: Actor,
    *,
    now: datetime,
    email: str = "anna@members.example",
    roles: tuple[str, ...] = ("signatory",),
) -> actions.Added:
    return await actions.add_person(
        name="Anna Berg", email=email, organisation="place", roles=roles, actor=actor, now=now
    )


async def test_add_person_by_the_wrong_people_is_refused(database: object, now: datetime) -> None:
    with pytest.raises(NotFound):
        await add(await factories.secretariat(), now=now)
    await factories.make_organisation("Place", slug="place")
    wrong = await wrong_member()
    known = await Person.count()

    with pytest.raises(NotSignedIn):
        await add(PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await add(wrong, now=now)
    with pytest.raises(NotAllowed):
        await actions.add_person(
            name="A", email="a@members.example", organisation=None, roles=[], actor=wrong, now=now
        )

    assert await Person.count() == known


async def test_add_person_with_faults_tells_all_and_keeps_nothing(database: object, now: datetime) -> None:
    own = await factories.representative_of(await factories.make_organisation("Place", slug="place"))
    known = await Person.count()

    with pytest.raises(Invalid) as fault:
        await actions.add_person(
            name="A\nB", email="a b", organisation="place", roles=["signatory"], actor=own, now=now
        )
    with pytest.raises(Invalid) as no_role:
        await add(own, now=now, roles=("secretariat",))

    assert list(fault.value.by_field()) == ["name", "email"]
    assert list(no_role.value.by_field()) == ["roles"]
    assert await Person.count() == known


async def test_add_person_who_is_known_keeps_their_name_and_adds_the_roles(
    database: object, now: datetime
) -> None:
    place = await factories.make_organisation("Place", slug="place")
    own = await factories.representative_of(place)
    known = await factories.make_person("Anna B. Berg", email="Anna@members.example")
    await factories.give_role(known, "signatory", organisation=place)

    added = await add(own, now=now, roles=("representative", "signatory"))

    assert (added.person.id, added.person.name) == (known.id, "Anna B. Berg")
    assert added.roles == ("signatory", "representative")
    assert await Role.count().where(Role.person == known.id) == 2
    invitation = await OutboxMessage.objects().get(OutboxMessage.kind == "role_invitation")
    assert invitation is not None
    assert invitation.recipient_email == "Anna@members.example"
    assert await OutboxMessage.count() == 1


async def test_add_person_who_had_left_takes_them_back(database: object, now: datetime) -> None:
    own = await factories.representative_of(await factories.make_organisation("Place", slug="place"))
    gone = await factories.make_person("Old Name", email="anna@members.example")
    await Person.update({Person.ended_at: now - timedelta(days=1)}).where(Person.id == gone.id)

    added = await add(own, now=now)

    assert (added.person.id, added.person.name) == (gone.id, "Anna Berg")
    assert added.person.ended_at is None


async def test_add_person_ten_times_at_once_makes_one(database: object, now: datetime) -> None:
    own = await factories.representative_of(await factories.make_organisation("Place", slug="place"))

    added = await asyncio.gather(
        *(add(own, now=now, email=email) for email in ["anna@members.example", "ANNA@members.example"] * 5)
    )

    assert len({one.person.id for one in added}) == 1
    assert {one.roles for one in added} == {("signatory",)}
    assert await Role.count().where(Role.kind == "signatory") == 1


async def test_add_person_without_an_organisation_by_the_secretariat(database: object, now: datetime) -> None:
    secretariat = await factories.secretariat()

    added = await actions.add_person(
        name="Anna", email="anna@members.example", organisation=None, roles=[], actor=secretariat, now=now
    )

    assert (added.organisation, added.roles) == (None, ())
    with pytest.raises(Invalid, match="Say in which organisation"):
        await actions.add_person(
            name="Anna",
            email="anna@members.example",
            organisation=None,
            roles=["signatory"],
            actor=secretariat,
            now=now,
        )


async def test_add_person_by_operator_in_each_role(database: object, now: datetime) -> None:
    await factories.make_organisation("Place", slug="place")

    plain = await actions.add_person_by_operator(email="a@members.example", name="A", now=now)
    member = await actions.add_person_by_operator(
        email="b@members.example", name="B", organisation_slug="place", now=now
    )
    alternate = await actions.add_person_by_operator(
        email="c@members.example", name="C", organisation_slug="place", role="alternate", now=now
    )
    secretariat = await actions.add_person_by_operator(
        email="d@members.example", name="D", role="secretariat", now=now
    )
    again = await actions.add_person_by_operator(
        email="d@members.example", name="D", role="secretariat", now=now
    )

    assert [one.roles for one in (plain, member, alternate, secretariat, again)] == [
        (),
        ("representative",),
        ("alternate",),
        ("secretariat",),
        ("secretariat",),
    ]
    assert (await queries.actor_of(secretariat.person, via="page")).is_secretariat
    assert await Role.count() == 3


@pytest.mark.parametrize(
    ("organisation", "role", "kind"),
    [
        (None, "signatory", Invalid),
        ("place", "secretariat", Invalid),
        ("place", "king", Invalid),
        ("nobody", None, NotFound),
    ],
)
async def test_add_person_by_operator_with_a_role_that_does_not_fit(
    database: object, now: datetime, organisation: str | None, role: str | None, kind: type[Exception]
) -> None:
    await factories.make_organisation("Place", slug="place")

    with pytest.raises(kind):
        await actions.add_person_by_operator(
            email="a@members.example", name="A", organisation_slug=organisation, role=role, now=now
        )

    assert await Person.count() == 0


async def role_of(actor: Actor) -> int:
    role = await Role.objects().where(Role.person == actor.person_id).first()
    assert role is not None
    identifier: int = role.id
    return identifier


async def test_end_role_by_the_wrong_people_is_refused(database: object, now: datetime) -> None:
    own = await factories.representative_of(await factories.make_organisation("Place", slug="place"))
    role = await role_of(own)
    secretariat = await factories.secretariat()

    with pytest.raises(NotSignedIn):
        await actions.end_role(role, organisation="place", actor=PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await actions.end_role(role, organisation="place", actor=await wrong_member(), now=now)
    with pytest.raises(NotFound):
        await actions.end_role(role, organisation="nobody", actor=secretariat, now=now)
    with pytest.raises(NotFound):
        await actions.end_role(await role_of(secretariat), organisation="place", actor=secretariat, now=now)

    assert await Role.count().where(Role.ended_at.is_not_null()) == 0


async def test_end_role_keeps_the_row_and_lets_it_be_given_anew(database: object, now: datetime) -> None:
    own = await factories.representative_of(await factories.make_organisation("Place", slug="place"))
    added = await add(own, now=now)
    (signatory,) = [one for one in await queries.people_of(own_place(own)) if one.kind == "signatory"]

    await actions.end_role(signatory.role_id, organisation="place", actor=own, now=now)

    assert (await queries.signatories_of([own_place(own)]))[own_place(own)].signatories == ()
    ended = await Role.objects().where(Role.id == signatory.role_id).first()
    assert ended is not None
    assert ended.ended_at == now
    with pytest.raises(NotFound):
        await actions.end_role(signatory.role_id, organisation="place", actor=own, now=now)
    assert (await add(own, now=now)).person.id == added.person.id
    assert await Role.count().where(Role.kind == "signatory") == 2


def own_place(actor: Actor) -> int:
    (identifier,) = actor.represents
    return identifier


async def test_end_role_of_the_last_representative_is_for_the_secretariat(
    database: object, now: datetime
) -> None:
    own = await factories.representative_of(await factories.make_organisation("Place", slug="place"))

    with pytest.raises(Conflict):
        await actions.end_role(await role_of(own), organisation="place", actor=own, now=now)
    await actions.end_role(
        await role_of(own), organisation="place", actor=await factories.secretariat(), now=now
    )

    assert await queries.people_of(own_place(own)) == []


async def test_end_role_of_each_other_at_once_leaves_one(database: object, now: datetime) -> None:
    for number in range(5):
        place = await factories.make_organisation(f"Place {number}", slug=f"place-{number}")
        members = [await factories.representative_of(place) for _ in range(4)]
        roles = [await role_of(member) for member in members]

        outcomes = await asyncio.gather(
            *(
                actions.end_role(role, organisation=place.slug, actor=member, now=now)
                for role, member in zip(roles, [*members[1:], members[0]], strict=True)
            ),
            return_exceptions=True,
        )

        assert [type(outcome) for outcome in outcomes].count(Conflict) == 1
        assert len(await queries.people_of(place.id)) == 1


async def test_signatories_of_each_organisation_in_the_order_of_their_naming(database: object) -> None:
    first, second, third = [await factories.make_organisation(name) for name in ("First", "Second", "Third")]
    anna, ben, kim = [await factories.make_person(name) for name in ("Anna", "Ben", "Kim")]
    for person in (ben, anna):
        await factories.give_role(person, "signatory", organisation=first)
    await factories.give_role(kim, "alternate", organisation=first)
    await factories.give_role(kim, "signatory", organisation=second)
    gone = await factories.make_person("Gone")
    await factories.give_role(gone, "signatory", organisation=third)
    await Person.update({Person.ended_at: factories.LONG_AGO}).where(Person.id == gone.id)

    found = await queries.signatories_of([first.id, second.id, third.id])

    names = {
        identifier: ([p.name for p in one.signatories], [p.name for p in one.alternates])
        for identifier, one in found.items()
    }
    assert names == {first.id: (["Ben", "Anna"], ["Kim"]), second.id: (["Kim"], []), third.id: ([], [])}
    assert await queries.signatories_of([]) == {}


async def test_main_contact_of_falls_back_to_the_first_representative(database: object) -> None:
    named = await factories.make_organisation("Named", contact_email="a@members.example")
    unnamed = await factories.make_organisation("Unnamed")
    empty = await factories.make_organisation("Empty")
    await factories.representative_of(unnamed, name="Zoe", email="z@members.example")
    await factories.representative_of(unnamed, name="Anna", email="anna@members.example")

    assert await queries.main_contact_of(named) == queries.Contact("", "a@members.example")
    assert await queries.main_contact_of(unnamed) == queries.Contact("Zoe", "z@members.example")
    assert await queries.main_contact_of(empty) is None


async def test_organisations_of_an_actor_and_all_members(database: object) -> None:
    beta = await factories.make_organisation("Beta")
    await factories.make_organisation("Alpha", standing="associate")
    await factories.make_organisation("Gone", standing="former")

    own = await queries.organisations_of(await factories.representative_of(beta))

    assert [one.name for one in own] == ["Beta"]
    assert await queries.organisations_of(PUBLIC) == []
    assert [one.name for one in await queries.all_members()] == ["Beta"]
    assert [one.name for one in await queries.all_members(standings=["member", "associate"])] == [
        "Alpha",
        "Beta",
    ]


async def test_end_role_tells_who_lost_it_and_nobody_who_knows(
    database: object, postbox: Postbox, now: datetime
) -> None:
    place = await factories.make_organisation("Place", slug="place")
    first = await factories.representative_of(place, name="Ana")
    second = await factories.representative_of(place, name="Ben", email="ben@place.example")
    ben = await Person.objects().get(Person.id == second.person_id)
    assert ben is not None
    signatory = await factories.give_role(ben, "signatory", organisation=place)
    own = await factories.give_role(ben, "alternate", organisation=place)
    proposed = await actions.add_person(
        name="Cy", email="cy@place.example", organisation="place", roles=["alternate"], actor=second, now=now
    )
    waits = await Role.objects().get(Role.person == proposed.person.id)
    representative = await Role.objects().get((Role.person == ben.id) & (Role.kind == "representative"))
    assert waits is not None
    assert representative is not None
    await postbox.deliver(now)

    await actions.end_role(own.id, organisation="place", actor=second, now=now)
    for role in (waits, signatory, representative):
        await actions.end_role(role.id, organisation="place", actor=first, now=now)
    told = [*await postbox.deliver(now), *await postbox.deliver(now)]

    assert [str(one["To"]) for one in told] == ["Ben <ben@place.example>"] * 2
    assert "Ana ended your role as signatory of" in text_of(told[0])
    assert "There you are from now on: representative." in text_of(told[0])
    assert "You have no other role there." in text_of(told[1])
