"""A copy of everything that is held about one organisation, for its main contact and the secretariat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.consortia.tables import Consortium, ConsortiumChange, ConsortiumMember, ConsortiumOutline
from summit_service.enquiries.tables import Enquiry, EnquiryNote
from summit_service.errors import NotAllowed, NotFound
from summit_service.events.tables import Cancellation, Event, EventChange, EventOverride, EventUpload
from summit_service.following.tables import FollowedCalendar, FollowedDecision
from summit_service.funding.tables import FundingCall, FundingInterest
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.members.tables import Handover, Organisation, OrganisationLogo, Role
from summit_service.own_data.rows import Row, plain, rows
from summit_service.resources.tables import LinkCheck, Resource, ResourceChange, ResourceFile, ResourceUse
from summit_service.statements.comment_tables import Comment
from summit_service.statements.tables import EligibleMember, Response, SigningRequest

NOT_WANTED = frozenset(
    {"id", "search", "canonical", "vevent", "noted_in", "name_key", "title_key", "created_by", "sealed"}
)
"""Columns that say nothing by themselves: numbers, indexes, what follows from others; and a secret address."""


async def organisation_of(slug: str, *, actor: Actor) -> Organisation:
    """The organisation whose data are asked for; raises NotSignedIn, NotFound, and NotAllowed for all but two.

    Those are its main contact and the secretariat: the copy has what all its people did.
    """
    check_signed_in(actor)
    found = await members.organisation_by_slug(slug)
    if found is None:
        raise NotFound("There is no such organisation.")
    if not actor.is_secretariat and not await members.is_contact(actor, found):
        raise NotAllowed("Only the main contact of this organisation and the secretariat can have its data.")
    return found


async def held(organisation: Organisation, *, now: datetime) -> dict[str, Any]:
    """One object with a list for each kind of thing. What its people hold for themselves is theirs to ask for."""
    mine = organisation.id
    return {
        "made_at": plain(now),
        "organisation": {name: plain(value) for name, value in _told(organisation).items()},
        "logo": await rows(
            OrganisationLogo,
            OrganisationLogo.organisation == mine,
            OrganisationLogo.media_type,
            OrganisationLogo.alt,
            OrganisationLogo.body,
        ),
        "people": await rows(
            Role,
            Role.organisation == mine,
            Role.person.name.as_alias("name"),
            Role.person.email.as_alias("email"),
            Role.kind,
            Role.created_at,
            Role.ended_at,
            Role.confirmed_at,
            Role.confirmed_name,
            Role.confirmed_as,
            Role.confirmed_via,
        ),
        "hand_overs": await _all(Handover, Handover.organisation == mine),
        "enquiries": await _all(Enquiry, Enquiry.organisation == mine),
        "enquiry_talk": await _all(EnquiryNote, EnquiryNote.enquiry.organisation == mine),
        **await _events(mine),
        **await _resources(mine),
        "funding_calls": await _all(FundingCall, FundingCall.organisation == mine),
        "funding_interests": await _all(FundingInterest, FundingInterest.organisation == mine),
        **await _consortia(mine),
        "entitled_to_answer": await _all(EligibleMember, EligibleMember.organisation == mine),
        "signing_requests": await _all(SigningRequest, SigningRequest.organisation == mine),
        "answers": await _all(Response, Response.request.organisation == mine),
        "draft_comments": await _all(Comment, Comment.organisation == mine),
        "mails": await rows(
            OutboxMessage,
            OutboxMessage.about == f"organisation:{mine}",
            OutboxMessage.kind,
            OutboxMessage.recipient_email,
            OutboxMessage.created_at,
            OutboxMessage.state,
        ),
    }


async def _events(mine: int) -> dict[str, list[Row]]:
    followed, upload = FollowedCalendar, EventUpload
    return {
        "events": await _all(Event, Event.organisation == mine),
        "event_dates": await _all(EventOverride, EventOverride.event.organisation == mine),
        "event_changes": await _all(EventChange, EventChange.event.organisation == mine),
        "event_cancellations": await _all(Cancellation, Cancellation.event.organisation == mine),
        "calendars_followed": await rows(
            followed,
            followed.organisation == mine,
            followed.host,
            followed.added_at,
            followed.ended_at,
            followed.result,
        ),
        "entries_left_alone": await _all(FollowedDecision, FollowedDecision.calendar.organisation == mine),
        "calendar_files": await rows(upload, upload.organisation == mine, upload.name, upload.created_at),
    }


async def _resources(mine: int) -> dict[str, list[Row]]:
    """Of a file that it shares, what it is; the file itself is at its address."""
    file = ResourceFile
    return {
        "resources": await _all(Resource, Resource.organisation == mine),
        "resource_changes": await _all(ResourceChange, ResourceChange.resource.organisation == mine),
        "resource_files": await rows(
            file,
            file.resource.organisation == mine,
            file.resource.slug.as_alias("resource"),
            file.name,
            file.media_type,
            file.size,
            file.digest,
        ),
        "resource_links": await _all(LinkCheck, LinkCheck.resource.organisation == mine),
        "resource_uses": await _all(ResourceUse, ResourceUse.organisation == mine),
    }


async def _consortia(mine: int) -> dict[str, list[Row]]:
    """Its own part, and what is written together where it is in now."""
    member, change, outline = ConsortiumMember, ConsortiumChange, ConsortiumOutline
    ever = member.select(member.consortium).where(member.organisation == mine)
    now_in = member.select(member.consortium).where((member.organisation == mine) & (member.state == "in"))
    return {
        "consortia": await _all(Consortium, Consortium.id.is_in(ever)),
        "consortium_places": await _all(member, member.organisation == mine),
        "consortium_changes": await _all(change, change.organisation == mine),
        "consortium_outlines": await _all(outline, outline.consortium.is_in(now_in)),
    }


def _told(organisation: Organisation) -> Row:
    return {
        column._meta.name: getattr(organisation, column._meta.name)
        for column in Organisation._meta.columns
        if column._meta.name not in NOT_WANTED
    }


async def _all(table: Any, where: Any) -> list[Row]:
    wanted = [column for column in table._meta.columns if column._meta.name not in NOT_WANTED]
    return await rows(table, where, *wanted)
