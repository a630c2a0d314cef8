"""An organisation's own data: each column that is its has its place, and what is said to go is found nowhere."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from piccolo.columns import Date, Text, Varchar
from piccolo.table import Table

from summit_service import db, settings
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.consortia.tables import Consortium, ConsortiumChange, ConsortiumMember, ConsortiumOutline
from summit_service.enquiries.tables import Enquiry, EnquiryNote
from summit_service.events import actions as events
from summit_service.events.tables import Event, EventChange, EventOverride, EventSource, EventUpload
from summit_service.following.tables import FollowedCalendar, FollowedDecision, FollowedEvent
from summit_service.funding.tables import FundingCall, FundingInterest
from summit_service.idempotency import KeptAnswer
from summit_service.journal import actions as sealing
from summit_service.journal import queries as deeds
from summit_service.mail.delivery import deliver_due
from summit_service.mail.sinks import Folder
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation, OrganisationLogo
from summit_service.own_data import leaving, organisation
from summit_service.piccolo_app import APP_CONFIG
from summit_service.resources.tables import LinkCheck, Resource, ResourceChange, ResourceFile, ResourceUse
from summit_service.statements import actions as statements
from tests import factories
from tests.factories_events import make_event
from tests.factories_statements import dump_tables, give_answer, link_to, make_draft, make_open
from tests.own_data_columns import columns, place_of

MARK = "markhaus"
NAME = "Markhaus für Zuhören"
ERASED = """
consortium_change.text consortium_member.reason consortium_member.words enquiry.city enquiry.contact_name enquiry.email
enquiry.email_key enquiry.evidence enquiry.how enquiry.name enquiry.reason enquiry.website enquiry_note.sender
enquiry_note.text event_upload.body event_upload.name followed_calendar.body followed_calendar.detail
followed_calendar.etag followed_calendar.host followed_calendar.last_modified followed_calendar.result
followed_calendar.sealed followed_decision.key followed_event.key funding_interest.brings funding_interest.contact
organisation.city organisation.contact_email organisation.contact_name organisation.parent organisation.summary
organisation.website organisation_logo.alt organisation_logo.body resource.reason resource.search resource.summary
resource.title resource.title_key resource.topics resource.url resource_change.before resource_change.note
resource_file.body resource_file.name resource_link_check.fault resource_link_check.url resource_use.words
"""
"""Each has a marker planted, and none after the organisation is erased."""
ZONE = "Pacific/Marquesas"
"""Erased, too, but a marker does not fit into `organisation.timezone`: this stands for it."""
STAYS = """
consortium.public_line consortium.title consortium_outline.canonical consortium_outline.markdown
consortium_outline.note eligible_member.name event.description event.location event.online_url event.search
event.summary event.url event.vevent event_cancellation.reason event_change.after event_change.before event_change.note
event_override.description event_override.location event_override.reason event_override.summary event_source.taken
funding_call.funder funding_call.reason funding_call.search funding_call.summary funding_call.title funding_call.url
organisation.name organisation.name_key response.organisation_name signing_request.organisation_name
statement_comment.body statement_comment.organisation_name statement_comment.wording
"""
"""Each has a marker that stays, as `own_data.leaving` says beforehand: others rest on it."""
IN_MAILS = """
kept_answer.body outbox_message.recipient_email outbox_message.recipient_name outbox_message.server_reply
"""
"""Of our mails about it and to an office of its, and of the API: erased, too."""
NAMED = """
event.slug journal_note.object journal_words.private ledger_entry.content outbox_message.calendar
outbox_message.context
"""
"""Where its events and its name stay in everybody's columns, because all of what stays names it."""
NOT_COPIED = """
consortium_outline.canonical event_source.taken event_upload.body followed_calendar.body followed_calendar.detail
followed_calendar.etag followed_calendar.last_modified followed_calendar.sealed followed_event.key funding_call.search
resource.search resource.title_key resource_file.body
"""
"""What other columns say as well, files that are at their addresses, and what we noted to fetch a calendar again."""
OF_PEOPLE = """
handover.leaver_name handover.successor_email handover.successor_name officer.name resource_comment.body
resource_comment.hidden_reason response.signatory_name role.confirmed_name signature_dispute.email
signature_dispute.name signature_dispute.note signature_dispute.reason signing_delegation.email signing_delegation.name
signing_delegation.settled_by signing_request.person_name signing_request.wrong_person_words
statement_comment.person_name
"""
"""Its people's and others': each erases what is theirs (test_own_data_markers.py)."""
OURS = """
comment_disposition.kind comment_disposition.reason consortium.currency consortium.state consortium_change.kind
consortium_member.state eligible_member.country enquiry.body enquiry.country enquiry.decision enquiry.kind
enquiry_note.kind event.categories event.ends_at event.excluded event.hosts event.language event.mode event.recurrence
event.repeated_hour event.starts_at event.state event.status event.timezone event.uid event.visibility
event_change.kind event_override.day event_override.ends_at event_override.starts_at followed_calendar.address_hash
followed_decision.mark form_nonce.choice form_nonce.nonce_hash form_nonce.text_set_sha256 funding_call.countries
funding_call.currency funding_call.deadline_at funding_call.slug funding_call.state funding_call.timezone
funding_interest.role handover.outcome officer.ends_on officer.office officer.starts_on organisation.country
organisation.kind organisation.slug organisation.standing organisation_logo.digest organisation_logo.media_type
resource.kind resource.language resource.licence resource.slug resource.state resource.visibility resource_change.kind
resource_file.digest resource_file.media_type response.attestation_sha256 response.capacity response.commitment
response.entry_sha256 response.kind response.method response.nonce_hash response.record_id response.text_set_sha256
role.confirmed_as role.confirmed_via role.kind signature_dispute.outcome signature_dispute.raised_by
signing_delegation.outcome statement_comment.quoted statement_comment.via
"""
"""States, days, digests, addresses of pages; what the secretariat answered, and the words of a draft."""


