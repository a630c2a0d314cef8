"""What is held about one person's work in the network: summits, enquiries, events, best practice, funding."""

from __future__ import annotations

from datetime import datetime

from summit_service.accounts.tables import Person
from summit_service.announcements.tables import Announcement
from summit_service.consortia.tables import ConsortiumChange, ConsortiumMember, ConsortiumOutline
from summit_service.contributions.rules import TIME_TO_STOP
from summit_service.contributions.tables import Contribution, Review, Reviewer
from summit_service.doors import queries as doors
from summit_service.enquiries.tables import Enquiry, EnquiryNote
from summit_service.events.tables import Cancellation, Event, EventChange, EventOverride, EventUpload
from summit_service.following.tables import FollowedCalendar, FollowedDecision
from summit_service.funding.tables import FundingCall, FundingInterest
from summit_service.own_data.rows import Row, rows
from summit_service.registrations import queries as registrations
from summit_service.registrations.own_data import own_data
from summit_service.registrations.tables import Arranger, Invitation, Registration
from summit_service.resources.tables import Resource, ResourceChange, ResourceComment, ResourceUse
from summit_service.sent_files.tables import SentFile
from summit_service.speakers.tables import SpeakerContact
from summit_service.statements.tables import TextVersion
from summit_service.summits.tables import Release


async def held(person: Person, key: str, *, now: datetime) -> dict[str, list[Row]]:
    """A list for each kind."""
    return {
        "registrations": await _registrations(key, now=now),
        **await _summits(person.id, key, now=now),
        **await _enquiries(person.id, key),
        **await _events(person.id),
        **await _shared(person.id),
        **await _desk(person.id),
    }


async def _registrations(key: str, *, now: datetime) -> list[Row]:
    found = []
    for row in await rows(Registration, Registration.email_key == key, Registration.id):
        standing = await registrations.standing(row["id"], now=now)
        seen = (await doors.entries_of([row["id"]]))[row["id"]]
        arrivals = [{"at": entry.at.isoformat(), "door": entry.door} for entry in seen]
        found.append({**await own_data(standing), "arrivals": arrivals})
    return found


async def _summits(person_id: int, key: str, *, now: datetime) -> dict[str, list[Row]]:
    sent, contact = Contribution, SpeakerContact
    return {
        "invitations": await rows(
            Invitation,
            Invitation.email_key == key,
            Invitation.edition.year.as_alias("summit"),
            Invitation.name,
            Invitation.email,
            Invitation.attendance,
            Invitation.created_at,
            Invitation.ended_at,
            Invitation.ended_reason,
        ),
        "contributions": await rows(
            sent,
            sent.email_key == key,
            sent.edition.year.as_alias("summit"),
            sent.number,
            sent.title,
            sent.kind,
            sent.theme,
            sent.abstract,
            sent.name,
            sent.email,
            sent.affiliation,
            sent.co_authors,
            sent.created_at,
            sent.withdrawn_at,
        ),
        "decisions": await rows(
            sent,
            (sent.email_key == key) & (sent.told_at <= now - TIME_TO_STOP),
            sent.edition.year.as_alias("summit"),
            sent.number.as_alias("contribution"),
            sent.decision,
            sent.decision_note,
            sent.told_at,
        ),
        "reviews": await rows(
            Review,
            Review.person == person_id,
            Review.contribution.number.as_alias("contribution"),
            Review.score,
            Review.comment,
            Review.has_conflict,
            Review.created_at,
        ),
        "asked_to_review": await rows(
            Reviewer,
            Reviewer.person == person_id,
            Reviewer.edition.year.as_alias("summit"),
            Reviewer.created_at,
            Reviewer.ended_at,
        ),
        "arranges": await rows(
            Arranger, Arranger.person == person_id, Arranger.edition.year.as_alias("summit")
        ),
        "speaker_at": await rows(
            contact,
            contact.email_key == key,
            contact.edition.year.as_alias("summit"),
            contact.name,
            contact.email,
            contact.note,
            contact.told_at,
        ),
    }


async def _enquiries(person_id: int, key: str) -> dict[str, list[Row]]:
    asked, note = Enquiry, EnquiryNote
    return {
        "enquiries": await rows(
            asked,
            asked.email_key == key,
            asked.name,
            asked.kind,
            asked.country,
            asked.city,
            asked.website,
            asked.contact_name,
            asked.email,
            asked.works_on_empathy,
            asked.how,
            asked.body,
            asked.evidence,
            asked.created_at,
            asked.decision,
            asked.reason,
            asked.decided_at,
        ),
        "enquiry_talk": await rows(
            note,
            (note.enquiry.email_key == key) | (note.author == person_id),
            note.enquiry,
            note.kind,
            note.text,
            note.sender,
            note.created_at,
        ),
    }


