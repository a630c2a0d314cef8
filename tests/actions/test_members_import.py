"""Taking in a whole file of organisations: all or nothing, and twice the same is once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from summit_service.journal.queries import Filter, deeds
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries
from summit_service.members.actions import files_of, import_organisations, keep_file, take_file
from summit_service.members.actions.importing import Change, ImportReport
from summit_service.members.tables import Organisation, Role
from summit_service.own_data import telling
from summit_service.own_data.actions import erase_person
from tests import factories
from tests.meanwhile import begun_meanwhile

FILE = b"""\
name,kind,parent,city,country,website,timezone,standing,contact_name,contact_email
"The Stoneygate Centre",centre,"Leicester, UK",,GB,,Europe/London,member,Jeremy Howick,centre@members.example
Centro de Empatica,group,,,,,,member,,centro@members.example
Emp@thies Humanisation des soins,charity,,,FR,,Europe/Paris,,,empathies@members.example
No Contact,museum,,,,,,associate,,
"""


async def everything() -> list[object]:
    return [
        await Organisation.select(),
        await Person.select(),
        await Role.select(),
        await OutboxMessage.select(),
    ]


async def test_import_by_the_wrong_people_is_refused(database: object, now: datetime) -> None:
    own = await factories.representative_of(await factories.make_organisation("Place"))

    with pytest.raises(NotSignedIn):
        await import_organisations(FILE, actor=PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await import_organisations(FILE, actor=own, now=now)

    assert await Organisation.count() == 1


async def test_import_adds_organisations_and_their_contacts(database: object, now: datetime) -> None:
    report = await import_organisations(FILE, actor=OPERATOR, now=now)

    assert replace(report, seen="") == ImportReport(
        new=("The Stoneygate Centre", "Centro de Empatica", "Emp@thies Humanisation des soins", "No Contact"),
        read_as="UTF-8, the columns parted by commas",
    )
    centre = await queries.organisation_by_slug("the-stoneygate-centre")
    centro = await queries.organisation_by_slug("centro-de-empatica")
    museum = await queries.organisation_by_slug("no-contact")
    assert centre is not None
    assert centro is not None
    assert museum is not None
    assert (centre.parent, centre.standing) == ("Leicester, UK", "member")
    assert (centro.country, centro.timezone, centro.contact_name) == ("", "", "Centro de Empatica")
    assert (museum.standing, museum.contact_name) == ("associate", "")
    people = [(one.name, one.email, one.kind) for one in await queries.people_of(centre.id)]
    assert people == [
        ("Jeremy Howick", "centre@members.example", "representative"),
        ("Jeremy Howick", "centre@members.example", "signatory"),
    ]
    assert [one.name for one in await queries.people_of(centro.id)] == ["Centro de Empatica"] * 2
    assert await queries.people_of(museum.id) == []
    assert await OutboxMessage.count() == 0


async def test_import_twice_changes_nothing(database: object, now: datetime) -> None:
    await import_organisations(FILE, actor=OPERATOR, now=now)
    before = await everything()

    report = await import_organisations(FILE, actor=OPERATOR, now=now + timedelta(days=1))

    assert (report.new, report.changed, len(report.unchanged)) == ((), (), 4)
    assert await everything() == before


async def test_import_dry_run_tells_and_changes_nothing(database: object, now: datetime) -> None:
    await factories.make_organisation("no contact", slug="kept", kind="museum", country="", timezone="")
    before = await everything()

    report = await import_organisations(FILE, actor=OPERATOR, now=now, dry_run=True)

    assert replace(report, seen="") == ImportReport(
        new=("The Stoneygate Centre", "Centro de Empatica", "Emp@thies Humanisation des soins"),
        changed=(
            Change("No Contact", (("name", "no contact", "No Contact"), ("standing", "member", "associate"))),
        ),
        read_as="UTF-8, the columns parted by commas",
        is_dry_run=True,
    )
    assert await everything() == before


async def test_import_with_a_fault_in_the_last_line_keeps_nothing(database: object, now: datetime) -> None:
    before = await everything()

    report = await import_organisations(FILE + b"Bad,club,,,,,,,,\n", actor=OPERATOR, now=now)

    assert [(fault.line, fault.column) for fault in report.faults] == [(6, "kind")]
    assert (report.new, report.changed, report.unchanged) == ((), (), ())
    assert await everything() == before


async def test_import_leaves_what_the_file_does_not_say(database: object, now: datetime) -> None:
    await import_organisations(FILE, actor=OPERATOR, now=now)
    await Organisation.update(
        {
            Organisation.website: "https://centro.example",
            Organisation.contact_name: "Ana",
            Organisation.city: "Lima",
        }
    ).where(Organisation.slug == "centro-de-empatica")

    report = await import_organisations(
        FILE.replace(b"Centro de Empatica,group,,,", b"CENTRO de Empatica,group,,,PE"),
        actor=OPERATOR,
        now=now,
    )

    assert report.changed == (
        Change(
            "CENTRO de Empatica",
            (("name", "Centro de Empatica", "CENTRO de Empatica"), ("country", "", "PE")),
        ),
    )
    kept = await queries.organisation_by_slug("centro-de-empatica")
    assert kept is not None
    assert (kept.website, kept.contact_name, kept.city, kept.country) == (
        "https://centro.example",
        "Ana",
        "Lima",
        "PE",
    )


async def test_import_does_not_give_back_a_role_that_was_ended(database: object, now: datetime) -> None:
    await import_organisations(FILE, actor=OPERATOR, now=now)
    await Role.update({Role.ended_at: now}).where(Role.kind == "signatory")

    await import_organisations(FILE, actor=OPERATOR, now=now)

    assert await Role.count().where((Role.kind == "signatory") & Role.ended_at.is_null()) == 0


async def test_import_with_another_contact_adds_them_beside_the_first(
    database: object, now: datetime
) -> None:
    await import_organisations(FILE, actor=OPERATOR, now=now)

    report = await import_organisations(FILE.replace(b",empathies@", b",marie@"), actor=OPERATOR, now=now)

    assert [change.fields for change in report.changed] == [
        (("contact_email", "empathies@members.example", "marie@members.example"),)
    ]
    place = await queries.organisation_by_name("emp@thies humanisation des soins")
    assert place is not None
    emails = {one.email for one in await queries.people_of(place.id) if one.kind == "signatory"}
    assert emails == {"empathies@members.example", "marie@members.example"}


async def test_import_of_one_person_for_two_organisations_makes_one(database: object, now: datetime) -> None:
    data = FILE.replace(b"centro@", b"shared@").replace(b"empathies@", b"Shared@")

    await import_organisations(data, actor=OPERATOR, now=now)

    person = await Person.objects().where(Person.email == "shared@members.example").first()
    assert person is not None
    assert [one.slug for one in await queries.memberships_of(person.id)] == [
        "centro-de-empatica",
        "emp-thies-humanisation-des-soins",
    ]


async def test_import_three_at_once_adds_each_once(database: object, now: datetime) -> None:
    outcomes = await asyncio.gather(
        *(import_organisations(FILE, actor=OPERATOR, now=now) for _ in range(3)), return_exceptions=True
    )

    assert all(isinstance(outcome, ImportReport | Conflict) for outcome in outcomes)
    assert sum(isinstance(one, ImportReport) and len(one.new) == 4 for one in outcomes) == 1
    assert await Organisation.count() == 4
    assert await Role.count() == 6


async def test_import_with_what_was_seen_is_refused_where_it_does_something_else(
    database: object, now: datetime
) -> None:
    seen = (await import_organisations(FILE, actor=OPERATOR, now=now, dry_run=True)).seen
    other = FILE.replace(b"Leicester", b"Leeds")

    with pytest.raises(Conflict, match="has changed since you looked"):
        await import_organisations(other, actor=OPERATOR, now=now, seen=seen)
    assert await Organisation.count() == 0
    taken = await import_organisations(FILE, actor=OPERATOR, now=now, seen=seen)

    assert len(taken.new) == 4
    assert not taken.is_dry_run


async def test_kept_file_is_taken_once_by_four_at_once(database: object, now: datetime) -> None:
    desk = await factories.secretariat()
    await factories.make_organisation("No Contact", kind="museum", country="", timezone="", standing="member")
    file = b"\n".join([FILE.splitlines()[0], FILE.splitlines()[-1], b""])
    kept, report = await keep_file(file, name="m.csv", actor=desk, now=now)
    assert kept is not None

    outcomes = await asyncio.gather(
        *(take_file(kept.id, seen=report.seen, actor=desk, now=now) for _ in range(4)), return_exceptions=True
    )

    taken = [one for one in outcomes if not isinstance(one, BaseException) and not one[1].is_dry_run]
    assert len(taken) == 1
    assert {type(one) for one in outcomes if isinstance(one, BaseException)} == {NotFound}
    assert [one.verb for one in await deeds(Filter(), limit=9)] == ["organisation.imported"]


async def test_kept_file_is_not_taken_over_what_a_colleague_is_writing(
    database: object, now: datetime
) -> None:
    desk = await factories.secretariat()
    place = await factories.make_organisation("No Contact", kind="museum", standing="member")
    file = b"\n".join([FILE.splitlines()[0], FILE.splitlines()[-1], b""])
    kept, report = await keep_file(file, name="m.csv", actor=desk, now=now)
    assert kept is not None

    async with db.transaction():
        await db.for_update(Organisation.objects().where(Organisation.id == place.id)).first()
        await Organisation.update({Organisation.standing: "former"}).where(Organisation.id == place.id)
        task = await begun_meanwhile(take_file(kept.id, seen=report.seen, actor=desk, now=now))
    _, shown = await task

    assert shown.is_dry_run
    assert [one.fields for one in shown.changed] == [(("standing", "former", "associate"),)]
    assert (await Organisation.objects())[0].standing == "former"


async def test_kept_files_are_three_a_person_and_go_with_whoever_is_erased(
    database: object, now: datetime
) -> None:
    desk = await factories.secretariat()
    made = [await keep_file(FILE, name=f"m{n}.csv", actor=desk, now=now) for n in range(4)]
    names = [one.name for one in await files_of(desk, now=now)]
    ana = await factories.make_person("Ana", email="ana@members.example")

    seen = (await telling.told(ana)).digest
    await erase_person(ana.id, seen=seen, email=ana.email, actor=desk, now=now)

    assert names == ["m3.csv", "m2.csv", "m1.csv"]
    assert all(one[0] is not None for one in made)
    assert await files_of(desk, now=now) == []