def test_every_column_of_an_organisation_is_erased_or_stays_as_told_or_has_its_reason() -> None:
    kinds = f"{ERASED} organisation.timezone event.slug {STAYS} {OF_PEOPLE} {OURS}".split()
    theirs = [
        place_of(column)
        for column in columns()
        if isinstance(column, Varchar | Text | Date) and leads_there(column._meta.table)
    ]

    assert sorted(kinds) == sorted(theirs), "a new column: plant a marker in it, or say why not"


def leads_there(table: type[Table]) -> bool:
    """Whether a row belongs to an organisation, or to something that does."""
    if table is Organisation:
        return True
    return any(
        leads_there(column._foreign_key_meta.resolved_references)
        for column in table._meta.foreign_key_columns
        if column._foreign_key_meta.resolved_references is not table
    )


def said(place: str) -> str:
    """What stands in a column and nowhere else."""
    return f"{MARK} in {place}"


async def keep(table: type[Table], **values: Any) -> Any:
    """A row of theirs, with words that name the column in each that has a marker and is not given."""
    for column in table._meta.columns:
        if place_of(column) in f"{ERASED} {STAYS} {IN_MAILS}".split():
            values.setdefault(column._meta.name, said(place_of(column)))
    row = table(**values)
    await row.save()
    return row


async def plant(now: datetime) -> Organisation:
    """An organisation with a marker in all that is held about it; its mails are delivered."""
    place: Organisation = await keep(
        Organisation, slug="haus", timezone=ZONE, name=NAME, name_key=NAME.casefold(), kind="centre", country="DE",
        created_at=now, updated_at=now,
    )  # fmt: skip
    await factories.make_organisation("Hall", slug="hall", standing="associate")
    me = await factories.representative_of(place, name="Rita", email="rita@people.example")
    person = await Person.objects().get(Person.id == me.person_id)
    assert person is not None
    await factories.give_role(person, "signatory", organisation=place)
    await _shown(place, now)
    event = await _events(place, me, now)
    await _followed(place, event, now)
    await _shared(place, now)
    await _applied(place, event, now)
    await _asked(place, me, now)
    await deliver_due(now, Folder(settings.current().mailbox_dir))
    return place


async def _shown(place: Organisation, now: datetime) -> None:
    picture = {"digest": "0", "media_type": "image/png", "width": 20, "height": 20}
    await keep(OrganisationLogo, organisation=place.id, created_at=now, **picture)
    asked = {"kind": "centre", "country": "DE", "body": "academic", "decision": "member"}
    enquiry = await keep(
        Enquiry, organisation=place.id, created_at=now, active_at=now, decided_at=now, **asked
    )
    await keep(EnquiryNote, enquiry=enquiry.id, kind="note", created_at=now)


async def _events(place: Organisation, me: Actor, now: datetime) -> Event:
    words = ("summary", "description", "location")
    told = {name: said(f"event.{name}") for name in words}
    links = {"online_url": f"https://{MARK}.example/a", "url": f"https://{MARK}.example/b"}
    view = await make_event(place, actor=me, now=now, mode="hybrid", **told, **links)
    await events.cancel_event(view.slug, reason=said("event_cancellation.reason"), actor=me, now=now)
    event = await Event.objects().get(Event.slug == view.slug)
    assert event is not None
    await keep(EventChange, event=event.id, kind="changed", created_at=now)
    await keep(EventOverride, event=event.id, day=now.date(), changed_at=now)
    await keep(EventSource, event=event.id, taken_at=now)
    await keep(EventUpload, person=me.person_id, organisation=place.id, created_at=now)
    return event


