"""Who may erase whom, what is in the copy when, and two who erase at once; that all goes: test_own_data_markers.py."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.contributions import actions as contributions
from summit_service.errors import Conflict, NotAllowed, NotSignedIn
from summit_service.journal import queries as deeds
from summit_service.journal.tables import JournalNote
from summit_service.mail import streams
from summit_service.members import queries as members
from summit_service.members.tables import Role
from summit_service.own_data import actions, leaving, person, telling
from summit_service.statements import actions as statements
from tests import factories
from tests.factories_contributions import make_call as call_for_contributions
from tests.factories_contributions import propose
from tests.factories_enquiries import everything_stored
from tests.factories_registrations import make_edition
from tests.factories_resources import make_resource
from tests.factories_statements import make_draft

NAME, EMAIL, MARK = "Émile Markstein", "emile.markstein@people.example", "markstein"


async def test_only_the_person_and_the_secretariat_and_never_the_last_one_at_the_desk(
    database: db.Engine, now: datetime
) -> None:
    anna = await factories.make_person("Anna Berg", email="anna@people.example")
    me = await members.actor_of(anna, via="page")
    desk = await factories.secretariat(email="sam@people.example")
    assert desk.person_id is not None

    with pytest.raises(NotSignedIn):
        await actions.person_of(anna.id, actor=Actor())
    with pytest.raises(NotAllowed):
        await actions.person_of(desk.person_id, actor=me)
    own = await actions.person_of(desk.person_id, actor=desk)
    told = await telling.told(own)
    with pytest.raises(Conflict, match="only one in the secretariat"):
        await actions.erase_person(own.id, seen=told.digest, email=own.email, actor=desk, now=now)
    seen = (await telling.told(anna)).digest
    await actions.erase_person(anna.id, seen=seen, email=anna.email, actor=desk, now=now)

    again = await factories.make_person("Anna Berg", email="anna@people.example")
    assert again.id != anna.id
    assert not await streams.stopped_by("anna@people.example")
    assert [one.who for one in await deeds.deeds(deeds.Filter(kind="person"), limit=9)] == [deeds.ERASED]


async def test_two_who_erase_the_same_at_once_do_it_once(database: db.Engine, now: datetime) -> None:
    desk = await factories.secretariat()
    place = await factories.make_organisation("The Place", slug="place")
    anna = await factories.make_person("Anna Berg", email="anna@people.example")
    await factories.give_role(anna, "representative", organisation=place)
    me = await members.actor_of(anna, via="page")
    draft = await make_draft(desk, now=now, title="A draft")
    await statements.start_consultation(
        draft.slug, closes_at="2026-03-22T18:00", timezone="Etc/UTC", actor=desk, now=now
    )
    form = statements.CommentForm(language="en", version=1, paragraph=1, body="No.")
    await statements.comment(draft.slug, form, organisation="place", actor=me, now=now)
    seen = (await telling.told(anna)).digest

    people = await asyncio.gather(
        *(
            actions.erase_person(anna.id, seen=seen, email=anna.email, actor=who, now=now)
            for who in (me, desk, desk)
        ),
        return_exceptions=True,
    )
    seen = (await leaving.told(place, now=now)).digest
    places = await asyncio.gather(
        *(
            leaving.erase_organisation("place", seen=seen, name="The Place", actor=desk, now=now)
            for _ in range(3)
        ),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in people) == ["NoneType", "NotFound", "NotFound"]
    assert sorted(type(one).__name__ for one in places) == ["Conflict", "Conflict", "NoneType"]
    noted = [one.verb for one in await JournalNote.objects()]
    assert (noted.count("person.erased"), noted.count("organisation.erased")) == (1, 1)


async def test_a_decision_is_in_the_copy_once_its_author_knows_it(database: db.Engine, now: datetime) -> None:
    await make_edition()
    author = await factories.make_person(NAME, email=EMAIL)
    await call_for_contributions(now=now)
    row = await propose(now=now, name=NAME, email=EMAIL)
    decided: dict[str, Any] = {"decision": "accepted", "note": "Well said.", "seen": ""}
    await contributions.decide(2026, row.number, **decided, actor=OPERATOR, now=now)
    await contributions.tell(2026, expected=1, actor=OPERATOR, now=now)

    early, late = [
        (await person.held(author, now=now + timedelta(minutes=minutes)))["decisions"] for minutes in (9, 10)
    ]

    assert early == []
    assert [(one["contribution"], one["decision"], one["decision_note"]) for one in late] == [
        (row.number, "accepted", "Well said.")
    ]


async def test_person_and_their_organisation_erased_at_once_leave_nothing_half(
    database: db.Engine, now: datetime
) -> None:
    desk = await factories.secretariat()

    for n in range(4):
        place = await factories.make_organisation(
            f"Place {n}",
            slug=f"place-{n}",
            contact_name=f"{MARK} {n}",
            contact_email=f"{MARK}{n}@people.example",
        )
        anna = await factories.make_person(f"{MARK} {n}", email=f"{MARK}{n}@people.example")
        await factories.give_role(anna, "representative", organisation=place)
        await factories.give_role(anna, "signatory", organisation=place)
        me = await members.actor_of(anna, via="page")
        await make_resource(place, actor=me, now=now, title=f"Guide {n}")
        seen = (await telling.told(anna)).digest
        seen_there = (await leaving.told(place, now=now)).digest
        found = await asyncio.gather(
            actions.erase_person(anna.id, seen=seen, email=anna.email, actor=me, now=now),
            leaving.erase_organisation(place.slug, seen=seen_there, name=place.name, actor=desk, now=now),
            return_exceptions=True,
        )
        # Whoever comes second has read something else by now, and is told so; read anew, it is done.
        assert [one for one in found if one is not None and not isinstance(one, Conflict)] == []
        if found[0] is not None:
            again = await actions.person_of(anna.id, actor=desk)
            seen = (await telling.told(again)).digest
            await actions.erase_person(anna.id, seen=seen, email=anna.email, actor=desk, now=now)
        if found[1] is not None:
            left = await members.organisation_by_slug(place.slug)
            assert left is not None
            seen_there = (await leaving.told(left, now=now)).digest
            await leaving.erase_organisation(place.slug, seen=seen_there, name=left.name, actor=desk, now=now)

    assert MARK not in (await everything_stored()).lower()
    assert await Role.count().where(Role.ended_at.is_null()) == 1, "the secretariat's own"
    noted = [one.verb for one in await JournalNote.objects()]
    assert (noted.count("person.erased"), noted.count("organisation.erased")) == (4, 4)