async def _events(person_id: int) -> dict[str, list[Row]]:
    change, upload, followed, sent = EventChange, EventUpload, FollowedCalendar, SentFile
    return {
        "events_posted": await rows(
            Event, Event.created_by == person_id, Event.slug, Event.summary, Event.created_at
        ),
        "event_changes": await rows(
            change,
            change.person == person_id,
            change.event.slug.as_alias("event"),
            change.kind,
            change.note,
            change.created_at,
        ),
        "event_cancellations": await rows(
            Cancellation,
            Cancellation.person == person_id,
            Cancellation.event.slug.as_alias("event"),
            Cancellation.reason,
        ),
        "event_dates_changed": await rows(
            EventOverride,
            EventOverride.person == person_id,
            EventOverride.event.slug.as_alias("event"),
            EventOverride.day,
            EventOverride.reason,
            EventOverride.changed_at,
        ),
        "calendar_files": await rows(upload, upload.person == person_id, upload.name, upload.created_at),
        "sent_files": await rows(sent, sent.person == person_id, sent.about, sent.name, sent.created_at),
        "calendars_followed": await rows(
            followed, followed.person == person_id, followed.host, followed.added_at, followed.ended_at
        ),
        "calendar_entries_left_alone": await rows(
            FollowedDecision,
            FollowedDecision.person == person_id,
            FollowedDecision.calendar.host.as_alias("calendar"),
            FollowedDecision.key,
            FollowedDecision.decided_at,
        ),
    }


async def _shared(person_id: int) -> dict[str, list[Row]]:
    shared, comment, use, call, interest = (
        Resource,
        ResourceComment,
        ResourceUse,
        FundingCall,
        FundingInterest,
    )
    return {
        "resources_shared": await rows(
            shared, shared.created_by == person_id, shared.slug, shared.title, shared.created_at
        ),
        "resource_changes": await rows(
            ResourceChange,
            ResourceChange.person == person_id,
            ResourceChange.resource.slug.as_alias("resource"),
            ResourceChange.kind,
            ResourceChange.note,
            ResourceChange.created_at,
        ),
        "resource_comments": await rows(
            comment,
            comment.person == person_id,
            comment.resource.slug.as_alias("resource"),
            comment.body,
            comment.created_at,
            comment.withdrawn_at,
            comment.hidden_at,
            comment.hidden_reason,
        ),
        "resource_uses": await rows(
            use, use.person == person_id, use.resource.slug.as_alias("resource"), use.words, use.created_at
        ),
        "funding_calls": await rows(
            call, call.created_by == person_id, call.slug, call.title, call.created_at
        ),
        "consortium_invitations": await rows(
            ConsortiumMember,
            (ConsortiumMember.invited_by == person_id) | (ConsortiumMember.answered_by == person_id),
            ConsortiumMember.consortium.title.as_alias("consortium"),
            ConsortiumMember.organisation.slug.as_alias("organisation"),
            ConsortiumMember.state,
            ConsortiumMember.invited_at,
            ConsortiumMember.answered_at,
        ),
        "consortium_outlines": await rows(
            ConsortiumOutline,
            ConsortiumOutline.person == person_id,
            ConsortiumOutline.consortium.title.as_alias("consortium"),
            ConsortiumOutline.n,
            ConsortiumOutline.note,
            ConsortiumOutline.created_at,
        ),
        "consortium_changes": await rows(
            ConsortiumChange,
            ConsortiumChange.person == person_id,
            ConsortiumChange.consortium.title.as_alias("consortium"),
            ConsortiumChange.kind,
            ConsortiumChange.text,
            ConsortiumChange.at,
        ),
        "funding_interests": await rows(
            interest,
            interest.person == person_id,
            interest.call.slug.as_alias("call"),
            interest.role,
            interest.brings,
            interest.contact,
            interest.created_at,
            interest.withdrawn_at,
        ),
    }


async def _desk(person_id: int) -> dict[str, list[Row]]:
    written, release, version = Announcement, Release, TextVersion
    return {
        "announcements": await rows(
            written,
            (written.written_by == person_id) | (written.sent_by == person_id),
            written.subject,
            written.created_at,
            written.sent_at,
            written.sent_by_name,
        ),
        "programme_releases": await rows(
            release,
            release.released_by == person_id,
            release.edition.year.as_alias("summit"),
            release.number,
            release.released_by_name,
            release.released_at,
        ),
        "text_versions": await rows(
            version,
            version.author == person_id,
            version.statement.slug.as_alias("statement"),
            version.n,
            version.language,
            version.created_at,
        ),
    }