async def _followed(place: Organisation, event: Event, now: datetime) -> None:
    calendar = await keep(
        FollowedCalendar, organisation=place.id, address_hash="0", added_at=now, next_at=now
    )
    await keep(FollowedEvent, calendar=calendar.id, event=event.id)
    await keep(FollowedDecision, calendar=calendar.id, mark="0", decided_at=now)


async def _shared(place: Organisation, now: datetime) -> None:
    row = await keep(
        Resource, organisation=place.id, slug="guide", kind="guide", licence="cc-by", created_at=now,
        changed_at=now, published_at=now,
    )  # fmt: skip
    await keep(ResourceChange, resource=row.id, kind="changed", created_at=now)
    await keep(ResourceFile, resource=row.id, media_type="image/png", size=9, digest="0", created_at=now)
    await keep(LinkCheck, resource=row.id, next_at=now)
    await keep(ResourceUse, resource=row.id, organisation=place.id, created_at=now, changed_at=now)


async def _applied(place: Organisation, event: Event, now: datetime) -> None:
    """For a call whose deadline is over, with somebody else, and out again."""
    deadline = {
        "deadline_at": "2026-02-01",
        "timezone": "Etc/UTC",
        "deadline_instant": now - timedelta(days=20),
    }
    call = await keep(
        FundingCall,
        organisation=place.id,
        slug="call",
        event=event.id,
        created_at=now,
        changed_at=now,
        **deadline,
    )
    await keep(
        FundingInterest, call=call.id, organisation=place.id, role="leads", created_at=now, changed_at=now
    )
    hall = await Organisation.objects().get(Organisation.slug == "hall")
    assert hall is not None
    one = await keep(
        Consortium, call=call.id, lead=place.id, state="not_funded", created_at=now, changed_at=now
    )
    for other, state in ((place, "in"), (hall, "in")):
        words = {} if other is place else {"words": "", "reason": ""}
        await keep(
            ConsortiumMember, consortium=one.id, organisation=other.id, state=state, invited_at=now, **words
        )
    await keep(ConsortiumChange, consortium=one.id, kind="left", organisation=place.id, at=now)
    await keep(ConsortiumOutline, consortium=one.id, n=1, created_at=now)


async def _asked(place: Organisation, me: Actor, now: datetime) -> None:
    """A comment on a draft, an answer to a statement; mails, and an answer of the API."""
    desk = await factories.secretariat()
    draft = await make_draft(desk, now=now, title="A draft")
    await statements.start_consultation(
        draft.slug, closes_at="2026-03-22T18:00", timezone="Etc/UTC", actor=desk, now=now
    )
    typed = {"body": said("statement_comment.body"), "wording": said("statement_comment.wording")}
    form = statements.CommentForm(language="en", version=1, paragraph=1, **typed)
    await statements.comment(draft.slug, form, organisation="haus", actor=me, now=now)
    signed = await make_open(desk, now=now, title="Signed")
    await give_answer(await link_to(signed, place, now=now), now=now)
    about = {"kind": "x", "about": f"organisation:{place.id}", "message_id": "<1@x>", "settled_at": now}
    await keep(OutboxMessage, created_at=now, due_at=now, state="accepted", dedupe_key="x", **about)
    body = json.dumps({"name": NAME}, ensure_ascii=False)
    await keep(KeptAnswer, key_hash="0", request_hash="0", status=201, body=body, created_at=now)


async def marked() -> set[str]:
    """The columns in which the marker is to be read."""
    found = set()
    for table in APP_CONFIG.table_classes:
        for row in await table.select():
            found |= {
                f"{table._meta.tablename}.{name}" for name, value in row.items() if MARK in str(value).lower()
            }
    return found


async def test_all_of_an_organisation_goes_but_what_was_said_to_stay(
    database: db.Engine, now: datetime
) -> None:
    place = await plant(now)
    await sealing.seal(now)
    copied = await organisation.held(place, now=now)
    planted, before = await marked(), await dump_tables()
    told = await leaving.told(place, now=now)
    copy = json.dumps(copied, ensure_ascii=False)
    told_in = f"{ERASED} {STAYS}".split()
    not_copied = {place for place in told_in if said(place) in str(before) and said(place) not in copy}
    desk = await factories.secretariat(email="sue@desk.example")

    await leaving.erase_organisation("haus", seen=told.digest, name=NAME, actor=desk, now=now)

    assert planted == {*told_in, *IN_MAILS.split(), *NAMED.split()}
    assert [kind for kind, rows in copied.items() if not rows] == ["hand_overs"]
    assert not_copied == set(NOT_COPIED.split())
    assert await marked() == {*STAYS.split(), *NAMED.split()}
    assert (await Organisation.objects().where(Organisation.slug == "haus"))[0].timezone == ""
    assert (await deeds.verified(now=now + timedelta(minutes=1))).faults == []
    for what in (
        "Its answer of",
        "Its comments on drafts",
        "past calls for funding",
        "applied for funding with others",
    ):
        assert what in str(told.stays)
