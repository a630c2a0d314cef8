"""Somebody with a marker in everything that the network can know of a person."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from piccolo.table import Table

from summit_service import settings
from summit_service.accounts import actions as accounts
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Login, Person
from summit_service.announcements.tables import Announcement
from summit_service.consortia import actions as consortia
from summit_service.contributions.tables import Contribution, Review, Reviewer
from summit_service.desk.tables import Hold, MorningMail
from summit_service.digests import actions as digests
from summit_service.doors import actions as doors
from summit_service.doors import printing
from summit_service.enquiries.tables import Enquiry, EnquiryNote
from summit_service.events import actions as events
from summit_service.events.tables import EventOverride, EventUpload
from summit_service.feeds.tables import PersonalFeed
from summit_service.following import actions as following
from summit_service.following.tables import FollowedDecision
from summit_service.funding import actions as funding
from summit_service.funding.rules import Interest
from summit_service.idempotency import KeptAnswer
from summit_service.mail.delivery import deliver_due
from summit_service.mail.sinks import Folder
from summit_service.mail.tables import BouncingAddress, MailEvent, OptOut, OutboxMessage, ReceivedMail
from summit_service.members import queries as members
from summit_service.members.tables import Handover, Organisation, Role
from summit_service.officers import actions as officers
from summit_service.officers.rules import Details
from summit_service.registrations import actions as registrations
from summit_service.registrations.tables import Invitation, Letter, Registration
from summit_service.resources import actions as resources
from summit_service.resources.tables import Resource, ResourceComment
from summit_service.sent_files.tables import SentFile
from summit_service.speakers.tables import SpeakerContact
from summit_service.statements import actions as statements
from summit_service.statements.tables import Delegation, Dispute, SigningRequest
from summit_service.summits.actions.replacing import replace_programme
from tests import factories, factories_summits
from tests.factories_contributions import make_call as call_for_contributions
from tests.factories_contributions import propose
from tests.factories_enquiries import make_confirmed
from tests.factories_events import make_event
from tests.factories_funding import make_call as make_funding_call
from tests.factories_registrations import ANNA, make_edition
from tests.factories_resources import make_resource
from tests.factories_statements import (
    give_answer,
    link_to,
    make_draft,
    make_member,
    make_open,
    request_to,
)
from tests.own_data_columns import ERASED, place_of

NAME, EMAIL, MARK = "Émile Markstein", "emile.markstein@people.example", "markstein"
PASSPORT = {
    "nationality": "BV",
    "birth_date": date(1971, 2, 3),
    "arrives_on": date(2026, 9, 2),
    "leaves_on": date(2026, 10, 6),
}


async def keep(table: type[Table], **values: Any) -> Any:
    """A row of theirs, with words that name the column in each of `ERASED` that is not given."""
    for column in table._meta.columns:
        if place_of(column) in ERASED.split():
            values.setdefault(column._meta.name, said(place_of(column)))
    row = table(**values)
    await row.save()
    return row


async def plant(now: datetime) -> tuple[Actor, Actor]:
    """A person with a marker in everything that the network can know of them; their mails are delivered."""
    desk = await factories.secretariat()
    place = await factories.make_organisation(
        "The Place", slug="place", contact_name=NAME, contact_email=EMAIL.title()
    )
    somebody = await factories.make_person(NAME, email=EMAIL, timezone="Pacific/Marquesas")
    for kind in ("representative", "signatory"):
        await factories.give_role(somebody, kind, organisation=place)
    await factories.give_role(somebody, "secretariat")
    me = await members.actor_of(somebody, via="page")
    await _account(me, desk, place, now)
    await _summit(me, desk, now)
    await _work(me, desk, place, now)
    await _statements(me, desk, place, now)
    await _enquiries(now)
    await _mails(now)
    await deliver_due(now, Folder(settings.current().mailbox_dir))
    return me, desk


async def _account(me: Actor, desk: Actor, place: Organisation, now: datetime) -> None:
    await accounts.request_sign_in(EMAIL, next_path="/me", now=now)
    await accounts.create_api_token(said("api_token.name"), actor=me, now=now)
    await accounts.change_own_details(name=NAME, timezone="Pacific/Marquesas", actor=me, now=now)
    await Person.update({Person.language: "mi"}).where(Person.id == me.person_id)
    await keep(Login, person=me.person_id, token_hash="0" * 64, created_at=now, expires_at=now)
    await keep(PersonalFeed, person=me.person_id, token_hash="0" * 64, created_at=now)
    await digests.choose("weekly", hour="8", actor=me, now=now)
    await keep(MorningMail, person=me.person_id, told_until=now)
    await Hold(key="0" * 20, person=me.person_id, taken_at=now).save()
    term = Details(office="Chair", name=NAME, starts_on="2026-01-01", person=EMAIL)
    await officers.name(term, actor=desk, now=now)
    other = await factories.make_person("Olga Other")
    handed = {"organisation": place.id, "created_at": now}
    sue = {"successor_name": "Sue Next", "successor_email": "sue@people.example"}
    await keep(Handover, leaver=me.person_id, leaver_name=NAME, **sue, **handed)
    to_me = {"successor_name": NAME, "successor_email": EMAIL, "decided_at": now}
    await keep(Handover, leaver=other.id, leaver_name=other.name, **to_me, **handed)
    confirmed: dict[str, Any] = {"confirmed_by": me.person_id, "confirmed_name": NAME, "confirmed_at": now}
    await keep(Role, person=other.id, organisation=place.id, kind="alternate", created_at=now, **confirmed)
    body = json.dumps({"contact": f"{NAME}, {EMAIL}"}, ensure_ascii=False)
    await KeptAnswer(key_hash="0", request_hash="0", status=201, body=body, created_at=now).save()


async def _summit(me: Actor, desk: Actor, now: datetime) -> None:
    edition = await make_edition(in_person=9)
    sessions = [factories_summits.session("Listening", speakers=[NAME])]
    people = [{"name": NAME, "affiliation": f"{MARK} house"}]
    programme = factories_summits.programme(*sessions, speakers=people)
    await replace_programme(2026, programme, actor=me, now=now)
    await registrations.release_programme(2026, note="", actor=me, now=now)
    given = replace(
        ANNA, name=NAME, organisation=said("registration.organisation"), timezone="Pacific/Marquesas"
    )
    given = replace(
        given, dietary=said("registration.dietary"), access_needs=said("registration.access_needs")
    )
    await registrations.register(given, year=2026, email=EMAIL, attendance="in_person", now=now)
    row = await registered()
    await row.update_self({Registration.answers: json.dumps({"why": said("registration.answers")})})
    of_mine = {"registration": row.id, "edition": edition.id, "asked_at": now, **PASSPORT}
    await keep(Letter, state="refused", passport_number="MARKSTEIN1", decided_by_name=NAME, **of_mine)
    await registrations.invite(
        2026, name=NAME, email="next@people.example", attendance="online", actor=me, now=now
    )
    await Invitation.update({Invitation.email: EMAIL, Invitation.email_key: EMAIL}, force=True)
    await registrations.name_arranger(2026, EMAIL, actor=me, now=now)
    await doors.make_door(2026, "Main entrance", actor=me, now=now)
    await printing.print_new(2026, actor=me, now=now)
    by_me = {"edition": edition.id, "email": EMAIL, "email_key": EMAIL, "created_at": now, "name": NAME}
    await keep(SpeakerContact, thanked_by_name=NAME, **by_me)
    await call_for_contributions(now=now)
    told = {
        "number": 7,
        "kind": "Talk",
        "updated_at": now,
        "decision": "declined",
        "told_at": now - timedelta(days=1),
    }
    await keep(Contribution, **by_me, **told)
    other = await propose("Another", now=now, name="Olga Other", email="olga@other.example")
    await keep(Review, contribution=other.id, person=me.person_id, created_at=now, updated_at=now)
    await Reviewer(edition=edition.id, person=me.person_id, created_at=now).save()


async def registered() -> Registration:
    row = await Registration.objects().get(Registration.email_key == EMAIL)
    assert row is not None
    return row


async def _work(me: Actor, desk: Actor, place: Organisation, now: datetime) -> None:
    event = await make_event(place, actor=me, now=now)
    await events.cancel_event(event.slug, reason="Nobody can come.", actor=me, now=now)
    await keep(EventUpload, person=me.person_id, organisation=place.id, created_at=now)
    moved = {"event": event.id, "day": now.date(), "is_cancelled": True}
    await keep(EventOverride, person=me.person_id, changed_at=now, **moved)
    followed = await following.follow("place", "https://a.example/b.ics", takes_new=False, actor=me, now=now)
    left = {"calendar": followed.id, "key": "1@a.example", "mark": "gone"}
    await keep(FollowedDecision, person=me.person_id, decided_at=now, **left)
    await keep(SentFile, person=me.person_id, created_at=now)
    shared = await make_resource(place, actor=me, now=now)
    of_mine = {"resource": (await Resource.objects())[0].id, "person": me.person_id}
    await keep(ResourceComment, **of_mine, created_at=now, changed_at=now, hidden_at=now)
    await resources.comment(shared.slug, f"{MARK} says yes.", actor=me, now=now)
    hall = await make_member("Hall", slug="hall")
    theirs = await make_resource(
        hall, "Another guide", actor=await factories.representative_of(hall), now=now
    )
    await resources.use(theirs.slug, "On two wards.", organisation="place", actor=me, now=now)
    call = await make_funding_call(place, actor=me, now=now)
    contact = f"{NAME}, {EMAIL}, {said('funding_interest.contact')}"
    interest = Interest(role="leads", brings="Two wards.", contact=contact)
    await funding.join_in(call.slug, interest, organisation="place", actor=me, now=now)
    together = await consortia.begin(call.slug, "Together", organisation="place", actor=me, now=now)
    await consortia.write(together, "A plan.", known=0, actor=me, now=now)
    told = {
        "subject": "News",
        "body": "All is well.",
        "audience": "members",
        "created_at": now,
        "changed_at": now,
    }
    by_me = {"written_by": me.person_id, "sent_by": me.person_id, "sent_at": now}
    await keep(Announcement, **told, **by_me, sent_by_name=NAME, stopped_by_name=NAME)


async def _statements(me: Actor, desk: Actor, place: Organisation, now: datetime) -> None:
    draft = await make_draft(me, now=now, title="A draft")
    await statements.start_consultation(
        draft.slug, closes_at="2026-03-22T18:00", timezone="Etc/UTC", actor=desk, now=now
    )
    form = statements.CommentForm(language="en", version=1, paragraph=1, body=f"{MARK} disagrees.")
    form = replace(form, quoted="plan time", wording=f"{MARK} time")
    comment = await statements.comment(draft.slug, form, organisation="place", actor=me, now=now)
    await statements.dispose(draft.slug, comment.id, kind="not_accepted", reason="No.", actor=me, now=now)
    signed = await make_open(desk, now=now, title="Signed")
    answer = await give_answer(await link_to(signed, place, now=now), now=now, name=NAME)
    await statements.close(signed.slug, actor=desk, now=now, note="All is said.")
    await statements.publish(signed.slug, actor=desk, now=now)
    by_me = {"response": answer.id, "raised_by": "contact", "raised_at": now, "settled_at": now}
    await keep(Dispute, **by_me, name=NAME, email=EMAIL, outcome="rejected", settled_by=me.person_id)
    opened = await make_open(desk, now=now, title="Open")
    request = await request_to(opened, place)
    words: dict[Any, Any] = {SigningRequest.wrong_person_words: said("signing_request.wrong_person_words")}
    await SigningRequest.update(words).where(SigningRequest.id == request.id)
    by_me = {"request": request.id, "proposed_by": me.person_id, "proposed_at": now}
    await keep(
        Delegation, **by_me, name=NAME, email=EMAIL, settled_by=NAME, settled_at=now, outcome="refused"
    )


async def _enquiries(now: datetime) -> None:
    asked = await make_confirmed(now=now, contact_name=NAME, email=EMAIL)
    told = {"contact_name", "email", "email_key"}
    typed: dict[Any, Any] = {
        column: said(place_of(column))
        for column in Enquiry._meta.columns
        if place_of(column) in ERASED.split() and column._meta.name not in told
    }
    await Enquiry.update(typed).where(Enquiry.id == asked.id)
    await keep(EnquiryNote, enquiry=asked.id, kind="answer", created_at=now)


async def _mails(now: datetime) -> None:
    """What servers said, what came in, and mails to others that name them, one of them stopped."""
    about = {"kind": "role_added", "about": "x", "language": "en", "created_at": now, "due_at": now}
    settled = {"message_id": "<1@x>", "settled_at": now}
    mine = await keep(
        OutboxMessage,
        dedupe_key=f"added:{EMAIL}:1",
        stop_reason=f"Stopped by {NAME}.",
        **about,
        **settled,
        state="failed",
        recipient_name=NAME,
        recipient_email=EMAIL,
        context="{}",
    )
    await keep(MailEvent, message=mine.id, at=now, kind="attempt", who=NAME)
    await keep(OptOut, key=f"news {EMAIL}", email_key=EMAIL, stream="news", created_at=now)
    await keep(BouncingAddress, email_key=EMAIL, since=now, message=0)
    await keep(
        ReceivedMail, digest="0", kind="unknown", received_at=now, sender=f"{NAME} <{EMAIL}>", seen_by=NAME
    )
    named = {
        "context": json.dumps({"by": NAME, "at": EMAIL}, ensure_ascii=False),
        "calendar": f"ORGANIZER;CN={NAME}:mailto:{EMAIL}",
    }
    other = {
        "recipient_email": "olga@other.example",
        "recipient_name": "Olga Other",
        "dedupe_key": f"x:{EMAIL}:1",
    }
    words = f"The announcement was stopped by {NAME}."
    said_here = {"stop_reason": words, "server_reply": words, "returned_words": f"550 {EMAIL} unknown"}
    await keep(OutboxMessage, **about, **settled, **named, **other, **said_here, state="stopped")


def said(place: str) -> str:
    """What stands in a column and nowhere else."""
    return f"{MARK} in {place}"


async def files(mark: str) -> set[str]:
    """Files on the disk in which the word is to be read, mails above all; the database is looked into by rows."""
    found = [path for path in settings.current().var_dir.rglob("*") if path.is_file()]
    plain = [path for path in found if "sqlite" not in path.name]
    return {path.name for path in plain if mark in path.read_bytes().decode("latin-1").lower()}
