"""Everything about a person can be copied and erased, and what stays is what was said beforehand."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service import db, links, settings
from summit_service.accounts import actions as accounts
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.accounts.tables import Person
from summit_service.contributions import actions as contributions
from summit_service.desk.tables import Hold, MorningMail
from summit_service.digests import actions as digests
from summit_service.enquiries import queries as enquiries
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.feeds import actions as feeds
from summit_service.funding import actions as funding
from summit_service.funding.rules import Interest
from summit_service.handovers import ask
from summit_service.journal import actions as sealing
from summit_service.journal import queries as deeds
from summit_service.journal.tables import JournalNote
from summit_service.mail import streams
from summit_service.mail.delivery import deliver_due
from summit_service.mail.sinks import Folder
from summit_service.members import queries as members
from summit_service.members.tables import Organisation, Role
from summit_service.officers import actions as officers
from summit_service.officers.rules import Details
from summit_service.own_data import actions, leaving, person, telling
from summit_service.registrations import actions as registrations
from summit_service.registrations.queries import LINK as REGISTRATION
from summit_service.registrations.tables import Registration
from summit_service.resources import actions as resources
from summit_service.speakers import actions as speakers
from summit_service.statements import actions as statements
from summit_service.statements import invitations, letters, waiting
from summit_service.statements.tables import Statement
from tests import factories
from tests.factories_contributions import make_call as call_for_contributions
from tests.factories_contributions import propose
from tests.factories_enquiries import everything_stored, make_confirmed
from tests.factories_funding import make_call as make_funding_call
from tests.factories_registrations import ANNA, make_edition
from tests.factories_resources import make_resource
from tests.factories_statements import dump_tables, give_answer, link_to, make_draft, make_open

NAME, EMAIL, MARK = "Émile Markstein", "emile.markstein@people.example", "markstein"
STAYS = {"ledger_entry", "response", "statement_comment"}
"""Tables whose rows are never changed: what was signed and said for a statement, as is told beforehand."""


async def plant(now: datetime) -> tuple[Actor, Actor]:
    """A person with a marker in everything that the network can know of them; their mails are delivered."""
    desk = await factories.secretariat()
    place = await factories.make_organisation(
        "The Place", slug="place", contact_name=NAME, contact_email=EMAIL.title()
    )
    somebody = await factories.make_person(NAME, email=EMAIL, timezone="Pacific/Marquesas")
    for kind in ("representative", "signatory"):
        await factories.give_role(somebody, kind, organisation=place)
    me = await members.actor_of(somebody, via="page")
    await _account(me, desk, now)
    await _summit(desk, now)
    await _work(me, desk, place, now)
    await _statements(me, desk, place, now)
    await deliver_due(now, Folder(settings.current().mailbox_dir))
    return me, desk


async def _account(me: Actor, desk: Actor, now: datetime) -> None:
    await accounts.request_sign_in(EMAIL, next_path="/me", now=now)
    await accounts.create_api_token(f"of {MARK}", actor=me, now=now)
    await accounts.change_own_details(name=NAME, timezone="Pacific/Marquesas", actor=me, now=now)
    await feeds.make_feed(f"of {MARK}", actor=me, now=now)
    await digests.choose("weekly", hour="8", actor=me, now=now)
    await MorningMail(person=me.person_id, told_until=now).save()
    await Hold(key="0" * 20, person=me.person_id, taken_at=now).save()
    term = Details(office="Chair", name=NAME, starts_on="2026-01-01", person=EMAIL)
    await officers.name(term, actor=desk, now=now)
    await ask("place", name="Sue Next", email="sue@people.example", actor=me, now=now)


async def _summit(desk: Actor, now: datetime) -> None:
    await make_edition(in_person=2)
    given = replace(ANNA, name=NAME, organisation=f"{MARK} house", dietary=f"{MARK} nuts")
    await registrations.register(given, year=2026, email=EMAIL, attendance="in_person", now=now)
    await call_for_contributions(now=now)
    await propose(now=now, name=NAME, email=EMAIL, abstract=f"By {MARK}.")
    await make_confirmed(now=now, contact_name=NAME, email=EMAIL, how=f"{MARK} listens.")
    await speakers.put_addresses(2026, f"{NAME}; {EMAIL}", actor=desk, now=now)


async def _work(me: Actor, desk: Actor, place: Organisation, now: datetime) -> None:
    shared = await make_resource(place, actor=me, now=now)
    await resources.comment(shared.slug, f"{MARK} says yes.", actor=me, now=now)
    call = await make_funding_call(place, actor=desk, now=now)
    interest = Interest(role="leads", brings="Two wards.", contact=f"{NAME}, {EMAIL}")
    await funding.join_in(call.slug, interest, organisation="place", actor=me, now=now)


async def _statements(me: Actor, desk: Actor, place: Organisation, now: datetime) -> None:
    draft = await make_draft(desk, now=now, title="A draft")
    await statements.start_consultation(
        draft.slug, closes_at="2026-03-22T18:00", timezone="Etc/UTC", actor=desk, now=now
    )
    form = statements.CommentForm(language="en", version=1, paragraph=1, body=f"{MARK} disagrees.")
    await statements.comment(draft.slug, form, organisation="place", actor=me, now=now)
    signed = await make_open(desk, now=now, title="Signed")
    await give_answer(await link_to(signed, place, now=now), now=now, name=NAME)
    await make_open(desk, now=now, title="Open")


async def where_found() -> set[str]:
    """Tables and files in which the marker is still to be read."""
    tables = {name for name, rows in (await dump_tables()).items() if MARK in str(rows).lower()}
    files = [path for path in settings.current().var_dir.rglob("*") if path.is_file()]
    marked = [path for path in files if path.suffix == ".eml" and MARK in path.read_text("latin-1").lower()]
    return tables | {path.name for path in marked}


async def test_all_of_a_person_goes_but_what_was_said_to_stay(
    database: db.Engine, now: datetime, capfd: pytest.CaptureFixture[str]
) -> None:
    me, desk = await plant(now)
    mine = await Person.objects().get(Person.id == me.person_id)
    assert mine is not None
    await sealing.seal(now)
    copy = json.dumps(await person.held(mine, now=now))
    planted = await where_found()
    told = await telling.told(mine)
    registered = await Registration.objects().get(Registration.email_key == EMAIL)
    assert registered is not None
    way_in = await links.issue(REGISTRATION, subject=str(registered.id), now=now)

    with pytest.raises(Invalid):
        await actions.erase_person(mine.id, seen=told.digest, email="x@y.example", actor=me, now=now)
    with pytest.raises(Conflict):
        await actions.erase_person(mine.id, seen="old", email=EMAIL, actor=me, now=now)
    assert await where_found() == planted
    await actions.erase_person(mine.id, seen=told.digest, email=EMAIL.upper(), actor=me, now=now)
    await deliver_due(now + timedelta(hours=1), Folder(settings.current().mailbox_dir))

    assert planted >= STAYS | {
        "person", "organisation", "officer", "handover", "registration", "contribution", "enquiry",
        "speaker_contact", "resource_comment", "funding_interest", "outbox_message", "journal_words",
        "api_token", "personal_feed", "signing_request", "response_private", "1.eml",
    }  # fmt: skip
    for word in (f"{MARK} nuts", f"{MARK} says yes", f"{MARK} disagrees", f"By {MARK}", f"{MARK} listens"):
        assert word in copy
    assert await where_found() == STAYS
    assert "Your answer to “Signed”" in str(told.stays)
    assert "Your comments on the draft of “A draft”" in str(told.stays)
    assert [one.url for one in told.first] == ["/organisations/place/handover"]
    assert MARK not in "".join(capfd.readouterr()).lower()
    verified = await deeds.verified(now=now + timedelta(minutes=1))
    assert verified.faults == []
    assert await links.find_live(REGISTRATION, way_in, now=now) is None
    await _check_ended(mine.id, desk, now)


async def _check_ended(person_id: int, desk: Actor, now: datetime) -> None:
    live = links.Link.ended_at.is_null() & links.Link.purpose.is_in(
        [letters.PURPOSE, "sign_in", enquiries.LINK, "contribution", REGISTRATION]
    )
    left = [row.subject for row in await links.Link.objects().where(live)]
    assert left == []
    assert await members.memberships_of(person_id) == []
    waits = str(await waiting.for_secretariat(now))
    assert "Whoever was asked to answer “Open” for The Place has had their data erased." in waits
    assert "somebody else answers" not in waits
    (statement,) = await Statement.objects().where(Statement.slug == "open")
    plan = await invitations.reminder_plan(statement, now=now + timedelta(days=3))
    assert plan.due == ()
    assert plan.skipped == (("The Place", "has nobody who is asked: the data of whoever was are erased"),)
    with pytest.raises(NotFound):
        await actions.person_of(person_id, actor=desk)


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
