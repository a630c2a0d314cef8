"""Invitations hold a place, never one too many; groups are registered whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from summit_service import db, links
from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import actions, invited, rules
from summit_service.registrations.actions.group import Person
from summit_service.registrations.tables import Invitation, Registration
from tests import factories
from tests.factories_registrations import (
    ANNA,
    email_of,
    link_of,
    make_edition,
    register,
    registration_of,
    states,
    taken,
)


async def invite(
    name: str = "Ines Guest", *, attendance: str = "in_person", now: datetime
) -> tuple[Invitation, str]:
    """An invitation, and its token as the mailer would mint it."""
    made = await actions.invite(
        2026,
        name=name,
        email=email_of(name),
        attendance=attendance,
        actor=await factories.secretariat(),
        now=now,
    )
    return made, await links.issue(invited.LINK, subject=str(made.id), now=now)


async def test_invitation_holds_its_place_and_skips_the_queue(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=2)
    await register("Delegate A", now=now)

    _, token = await invite(now=now)
    newcomer = await register("Delegate B", now=now)
    first = await actions.accept_invitation(token, replace(ANNA, name="Ines Guest"), now=now)
    again = await actions.accept_invitation(token, replace(ANNA, name="Ines Guest"), now=now)

    assert newcomer.state == "waitlisted"
    assert first == again
    assert await states() == {
        "Delegate A": "confirmed in_person",
        "Delegate B": "waitlisted in_person",
        "Ines Guest": "confirmed in_person",
    }
    assert await taken(edition, "in_person") == 2


async def test_nobody_is_invited_without_a_free_place(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=1)
    await invite(now=now)

    with pytest.raises(Conflict) as full:
        await invite("Otto Guest", now=now)
    with pytest.raises(Conflict) as twice:
        await invite(attendance="online", now=now)

    assert (full.value.code, twice.value.code) == ("full", "invited")
    assert await taken(edition, "in_person") == 1


@pytest.mark.parametrize("way", ["declined", "withdrawn", "expired"])
async def test_place_of_an_unused_invitation_goes_to_the_next_in_line(
    database: db.Engine, now: datetime, way: str
) -> None:
    edition = await make_edition(in_person=1)
    made, token = await invite(now=now)
    await register("Delegate A", now=now)
    later = now + (rules.INVITATION_TIME if way == "expired" else timedelta())
    for _ in range(2):
        if way == "declined":
            await actions.decline_invitation(token, now=later)
        elif way == "withdrawn":
            await actions.withdraw(made.id, actor=await factories.secretariat(), now=later)
        else:
            await actions.expire_offers(later)

    assert (await registration_of("Delegate A")).cancelled_at is None
    assert await taken(edition, "in_person") == 1
    assert (await states())["Delegate A"] == "offered in_person"
    with pytest.raises(Gone):
        await actions.accept_invitation(token, ANNA, now=later)
    [stopped] = await OutboxMessage.objects().where(OutboxMessage.kind == "registration_invited")
    assert stopped.state == ("queued" if way == "expired" else "stopped")


async def test_who_waits_moves_to_the_held_place_and_leaves_the_queue(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_edition(in_person=2, online=5)
    await register("Delegate A", now=now)
    await register("Ines Guest", attendance="online", now=now)
    _, token = await invite(now=now)

    await actions.accept_invitation(token, replace(ANNA, name="Ines Guest"), now=now)

    assert (await states())["Ines Guest"] == "confirmed in_person"
    assert await Registration.count() == 2
    assert (await taken(edition, "in_person"), await taken(edition, "online")) == (2, 0)
    with pytest.raises(Conflict, match="already"):
        await invite(now=now)


async def test_who_takes_such_a_place_by_the_registration_holds_no_second_one(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_edition(in_person=2, online=5)
    await register("Delegate A", now=now)
    _, token = await invite(now=now)
    for name in ("Ines Guest", "Delegate B"):
        await register(name, now=now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)

    await actions.accept(await link_of("Ines Guest", now=now), now=now)

    assert (await states())["Ines Guest"] == "confirmed in_person"
    assert (await states())["Delegate B"] == "offered in_person"
    assert await taken(edition, "in_person") == 2
    assert (await invited.opened(token, now=now)).reason == "switched"
    with pytest.raises(Gone, match="by your registration"):
        await actions.accept_invitation(token, ANNA, now=now)


async def test_link_of_a_registration_opens_no_invitation(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await register("Delegate A", now=now)

    with pytest.raises(NotFound, match="opens no invitation"):
        await invited.opened(await link_of("Delegate A", now=now), now=now)


async def group(people: list[Person], *, actor: Actor, slug: str, now: datetime) -> list[tuple[str, str]]:
    done = await actions.register_group(
        2026, people, organisation=slug, attendance="in_person", actor=actor, now=now
    )
    return [(name, outcome.state) for name, outcome in done]


async def test_group_is_registered_whole_each_with_a_mail(database: db.Engine, now: datetime) -> None:
    await make_edition(in_person=2)
    organisation = await factories.make_organisation("Centre for Kindness")
    actor = await factories.representative_of(organisation, name="Rita Head")
    await register("Delegate A", now=now - timedelta(days=1))
    people = [Person(f"line {n}", f"Delegate {n}", email_of(f"Delegate {n}")) for n in "ABC"]

    done = await group(people, actor=actor, slug=organisation.slug, now=now)

    assert done == [("Delegate A", "confirmed"), ("Delegate B", "confirmed"), ("Delegate C", "waitlisted")]
    assert (await registration_of("Delegate B")).organisation == "Centre for Kindness"
    mails = await OutboxMessage.objects().where(OutboxMessage.created_at == now).order_by(OutboxMessage.id)
    assert [(mail.recipient_email, mail.kind) for mail in mails] == [
        (email_of("Delegate A"), "registration_link"),
        (email_of("Delegate B"), "registration_confirmed"),
        (email_of("Delegate C"), "registration_waitlisted"),
    ]
    assert "Rita Head (Centre for Kindness)" in mails[1].context


async def test_group_with_a_fault_registers_nobody_and_names_each(database: db.Engine, now: datetime) -> None:
    await make_edition(in_person=9)
    organisation = await factories.make_organisation()
    actor = await factories.representative_of(organisation)
    people = [
        Person("line 1", "Anna Berg", "anna@hospital.example"),
        Person("line 2", "Berta Cole", "not an address"),
        Person("line 4", "Anna Berg", "ANNA@hospital.example"),
    ]

    with pytest.raises(Invalid) as refusal:
        await group(people, actor=actor, slug=organisation.slug, now=now)

    assert [fault.field for fault in refusal.value.faults] == ["line 2", "line 4"]
    assert await Registration.count() == await OutboxMessage.count() == 0


async def test_group_is_bound_by_its_organisations_limit_and_its_own_people(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=9)
    organisation = await factories.make_organisation()
    secretary = await factories.secretariat()
    await actions.set_terms(2026, changes_until=None, organisation_limit=1, actor=secretary, now=now)
    people = [Person(f"line {n}", f"Delegate {n}", email_of(f"Delegate {n}")) for n in "AB"]
    other = await factories.representative_of(await factories.make_organisation("Another"))

    with pytest.raises(Invalid, match="takes 1 person from one organisation"):
        await group(people, actor=secretary, slug=organisation.slug, now=now)
    with pytest.raises(NotAllowed):
        await group(people, actor=other, slug=organisation.slug, now=now)

    assert await Registration.count() == 0
